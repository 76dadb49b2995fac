import { type DrawableGraph, DrawScratch, neighbourhoodSize, RowDraws } from '../src/blade/index.ts';
import { SharedHeap } from '../src/tensor/threads.ts';

/** K_min and K_max of model.md's rule: ten a product, on a graph of ten edges a product. */
const sizes = { minimum: 5, maximum: 15, minimumDegree: 1 };

/** What two hops are made from; it can be sent to another thread. */
export interface TwoHopInput {
  readonly graph: DrawableGraph;
  readonly alpha: number;
  /** Seeds of each batch. */
  readonly batches: readonly Uint32Array[];
}

/** Neighbours, and the neighbours of each of those, without replacement, sizes by the power law of the degrees. */
export class TwoHops {
  readonly #batches: readonly Uint32Array[];
  readonly #first: RowDraws;
  readonly #second: RowDraws;

  constructor({ graph, alpha, batches }: TwoHopInput) {
    this.#batches = batches;
    const heap = new SharedHeap(graph.memory);
    const scratch = new DrawScratch(graph, heap, (degree) => neighbourhoodSize(degree, alpha, sizes));
    this.#first = new RowDraws(graph, heap, 'out', scratch);
    this.#second = new RowDraws(graph, heap, 'out', scratch);
  }

  /** Draws every batch once. @returns how many neighbours that were. */
  run(epoch: number): number {
    let drawn = 0;
    for (const [i, seeds] of this.#batches.entries()) {
      const key = Math.imul(epoch * 1_000_003 + i, 0x9e3779b1);
      const first = this.#first.draw(seeds, key, false);
      const second = this.#second.draw(first.nodes, key + 1, false);
      drawn += first.nodes.length + second.nodes.length;
    }
    return drawn;
  }
}
