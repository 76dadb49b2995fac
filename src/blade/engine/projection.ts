import type { SparseFeatures } from '../../catalogue/types.ts';
import { type AdamStep, moveByAdam, type Parameter, parameterSums } from '../../tensor/threads.ts';
import { type Dropout, type FeatureColumns, featuresOf, productsOf } from './features.ts';
import type { Range } from './ranges.ts';

/** What one side's products are, where features travel: own = id row + X · W, and the gradient by it. */
export interface Projection {
  /** Shape [products, d]; rows that a step does not touch are of an earlier one. */
  readonly own: Parameter;
  /** Shape [products, d]; zero but for the rows of the present step. */
  readonly gradient: Parameter;
  /** Shape [products]: 1 where the present step touches the row. */
  readonly touched: Uint8Array;
}

const chunk = 1024;

/** Makes the rows of `own` anew. */
export function project(
  { own }: Pick<Projection, 'own'>,
  ids: Parameter | null,
  weights: Parameter,
  features: SparseFeatures,
  rows: Uint32Array,
  dropout: Dropout | null,
): void {
  const { width } = own;
  const sums = new Float32Array(chunk * width);
  for (let start = 0; start < rows.length; start += chunk) {
    const some = rows.subarray(start, start + chunk);
    parameterSums(weights, featuresOf(features, some, dropout), sums);
    for (let i = 0; i < some.length; i++) {
      const to = some[i]! * width;
      const from = i * width;
      if (ids === null) for (let c = 0; c < width; c++) own.values[to + c] = sums[from + c]!;
      else for (let c = 0; c < width; c++) own.values[to + c] = ids.values[to + c]! + sums[from + c]!;
    }
  }
}

/** Columns of the projection whose entries are a lane's share. */
export function columnsOf({ offsets }: FeatureColumns, lane: number, lanes: number): Range {
  const entries = offsets.at(-1)!;
  const border = (of: number) => {
    if (of === lanes) return offsets.length - 1;
    const wanted = (entries * of) / lanes;
    let low = 0;
    let high = offsets.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (offsets[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return { first: border(lane), last: border(lane + 1) };
}

/** A step of Adam on a range of the projection's columns: the gradient by W is Xᵀ · (gradient by own). */
export function updateProjection(
  { gradient, touched }: Projection,
  weights: Parameter,
  features: SparseFeatures,
  columns: FeatureColumns,
  { first, last }: Range,
  all: boolean,
  dropout: Dropout | null,
  step: AdamStep,
): void {
  const { width } = weights;
  for (let start = first; start < last; ) {
    let end = start + 1;
    while (end < last && end - start < chunk && columns.offsets[end + 1]! - columns.offsets[start]! < 1 << 16) end++;
    const references = productsOf(features, columns, start, end, all ? null : touched, dropout);
    const sums = new Float32Array((end - start) * width);
    parameterSums(gradient, references, sums);
    moveByAdam(
      weights,
      Uint32Array.from({ length: end - start }, (_, i) => start + i),
      sums,
      step,
    );
    start = end;
  }
}
