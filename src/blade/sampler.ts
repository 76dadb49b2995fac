import { inDegrees, outDegrees } from '../graph/csr.ts';
import { degreeExponent } from '../graph/degrees.ts';
import type { CsrGraph } from '../graph/index.ts';
import { SharedHeap } from '../tensor/threads.ts';
import type { BladeConfiguration } from './configuration.ts';
import { type DrawableGraph, Room, takeRoom } from './drawable.ts';
import { DrawScratch, RowDraws } from './row-draws.ts';

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
  configuration: Pick<BladeConfiguration['neighbourhood'], 'minimum' | 'maximum' | 'minimumDegree'>,
): number {
  const { minimum, maximum, minimumDegree } = configuration;
  const size = minimum + (maximum - minimum) * (Math.max(degree, 1) / minimumDegree) ** -(alpha - 1);
  return Math.min(Math.max(Math.round(size), minimum), Math.max(minimum, maximum));
}

/**
 * Draws neighbourhoods for one side. What a product draws depends on (seed, epoch, product) alone, not on the batch it
 * is in: batches, threads and shards all see the same neighbourhood. Every sum over a drawn neighbourhood is scaled to
 * what the whole one would give on average, so that inference may draw more (`inference`) than training did.
 *
 * Neighbours are drawn without replacement with p ∝ degree^β, one after the other (Gumbel top-k in other words; Kool et al., 2019).
 */
export class NeighbourhoodSampler {
  readonly #graph: DrawableGraph;
  readonly #heap: SharedHeap;
  readonly #side: Side;
  readonly #configuration: BladeConfiguration['neighbourhood'];
  readonly #seed: number;
  readonly #meanDegree: number;
  readonly #near: RowDraws;
  readonly #across: RowDraws;
  readonly #walks: Readonly<Record<'offsets' | 'nearCounts' | 'via' | 'ends' | 'weights' | 'shares', Room>>;
  readonly #walkScratch: number;

  /** Takes room in the graph's memory, which is not given back: make one per thread and keep it. */
  constructor(
    graph: DrawableGraph,
    side: Side,
    rule: NeighbourhoodRule,
    configuration: BladeConfiguration['neighbourhood'],
    seed: number,
  ) {
    this.#graph = graph;
    this.#heap = new SharedHeap(graph.memory);
    this.#side = side;
    this.#configuration = configuration;
    this.#seed = (seed ^ (side === 'source' ? 0x1b873593 : 0xcc9e2d51)) >>> 0;
    this.#meanDegree = graph.edgeCount / Math.max(graph.nodeCount, 1);
    const alpha = side === 'source' ? rule.sourceAlpha : rule.targetAlpha;
    const scratch = new DrawScratch(graph, this.#heap, (degree, inference) => this.#sizeOf(degree, alpha, inference));
    const out = new RowDraws(graph, this.#heap, 'out', scratch);
    const into = new RowDraws(graph, this.#heap, 'in', scratch);
    this.#near = side === 'source' ? out : into;
    this.#across = side === 'source' ? into : out;
    const room = () => new Room(this.#heap);
    this.#walks = { offsets: room(), nearCounts: room(), via: room(), ends: room(), weights: room(), shares: room() };
    this.#walkScratch = takeRoom(this.#heap, 28 * 1024);
  }

  /**
   * @param nodes below the graph's number of products.
   * @param epoch 0 is inference; training epochs count from 1.
   * @returns views of the sampler's memory: its next call overwrites them.
   */
  sample(nodes: Uint32Array, epoch: number): Neighbourhoods {
    const near = this.#near.draw(nodes, streamKey(this.#seed, epoch, 1), epoch === 0);
    const across = this.#across.draw(nodes, streamKey(this.#seed, epoch, 2), epoch === 0);
    return {
      nodes,
      nearOffsets: near.offsets,
      near: near.nodes,
      nearDegrees: near.degrees,
      acrossOffsets: across.offsets,
      across: across.nodes,
      acrossDegrees: across.degrees,
      walks: this.#walk(nodes.length, near.degrees, across.degrees, epoch),
    };
  }

  #sizeOf(degree: number, alpha: number, inference: boolean): number {
    const { strategy, fixedSize, inference: least } = this.#configuration;
    const size = strategy === 'fixed' ? fixedSize : neighbourhoodSize(degree, alpha, this.#configuration);
    return inference ? Math.max(size, least) : size;
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

  /** From the nodes that were drawn for last. */
  #walk(count: number, nearDegrees: Uint32Array, acrossDegrees: Uint32Array, epoch: number): Walks {
    const { hops, stay } = this.#configuration;
    const heap = this.#heap;
    const room = this.#walks;
    const shares = heap.floats(room.shares.reserve(count), count);
    const offsetsAt = room.offsets.reserve(count + 1);
    const nearCountsAt = room.nearCounts.reserve(count);
    const offsets = heap.words(offsetsAt, count + 1);
    const nearCounts = heap.words(nearCountsAt, count);
    offsets[0] = 0;
    for (let i = 0; i < count; i++) {
      const walks = this.#walkCount(nearDegrees[i]!, acrossDegrees[i]!, epoch);
      offsets[i + 1] = offsets[i]! + walks;
      nearCounts[i] = stay === 0 ? walks : Math.min(walks, Math.ceil(walks * (1 - stay)));
      shares[i] = this.#shareOf(nearDegrees[i]!);
    }
    const total = offsets[count]!;
    const viaAt = room.via.reserve(total);
    const endsAt = room.ends.reserve(total * hops);
    const weightsAt = room.weights.reserve(total * hops);
    const graph = this.#graph;
    if (total > 0) {
      heap.functions.walk(
        this.#near.nodesAt,
        count,
        graph.outOffsets,
        graph.outRows,
        graph.inOffsets,
        graph.inRows,
        graph.weights === 0 ? 2 : 3,
        offsetsAt,
        nearCountsAt,
        this.#side === 'source',
        hops,
        Math.ceil(stay * 2 ** 32),
        streamKey(this.#seed, epoch, 3),
        viaAt,
        endsAt,
        weightsAt,
        this.#walkScratch,
      );
    }
    return {
      hops,
      offsets,
      nearCounts,
      via: heap.words(viaAt, total),
      ends: heap.words(endsAt, total * hops),
      weights: heap.floats(weightsAt, total * hops),
      shares,
    };
  }
}

/** The key of one epoch's streams for one purpose (splitmix32's finaliser, thrice). */
function streamKey(seed: number, epoch: number, purpose: number): number {
  const round = (value: number): number => {
    let t = (value + 0x9e3779b9) | 0;
    t = Math.imul(t ^ (t >>> 16), 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    return t ^ (t >>> 15);
  };
  return round(round(round(seed) ^ epoch) ^ purpose);
}
