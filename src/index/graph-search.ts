import { type HnswContents, linkCount } from './contents.ts';
import type { Graph } from './native.ts';

/** 32-bit words of a cache line. */
const lineWords = 16;

/**
 * hnswlib's search (Malkov & Yashunin, 2018, algorithms 2 and 5) over its file as it lies in memory: the same points in the same order, up to the rounding of distances.
 * There is nothing native in it, so a graph is opened by a thread that has the time, and let go of by forgetting it. It takes about twice hnswlib's time.
 */
export class GraphSearch implements Graph {
  readonly #contents: HnswContents;
  readonly #count: number;
  readonly #dimension: number;
  /** Shape [count]: the number of the last search that came by. */
  readonly #seen: Uint16Array;
  #searches = 0;
  readonly #query: Float64Array;
  readonly #fresh: Uint32Array;
  readonly #candidates = new PointHeap(true);
  readonly #found = new PointHeap(false);
  /** Written so that what is read ahead is not left out as useless. */
  ahead = 0;

  /** @param dimension of the stored vectors */
  constructor(contents: HnswContents, count: number, dimension: number) {
    this.#contents = contents;
    this.#count = count;
    this.#dimension = dimension;
    this.#seen = new Uint16Array(count);
    this.#query = new Float64Array(dimension);
    this.#fresh = new Uint32Array(2 * contents.m);
  }

  nearest(query: number[], k: number, ef: number): Uint32Array {
    const { points, pointWords, vectorWords, upper, upperOf, m, topLevel, entryPoint } = this.#contents;
    if (this.#count === 0) return new Uint32Array();
    this.#query.set(query);
    let point = entryPoint;
    let best = this.#similarity(point);
    for (let level = topLevel; level > 0; level--) {
      for (let moved = true; moved; ) {
        moved = false;
        const list = upperOf[point]! + (level - 1) * (1 + m);
        for (let i = 1, links = linkCount(upper, list); i <= links; i++) {
          const similarity = this.#similarity(upper[list + i]!);
          if (similarity <= best) continue;
          best = similarity;
          point = upper[list + i]!;
          moved = true;
        }
      }
    }
    this.#spread(point, best, ef);
    const found = this.#found;
    while (found.size > k) found.pop();
    const rows = new Uint32Array(found.size);
    for (let i = 0; i < rows.length; i++)
      rows[i] = points[found.points[i]! * pointWords + vectorWords + this.#dimension]!;
    return rows;
  }

  /** Leaves the `ef` best that are reached on the lowest level in `#found`. */
  #spread(start: number, startSimilarity: number, ef: number): void {
    const { points, floats, pointWords, vectorWords } = this.#contents;
    const seen = this.#seen;
    const fresh = this.#fresh;
    const query = this.#query;
    const dimension = this.#dimension;
    const candidates = this.#candidates;
    const found = this.#found;
    const search = this.#nextSearch();
    candidates.size = 0;
    found.size = 0;
    candidates.push(start, startSimilarity);
    found.push(start, startSimilarity);
    seen[start] = search;
    while (candidates.size > 0) {
      const similarity = candidates.values[0]!;
      if (similarity < found.values[0]! && found.size === ef) break;
      const list = candidates.points[0]! * pointWords;
      candidates.pop();
      let length = 0;
      let ahead = 0;
      for (let i = 1, links = linkCount(points, list); i <= links; i++) {
        const next = points[list + i]!;
        if (seen[next] === search) continue;
        seen[next] = search;
        fresh[length++] = next;
        // Every line of its vector is asked for before the first is used: memory answers them together.
        const vector = next * pointWords + vectorWords;
        for (let word = 0; word < dimension; word += lineWords) ahead += floats[vector + word]!;
      }
      this.ahead = ahead;
      for (let i = 0; i < length; i++) {
        const next = fresh[i]!;
        const value = inner(query, floats, next * pointWords + vectorWords, dimension);
        if (found.size === ef && value <= found.values[0]!) continue;
        candidates.push(next, value);
        found.push(next, value);
        if (found.size > ef) found.pop();
      }
    }
  }

  #similarity(point: number): number {
    const { floats, pointWords, vectorWords } = this.#contents;
    return inner(this.#query, floats, point * pointWords + vectorWords, this.#dimension);
  }

  #nextSearch(): number {
    if (this.#searches === 0xffff) {
      this.#seen.fill(0);
      this.#searches = 0;
    }
    return ++this.#searches;
  }
}

/** Inner product of a query with the row that begins at `at`. Four sums, so that additions need not wait for each other. */
function inner(query: Float64Array, floats: Float32Array, at: number, dimension: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < dimension; i += 4) {
    a += query[i]! * floats[at + i]!;
    b += query[i + 1]! * floats[at + i + 1]!;
    c += query[i + 2]! * floats[at + i + 2]!;
    d += query[i + 3]! * floats[at + i + 3]!;
  }
  for (; i < dimension; i++) a += query[i]! * floats[at + i]!;
  return a + b + (c + d);
}

/** A binary heap of points by their similarity: the best on top, or the worst. It grows and keeps its room. */
class PointHeap {
  points = new Uint32Array(256);
  values = new Float64Array(256);
  size = 0;
  /** 1 for the best on top, −1 for the worst. */
  readonly #sign: number;

  constructor(bestOnTop: boolean) {
    this.#sign = bestOnTop ? 1 : -1;
  }

  push(point: number, value: number): void {
    if (this.size === this.points.length) this.#grow();
    const sign = this.#sign;
    const { points, values } = this;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (sign * values[parent]! >= sign * value) break;
      values[hole] = values[parent]!;
      points[hole] = points[parent]!;
      hole = parent;
    }
    values[hole] = value;
    points[hole] = point;
  }

  /** Takes the top out. */
  pop(): void {
    const sign = this.#sign;
    const { points, values } = this;
    const size = --this.size;
    const value = values[size]!;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && sign * values[child + 1]! > sign * values[child]!) child++;
      if (sign * value >= sign * values[child]!) break;
      values[hole] = values[child]!;
      points[hole] = points[child]!;
      hole = child;
    }
    values[hole] = value;
    points[hole] = points[size]!;
  }

  #grow(): void {
    const points = new Uint32Array(2 * this.points.length);
    const values = new Float64Array(points.length);
    points.set(this.points);
    values.set(this.values);
    this.points = points;
    this.values = values;
  }
}
