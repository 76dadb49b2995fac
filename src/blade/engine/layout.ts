import type { Plan } from '../planner.ts';

/** Columns of the logits that one lane takes at a time, with all rows. */
export const columnBlock = 1024;
/** Cells of a tile of logits, which stays in the second-level cache from its making to its last use. */
export const tileRows = 64;
export const tileColumns = 256;
/** A tile's rows do not lie a power of two apart: they would fight for the same places in the cache. */
export const tileStride = tileColumns + 16;
/** Rows of a tile, of a whole block's columns, where libtensorflow multiplies: a call is worth more cells. */
export const wideTileRows = 256;
/** Pairs whose losses are summed together. */
export const pairBlock = 1024;
/** Positions whose shares of the gates' gradient are summed together. */
export const productBlock = 64;
/** Sums per block of products: the four gates, and the offset. */
export const blockSums = 5;
/** Rows, and references at most, of a chunk of summed gradients. */
export const chunkRows = 1024;
export const chunkReferences = 1 << 15;

/** Where one side's parts of a step lie; addresses in bytes, widths in floats. */
export interface SideLayout {
  readonly count: number;
  /** Shape [count, stride]: embedding, two columns for biases, zeros up to a multiple of four. */
  readonly encoded: number;
  /** Shape [pairs, d]: what the side's end of each pair is without its own edge; then the same pairs' gradients in `upstream`. */
  readonly pairs: number;
  /** Shape [blocks, blockSums] of doubles. */
  readonly sums: number;
  /** First rows, in `upstream`, of the gradients by the side's parts, each of `count` rows but `pairRow` of one per pair. */
  readonly restRow: number;
  readonly walkRow: number;
  readonly nearRow: number;
  readonly pairRow: number;
  /** First row in `biases`. */
  readonly biasRow: number;
}

/** Where the parts of a step lie in the memory that all lanes share. */
export interface Layout {
  readonly stride: number;
  readonly dimension: number;
  readonly source: SideLayout;
  readonly target: SideLayout;
  /** Shape [columnBlocks, source.count, stride]: gradients by the sources, of one block of columns each. */
  readonly sourceParts: number;
  readonly columnBlocks: number;
  /** Shape [target.count, stride]: gradients by the targets. */
  readonly targetGradient: number;
  /** Shape [sources + targets]: gradients by the biases. */
  readonly biases: number;
  /** Shape [pairs]: gradients by the pairs' logits. */
  readonly pairGradient: number;
  /** Shape [reversed pairs]. */
  readonly reversedGradient: number;
  /** Shape [columnBlocks + pair blocks + 1] of doubles. */
  readonly losses: number;
  readonly pairBlocks: number;
  /** Shape [rows, d]: gradients by the parts that table rows are summed into. */
  readonly upstream: number;
  readonly upstreamRows: number;
  /** A lane's own room. */
  readonly scratch: readonly number[];
  readonly scratchBytes: number;
  readonly end: number;
}

/** Bytes of a lane's room for tiles: one of logits, one of transposed targets, the exclusions and the constants. */
function tileBytes(stride: number, exclusions: number, rows: number, wide: boolean): number {
  const cells = wide ? wideTileRows * columnBlock : tileRows * tileStride + stride * tileStride;
  return 4 * (cells + exclusions + rows + 1) + 19 * 16 + 5 * 64;
}

/** @param wide for tiles of {@link wideTileRows}. */
export function layoutOf(plan: Plan, dimension: number, lanes: number, wide: boolean): Layout {
  let end = 64;
  const place = (bytes: number) => {
    const at = end;
    end = Math.ceil((at + bytes) / 64) * 64;
    return at;
  };
  const stride = Math.ceil((dimension + 2) / 4) * 4;
  const pairs = plan.pairSource.length;
  let upstreamRows = 0;
  const rows = (count: number) => {
    const at = upstreamRows;
    upstreamRows += count;
    return at;
  };
  let biases = 0;
  const biasRows = (count: number) => {
    const at = biases;
    biases += count;
    return at;
  };
  const sideOf = (count: number): SideLayout => ({
    count,
    encoded: place(4 * count * stride),
    pairs: place(4 * pairs * dimension),
    sums: place(8 * Math.ceil(count / productBlock) * blockSums),
    restRow: rows(count),
    walkRow: rows(count),
    nearRow: rows(count),
    pairRow: rows(pairs),
    biasRow: biasRows(count),
  });
  const source = sideOf(plan.sources.length);
  const target = sideOf(plan.targets.length);
  const columnBlocks = Math.ceil(plan.negativeCount / columnBlock);
  const pairBlocks = Math.ceil(pairs / pairBlock);
  const layout = {
    stride,
    dimension,
    source,
    target,
    columnBlocks,
    pairBlocks,
    sourceParts: place(4 * columnBlocks * source.count * stride),
    targetGradient: place(4 * target.count * stride),
    biases: place(4 * biases),
    pairGradient: place(4 * pairs),
    reversedGradient: place(4 * plan.reversedSource.length),
    losses: place(8 * (columnBlocks + pairBlocks + 1)),
    upstream: place(4 * upstreamRows * dimension),
    upstreamRows,
  };
  const exclusions = plan.exclusions.columns.length;
  const scratchBytes = Math.max(
    tileBytes(stride, exclusions, plan.sourceCount, wide),
    4 * (chunkRows * dimension + chunkRows + 1 + 2 * chunkReferences) + 5 * 64,
  );
  const scratch = Array.from({ length: lanes }, () => place(scratchBytes));
  return { ...layout, scratch, scratchBytes, end };
}
