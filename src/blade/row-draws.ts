import { OnewayError } from '../errors.ts';
import type { SharedHeap } from '../tensor/threads.ts';
import { type DrawableGraph, Room, takeRoom } from './drawable.ts';

/** Rows drawn from, as views that the next draw overwrites. */
export interface DrawnRows {
  /** Shape [n + 1]. */
  readonly offsets: Uint32Array;
  /** Ascending within a row. */
  readonly nodes: Uint32Array;
  /** Shape [n]: length of the row drawn from. */
  readonly degrees: Uint32Array;
}

/** Rows of candidates that the kernel works on together. */
const blockRows = 64;

/** What the draws of one thread share: the sizes by degree and room to work in. */
export class DrawScratch {
  readonly words: number;
  readonly summary: number;
  readonly proposals: number;
  readonly largestSize: number;
  readonly #sizes: Readonly<Record<'training' | 'inference', number>>;

  /** @param sizeOf neighbours to draw of so many, at training and at inference. */
  constructor(
    { largestDegree, weights }: DrawableGraph,
    heap: SharedHeap,
    sizeOf: (degree: number, inference: boolean) => number,
  ) {
    let largestSize = 0;
    const table = (inference: boolean): number => {
      const address = takeRoom(heap, 4 * (largestDegree + 1));
      const sizes = heap.words(address, largestDegree + 1);
      for (let degree = 0; degree <= largestDegree; degree++) {
        const size = sizeOf(degree, inference);
        sizes[degree] = size;
        if (size < degree) largestSize = Math.max(largestSize, size);
      }
      return address;
    };
    this.#sizes = { training: table(false), inference: table(true) };
    this.largestSize = largestSize;
    this.words = takeRoom(heap, 4 * (Math.floor(largestDegree / 32) + 1));
    this.summary = takeRoom(heap, 4 * (Math.floor(largestDegree / 1024) + 1));
    this.proposals = weights === 0 ? 0 : takeRoom(heap, 768 + blockRows * (8 * largestSize + 32) + 16 * largestSize);
  }

  sizes(inference: boolean): number {
    return this.#sizes[inference ? 'inference' : 'training'];
  }
}

/** Draws without replacement from the rows of one direction. */
export class RowDraws {
  readonly #graph: DrawableGraph;
  readonly #heap: SharedHeap;
  readonly #direction: 'out' | 'in';
  readonly #scratch: DrawScratch;
  readonly #rooms: Readonly<Record<'nodes' | 'starts' | 'degrees' | 'offsets' | 'drawn', Room>>;

  constructor(graph: DrawableGraph, heap: SharedHeap, direction: 'out' | 'in', scratch: DrawScratch) {
    this.#graph = graph;
    this.#heap = heap;
    this.#direction = direction;
    this.#scratch = scratch;
    const room = () => new Room(heap);
    this.#rooms = { nodes: room(), starts: room(), degrees: room(), offsets: room(), drawn: room() };
  }

  /** Where the nodes that were drawn for last stand. */
  get nodesAt(): number {
    return this.#rooms.nodes.address;
  }

  /**
   * @param nodes below the graph's number of products; the same may be there twice, and draws the same.
   * @param key of the streams.
   */
  draw(nodes: Uint32Array, key: number, inference: boolean): DrawnRows {
    const graph = this.#graph;
    const heap = this.#heap;
    const count = nodes.length;
    checkNodes(nodes, graph.nodeCount);
    const nodesAt = this.#rooms.nodes.reserve(count);
    heap.words(nodesAt, count).set(nodes);
    const starts = this.#rooms.starts.reserve(count);
    const degrees = this.#rooms.degrees.reserve(count);
    const offsets = this.#rooms.offsets.reserve(count + 1);
    const sizes = this.#scratch.sizes(inference);
    const graphOffsets = this.#direction === 'out' ? graph.outOffsets : graph.inOffsets;
    const rows = this.#direction === 'out' ? graph.outRows : graph.inRows;
    const { measureRows, drawUniform, drawWeighted } = heap.functions;
    const total = measureRows(nodesAt, count, graphOffsets, sizes, starts, degrees) >>> 0;
    const drawn = this.#rooms.drawn.reserve(total);
    const { words, summary, proposals, largestSize } = this.#scratch;
    if (graph.weights === 0) {
      drawUniform(nodesAt, count, starts, degrees, sizes, rows, key, drawn, offsets, words, summary);
    } else {
      const { weights } = graph;
      drawWeighted(
        nodesAt,
        count,
        starts,
        degrees,
        sizes,
        rows,
        weights,
        key,
        drawn,
        offsets,
        words,
        summary,
        proposals,
        largestSize,
      );
    }
    return {
      offsets: heap.words(offsets, count + 1),
      nodes: heap.words(drawn, total),
      degrees: heap.words(degrees, count),
    };
  }
}

function checkNodes(nodes: Uint32Array, nodeCount: number): void {
  let largest = 0;
  for (let i = 0; i < nodes.length; i++) if (nodes[i]! > largest) largest = nodes[i]!;
  if (nodes.length === 0 || largest < nodeCount) return;
  throw new OnewayError('GRAPH_INVALID', `Product ${largest} has no neighbourhood among ${nodeCount} products.`, {
    hint: 'Node numbers are catalogue positions: draw from the graph of the same catalogue.',
  });
}
