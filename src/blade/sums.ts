import type * as tf from '@tensorflow/tfjs';
import { gatherSum, gatherSums, type References } from '../tensor/index.ts';

/** A table, null where nothing is learned, and references to it. */
export type WantedSum = readonly [table: tf.Tensor2D | null, references: References];

/**
 * Sums over tables' rows, all of a table taken together: its gradient then is one tensor, not one per sum and the sums of those.
 */
export class Sums {
  readonly #taken = new Map<tf.Tensor2D, Map<References, tf.Tensor2D>>();

  constructor(wanted: readonly WantedSum[]) {
    const lists = new Map<tf.Tensor2D, References[]>();
    for (const [table, references] of wanted) {
      if (table === null || references.indices.length === 0) continue;
      const list = lists.get(table);
      if (list === undefined) lists.set(table, [references]);
      else list.push(references);
    }
    for (const [table, list] of lists) {
      const sums = gatherSums(table, list);
      this.#taken.set(table, new Map(list.map((references, l) => [references, sums[l]!])));
    }
  }

  /** The sum that was wanted; another is taken now. */
  of(table: tf.Tensor2D, references: References): tf.Tensor2D {
    return this.#taken.get(table)?.get(references) ?? gatherSum(table, references);
  }
}
