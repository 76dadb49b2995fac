import { type CsrGraph, degreeExponent, inDegrees, outDegrees } from '../graph/index.ts';
import type { BladeConfiguration } from './configuration.ts';

/** Which embedding a neighbourhood feeds. A source gathers over its out-edges first, a target over its in-edges. */
export type Side = 'source' | 'target';

/**
 * Sampled neighbourhoods of n products, row i belonging to `nodes[i]`. Node numbers are global.
 *
 * - `near`: neighbours along the side's own direction (out for a source), without replacement.
 * - `across`: neighbours against it (in for a source), without replacement.
 * - walks: how a poor product fills its neighbourhood. Each starts over an edge either way (`via`), returns over that
 *   neighbour's opposite edges to a product like the first one (`second`), and goes one hop along the side's direction from
 *   there (`third`). Walks repeat where the graph is narrow, so a node's share of them is its importance (as in PinSAGE).
 */
export interface Neighbourhoods {
  readonly nodes: Uint32Array;
  readonly nearOffsets: Uint32Array;
  readonly near: Uint32Array;
  readonly acrossOffsets: Uint32Array;
  readonly across: Uint32Array;
  readonly walkOffsets: Uint32Array;
  /** First node of each walk; bit 31 set when the first step went along the side's direction. */
  readonly via: Uint32Array;
  /** {@link noNode} where the walk found no way but back. */
  readonly second: Uint32Array;
  /** {@link noNode} where the walk ended before. */
  readonly third: Uint32Array;
}

export const noNode = 0xffffffff;
export const alongBit = 0x80000000;

interface Rows {
  readonly offsets: Uint32Array;
  readonly nodes: Uint32Array;
}

/** The neighbourhood sizes that a degree distribution asks for. Kept with the model, so that serving follows the rule of training. */
export interface NeighbourhoodRule {
  /** Power-law exponents of the out- and in-degrees. */
  readonly sourceAlpha: number;
  readonly targetAlpha: number;
}

/**
 * Estimates the exponents of the out- and the in-degree distribution.
 * Degenerate distributions (no degree ≥ d_min, all equal) give 2.
 */
export function neighbourhoodRule(graph: CsrGraph, minimumDegree: number): NeighbourhoodRule {
  const exponent = (degrees: Uint32Array) => {
    const { alpha } = degreeExponent(degrees, minimumDegree);
    return Number.isFinite(alpha) && alpha > 1 ? alpha : 2;
  };
  return { sourceAlpha: exponent(outDegrees(graph)), targetAlpha: exponent(inDegrees(graph)) };
}

/** k(u) = clamp(round(K_min + (K_max − K_min) · (max(d, 1) / d_min)^−(α−1)), K_min, K_max), for every degree up to the largest. */
export function neighbourhoodSize(
  degree: number,
  alpha: number,
  configuration: BladeConfiguration['neighbourhood'],
): number {
  const { minimum, maximum, minimumDegree } = configuration;
  const size = minimum + (maximum - minimum) * (Math.max(degree, 1) / minimumDegree) ** -(alpha - 1);
  return Math.min(Math.max(Math.round(size), minimum), Math.max(minimum, maximum));
}

/**
 * Draws neighbourhoods for one side. What a product draws depends on (seed, epoch, product) alone, not on the batch it
 * is in: batches, threads and shards all see the same neighbourhood.
 */
export class NeighbourhoodSampler {
  readonly #near: Rows;
  readonly #across: Rows;
  readonly #alpha: number;
  readonly #bias: Float32Array;
  readonly #configuration: BladeConfiguration['neighbourhood'];
  readonly #seed: number;
  #keys = new Float64Array(64);
  #chosen = new Uint32Array(64);
  #state = 0;

  constructor(
    graph: CsrGraph,
    side: Side,
    rule: NeighbourhoodRule,
    configuration: BladeConfiguration['neighbourhood'],
    seed: number,
  ) {
    const out = { offsets: graph.outOffsets, nodes: graph.outTargets };
    const into = { offsets: graph.inOffsets, nodes: graph.inSources };
    this.#near = side === 'source' ? out : into;
    this.#across = side === 'source' ? into : out;
    this.#alpha = side === 'source' ? rule.sourceAlpha : rule.targetAlpha;
    this.#configuration = configuration;
    this.#seed = (seed ^ (side === 'source' ? 0x1b873593 : 0xcc9e2d51)) >>> 0;
    this.#bias = new Float32Array(graph.nodeCount);
    for (let v = 0; v < graph.nodeCount; v++) {
      const degree = length(out, v) + length(into, v);
      this.#bias[v] = Math.max(degree, 1) ** -configuration.bias;
    }
  }

  /** @param epoch 0 is inference; training epochs count from 1. */
  sample(nodes: Uint32Array, epoch: number): Neighbourhoods {
    const near = new Gatherer(nodes.length);
    const across = new Gatherer(nodes.length);
    const walkOffsets = new Uint32Array(nodes.length + 1);
    const sizes = new Uint32Array(nodes.length);
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      this.#reset(node, epoch);
      const nearDegree = length(this.#near, node);
      const acrossDegree = length(this.#across, node);
      this.#draw(this.#near, node, this.#sizeOf(nearDegree), near, i);
      this.#draw(this.#across, node, this.#sizeOf(acrossDegree), across, i);
      sizes[i] = this.#walkCount(nearDegree, acrossDegree);
      walkOffsets[i + 1] = walkOffsets[i]! + sizes[i]!;
    }
    const walks = this.#walks(nodes, walkOffsets, epoch);
    return { nodes, ...rows('near', near), ...rows('across', across), walkOffsets, ...walks };
  }

  #sizeOf(degree: number): number {
    const { strategy, fixedSize } = this.#configuration;
    return strategy === 'fixed' ? fixedSize : neighbourhoodSize(degree, this.#alpha, this.#configuration);
  }

  #walkCount(nearDegree: number, acrossDegree: number): number {
    if (this.#configuration.strategy === 'fixed' || this.#configuration.hops < 2) return 0;
    if (nearDegree + acrossDegree === 0) return 0;
    return Math.max(0, this.#sizeOf(nearDegree) - nearDegree);
  }

  /** Without replacement with p ∝ degree^β: the `size` smallest of Exp(1) / p (Gumbel top-k in other words; Kool et al., 2019). */
  #draw(from: Rows, node: number, size: number, into: Gatherer, row: number): void {
    const start = from.offsets[node]!;
    const degree = from.offsets[node + 1]! - start;
    if (degree <= size) {
      into.copy(row, from.nodes, start, degree);
      return;
    }
    if (this.#keys.length < size) {
      this.#keys = new Float64Array(2 * size);
      this.#chosen = new Uint32Array(2 * size);
    }
    const keys = this.#keys;
    const chosen = this.#chosen;
    let filled = 0;
    for (let j = 0; j < degree; j++) {
      const neighbour = from.nodes[start + j]!;
      const key = -Math.log(1 - this.#uniform()) * this.#bias[neighbour]!;
      if (filled < size) {
        let hole = filled++;
        while (hole > 0 && keys[(hole - 1) >> 1]! < key) {
          const parent = (hole - 1) >> 1;
          keys[hole] = keys[parent]!;
          chosen[hole] = chosen[parent]!;
          hole = parent;
        }
        keys[hole] = key;
        chosen[hole] = neighbour;
      } else if (key < keys[0]!) {
        siftDown(keys, chosen, size, key, neighbour);
      }
    }
    into.copy(row, chosen, 0, size);
    into.sortLast(size);
  }

  #walks(nodes: Uint32Array, walkOffsets: Uint32Array, epoch: number) {
    const total = walkOffsets[nodes.length]!;
    const via = new Uint32Array(total);
    const second = new Uint32Array(total);
    const third = new Uint32Array(total).fill(noNode);
    const near = this.#near;
    const across = this.#across;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      this.#reset(node ^ 0x5bd1e995, epoch);
      const nearDegree = length(near, node);
      const acrossDegree = length(across, node);
      for (let w = walkOffsets[i]!; w < walkOffsets[i + 1]!; w++) {
        const first = Math.floor(this.#uniform() * (nearDegree + acrossDegree));
        const along = first < nearDegree;
        const neighbour = along
          ? near.nodes[near.offsets[node]! + first]!
          : across.nodes[across.offsets[node]! + first - nearDegree]!;
        const returned = this.#return(along ? across : near, neighbour, node);
        via[w] = along ? (neighbour | alongBit) >>> 0 : neighbour;
        second[w] = returned;
        if (this.#configuration.hops > 2 && returned !== noNode) third[w] = this.#step(near, returned);
      }
    }
    return { via, second, third };
  }

  /** A neighbour of `node` other than `start`: a walk back to its start would see the very edge that training hides. */
  #return(from: Rows, node: number, start: number): number {
    for (let attempt = 0; attempt < 4; attempt++) {
      const returned = this.#step(from, node);
      if (returned !== start) return returned;
    }
    return noNode;
  }

  #step(from: Rows, node: number): number {
    const degree = length(from, node);
    return degree === 0 ? noNode : from.nodes[from.offsets[node]! + Math.floor(this.#uniform() * degree)]!;
  }

  /** mulberry32, reseeded per (product, epoch). */
  #reset(node: number, epoch: number): void {
    let h = Math.imul(node ^ this.#seed, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca77);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    this.#state = (h ^ (h >>> 12)) | 0;
  }

  #uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
}

function length(from: Rows, node: number): number {
  return from.offsets[node + 1]! - from.offsets[node]!;
}

/** Replaces the root of a max-heap of `size` keys. */
function siftDown(keys: Float64Array, chosen: Uint32Array, size: number, key: number, value: number): void {
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= size) break;
    if (child + 1 < size && keys[child + 1]! > keys[child]!) child++;
    if (keys[child]! <= key) break;
    keys[hole] = keys[child]!;
    chosen[hole] = chosen[child]!;
    hole = child;
  }
  keys[hole] = key;
  chosen[hole] = value;
}

/** A CSR that grows row by row. */
class Gatherer {
  readonly offsets: Uint32Array;
  nodes = new Uint32Array(1024);
  #length = 0;

  constructor(rowCount: number) {
    this.offsets = new Uint32Array(rowCount + 1);
  }

  copy(row: number, from: Uint32Array, start: number, count: number): void {
    if (this.#length + count > this.nodes.length) {
      const grown = new Uint32Array(Math.max(2 * this.nodes.length, this.#length + count));
      grown.set(this.nodes.subarray(0, this.#length));
      this.nodes = grown;
    }
    this.nodes.set(from.subarray(start, start + count), this.#length);
    this.#length += count;
    this.offsets[row + 1] = this.#length;
  }

  /** Ascending order makes sums repeat whatever the order of the draw. */
  sortLast(count: number): void {
    this.nodes.subarray(this.#length - count, this.#length).sort();
  }

  get filled(): Uint32Array {
    return this.nodes.subarray(0, this.#length);
  }
}

function rows<Name extends 'near' | 'across'>(name: Name, gatherer: Gatherer) {
  return { [`${name}Offsets`]: gatherer.offsets, [name]: gatherer.filled } as Record<
    Name | `${Name}Offsets`,
    Uint32Array
  >;
}
