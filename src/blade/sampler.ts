import { type CsrGraph, degreeExponent, inDegrees, outDegrees } from '../graph/index.ts';
import type { BladeConfiguration } from './configuration.ts';

/** Which embedding a neighbourhood feeds. A source gathers over its out-edges first, a target over its in-edges. */
export type Side = 'source' | 'target';

/**
 * Sampled neighbourhoods of n products, row i belonging to `nodes[i]`. Node numbers are global.
 *
 * - `near`: neighbours along the side's own direction (out for a source), without replacement.
 * - `across`: neighbours against it (in for a source), without replacement.
 * - walks: how a neighbourhood is filled beyond its edges, see {@link Walks}.
 */
export interface Neighbourhoods {
  readonly nodes: Uint32Array;
  readonly nearOffsets: Uint32Array;
  readonly near: Uint32Array;
  /** Shape [n]: how many neighbours there are, drawn or not. */
  readonly nearDegrees: Uint32Array;
  readonly acrossOffsets: Uint32Array;
  readonly across: Uint32Array;
  readonly acrossDegrees: Uint32Array;
  readonly walks: Walks;
}

/**
 * Random walks of `hops` steps from each product. A walker is on the source or on the target side of a product. Over an
 * edge forwards it comes to a target side, backwards to a source side; mostly it crosses (source → target → source …, which
 * leads to products with the same successors or predecessors), and with the share `stay` of its steps it stays on its side.
 *
 * A step counts √(degree left / degree entered): the mean over walks is then that of the symmetric normalisation
 * D_out^−½ A D_in^−½ (model.md, recipe C), not of the row-stochastic one, for any number of walks.
 */
export interface Walks {
  readonly hops: number;
  /** Walks of row i are offsets[i] … offsets[i + 1]; the first nearCounts[i] of them begin along the side's direction. */
  readonly offsets: Uint32Array;
  readonly nearCounts: Uint32Array;
  /** Shape [walks]: the product after the first step, {@link noNode} where there is no edge to begin with. */
  readonly via: Uint32Array;
  /** Shape [walks, hops]: product reached, {@link targetBit} set on its target side; {@link noNode} after a dead end. */
  readonly ends: Uint32Array;
  /** Shape [walks, hops]: what the visit counts, before the mean over walks. */
  readonly weights: Float32Array;
  /** Shape [n]: φ = fill / (fill + degree), the share of the embedding that is filled: long reach for poor products. */
  readonly shares: Float32Array;
}

export const noNode = 0xffffffff;
export const targetBit = 0x80000000;

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
 * is in: batches, threads and shards all see the same neighbourhood. Every sum over a drawn neighbourhood is scaled to
 * what the whole one would give on average, so that inference may draw more (`inference`) than training did.
 */
export class NeighbourhoodSampler {
  readonly #side: Side;
  readonly #out: Rows;
  readonly #into: Rows;
  readonly #near: Rows;
  readonly #across: Rows;
  readonly #alpha: number;
  readonly #meanDegree: number;
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
    this.#side = side;
    this.#out = { offsets: graph.outOffsets, nodes: graph.outTargets };
    this.#into = { offsets: graph.inOffsets, nodes: graph.inSources };
    this.#near = side === 'source' ? this.#out : this.#into;
    this.#across = side === 'source' ? this.#into : this.#out;
    this.#alpha = side === 'source' ? rule.sourceAlpha : rule.targetAlpha;
    this.#meanDegree = graph.edgeCount / Math.max(graph.nodeCount, 1);
    this.#configuration = configuration;
    this.#seed = (seed ^ (side === 'source' ? 0x1b873593 : 0xcc9e2d51)) >>> 0;
    this.#bias = new Float32Array(graph.nodeCount);
    for (let v = 0; v < graph.nodeCount; v++) {
      const degree = length(this.#out, v) + length(this.#into, v);
      this.#bias[v] = Math.max(degree, 1) ** -configuration.bias;
    }
  }

  /** @param epoch 0 is inference; training epochs count from 1. */
  sample(nodes: Uint32Array, epoch: number): Neighbourhoods {
    const near = new Gatherer(nodes.length);
    const across = new Gatherer(nodes.length);
    const nearDegrees = new Uint32Array(nodes.length);
    const acrossDegrees = new Uint32Array(nodes.length);
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      this.#reset(node, epoch);
      nearDegrees[i] = length(this.#near, node);
      acrossDegrees[i] = length(this.#across, node);
      this.#draw(this.#near, node, this.#sizeOf(nearDegrees[i]!, epoch), near, i);
      this.#draw(this.#across, node, this.#sizeOf(acrossDegrees[i]!, epoch), across, i);
    }
    const walks = this.#walks(nodes, epoch);
    return { nodes, ...rows('near', near), nearDegrees, ...rows('across', across), acrossDegrees, walks };
  }

  #sizeOf(degree: number, epoch: number): number {
    const { strategy, fixedSize, inference } = this.#configuration;
    const size = strategy === 'fixed' ? fixedSize : neighbourhoodSize(degree, this.#alpha, this.#configuration);
    return epoch === 0 ? Math.max(size, inference) : size;
  }

  /** Walks from a product: the share φ of what the poorest draw. */
  #walkCount(nearDegree: number, acrossDegree: number, epoch: number): number {
    const { hops, walks, inference } = this.#configuration;
    if (hops < 2 || nearDegree + acrossDegree === 0) return 0;
    return Math.round((epoch === 0 ? Math.max(walks, inference) : walks) * this.#shareOf(nearDegree));
  }

  #shareOf(degree: number): number {
    const { strategy, fill } = this.#configuration;
    return fill === 0 ? 0 : fill / (fill + (strategy === 'fixed' ? this.#meanDegree : degree));
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

  #walks(nodes: Uint32Array, epoch: number): Walks {
    const { hops, stay } = this.#configuration;
    const offsets = new Uint32Array(nodes.length + 1);
    const nearCounts = new Uint32Array(nodes.length);
    const shares = new Float32Array(nodes.length);
    for (let i = 0; i < nodes.length; i++) {
      const nearDegree = length(this.#near, nodes[i]!);
      const count = this.#walkCount(nearDegree, length(this.#across, nodes[i]!), epoch);
      offsets[i + 1] = offsets[i]! + count;
      nearCounts[i] = stay === 0 ? count : Math.min(count, Math.ceil(count * (1 - stay)));
      shares[i] = this.#shareOf(nearDegree);
    }
    const total = offsets[nodes.length]!;
    const via = new Uint32Array(total).fill(noNode);
    const ends = new Uint32Array(total * hops).fill(noNode);
    const weights = new Float32Array(total * hops);
    for (let i = 0; i < nodes.length; i++) {
      this.#reset(nodes[i]! ^ 0x5bd1e995, epoch);
      const firstAcross = offsets[i]! + nearCounts[i]!;
      for (let w = offsets[i]!; w < offsets[i + 1]!; w++) this.#walk(nodes[i]!, w, w < firstAcross, via, ends, weights);
    }
    return { hops, offsets, nearCounts, via, ends, weights, shares };
  }

  #walk(start: number, w: number, near: boolean, via: Uint32Array, ends: Uint32Array, weights: Float32Array): void {
    const { hops, stay } = this.#configuration;
    let node = start;
    let atSource = this.#side === 'source';
    let weight = 1;
    for (let hop = 0; hop < hops; hop++) {
      const crosses = hop === 0 ? near : this.#uniform() >= stay;
      const forwards = atSource === crosses;
      const from = forwards ? this.#out : this.#into;
      const degree = length(from, node);
      if (degree === 0) return;
      node = from.nodes[from.offsets[node]! + Math.floor(this.#uniform() * degree)]!;
      weight *= Math.sqrt(degree / length(forwards ? this.#into : this.#out, node));
      atSource = !forwards;
      if (hop === 0) via[w] = node;
      ends[w * hops + hop] = forwards ? (node | targetBit) >>> 0 : node;
      weights[w * hops + hop] = weight;
    }
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
