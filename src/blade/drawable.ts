import { OnewayError } from '../errors.ts';
import { inDegrees, outDegrees } from '../graph/csr.ts';
import type { CsrGraph } from '../graph/index.ts';
import { SharedHeap } from '../tensor/threads.ts';
import { writeAliasCells } from './alias.ts';

/**
 * A graph's rows, both ways, in a WebAssembly memory that threads share: what neighbourhoods are drawn from. It can be sent to another thread; nothing is
 * copied then. Addresses are bytes.
 */
export interface DrawableGraph {
  readonly memory: SharedHeap['memory'];
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Largest of all out- and in-degrees. */
  readonly largestDegree: number;
  /** A node's out- and in-offset lie side by side: shape [nodes + 1, 2]. */
  readonly outOffsets: number;
  readonly inOffsets: number;
  /** Neighbours, 4 bytes each; with weights the 8-byte cells of {@link writeAliasCells}. */
  readonly outRows: number;
  readonly inRows: number;
  /** f32 a node; 0 where neighbours are drawn uniformly. */
  readonly weights: number;
}

/**
 * @param weights shape [nodes]: neighbours are drawn with p ∝ weight; null draws them uniformly.
 * @throws OnewayError `GRAPH_TOO_LARGE` beyond 4 GiB (8 bytes an edge and a node, 16 an edge with weights), `GRAPH_INVALID` on a weight that is not finite and above zero.
 */
export function drawableGraph(graph: CsrGraph, weights: Float32Array | null): DrawableGraph {
  const { nodeCount, edgeCount, outOffsets, outTargets, inOffsets, inSources } = graph;
  const heap = new SharedHeap();
  takeRoom(heap, 64);
  const put = (values: Uint32Array | Float32Array): number => {
    const address = takeRoom(heap, values.byteLength);
    if (values instanceof Uint32Array) heap.words(address, values.length).set(values);
    else heap.floats(address, values.length).set(values);
    return address;
  };
  const rows = (offsets: Uint32Array, neighbours: Uint32Array): number => {
    if (weights === null) return put(neighbours);
    const address = takeRoom(heap, 8 * edgeCount);
    writeAliasCells(offsets, neighbours, weights, heap.words(address, 2 * edgeCount));
    return address;
  };
  const largest = (degrees: Uint32Array) => degrees.reduce((most, degree) => Math.max(most, degree), 0);
  const offsets = new Uint32Array(2 * (nodeCount + 1));
  for (let u = 0; u <= nodeCount; u++) {
    offsets[2 * u] = outOffsets[u]!;
    offsets[2 * u + 1] = inOffsets[u]!;
  }
  const offsetsAt = put(offsets);
  return {
    memory: heap.memory,
    nodeCount,
    edgeCount,
    largestDegree: Math.max(largest(outDegrees(graph)), largest(inDegrees(graph))),
    outOffsets: offsetsAt,
    inOffsets: offsetsAt + 4,
    outRows: rows(outOffsets, outTargets),
    inRows: rows(inOffsets, inSources),
    weights: weights === null ? 0 : put(weights),
  };
}

/** degree^β of every product, in- and out-degree together; null under β = 0. */
export function degreeWeights(graph: CsrGraph, bias: number): Float32Array | null {
  if (bias === 0) return null;
  const { outOffsets, inOffsets } = graph;
  return Float32Array.from({ length: graph.nodeCount }, (_, v) => {
    const degree = outOffsets[v + 1]! - outOffsets[v]! + inOffsets[v + 1]! - inOffsets[v]!;
    return Math.max(degree, 1) ** bias;
  });
}

/**
 * Takes bytes of a heap for good, at a multiple of 64. Threads may take at the same time: the first word of the heap counts what is taken.
 * @throws OnewayError `GRAPH_TOO_LARGE` when the heap is full.
 */
export function takeRoom(heap: SharedHeap, bytes: number): number {
  const lines = Math.ceil(bytes / 64);
  const address = 64 * Atomics.add(heap.words(0, 1), 0, lines);
  try {
    heap.ensure(address + 64 * lines);
  } catch (cause) {
    const message = `Drawing neighbourhoods needs ${address + bytes} bytes of one WebAssembly memory, which ends at 4 GiB or where the machine's does.`;
    throw new OnewayError('GRAPH_TOO_LARGE', message, {
      hint: 'Raise graph.minimumSupport or lower graph.maximumOutDegree, or lower blade.neighbourhood.inference.',
      cause,
    });
  }
  return address;
}

/** Room in a heap that grows by doubling; what was in it is lost then. */
export class Room {
  address = 0;
  readonly #heap: SharedHeap;
  #words = 0;

  constructor(heap: SharedHeap) {
    this.#heap = heap;
  }

  reserve(words: number): number {
    if (words > this.#words) {
      this.#words = Math.max(words, 2 * this.#words, 256);
      this.address = takeRoom(this.#heap, 4 * this.#words);
    }
    return this.address;
  }
}
