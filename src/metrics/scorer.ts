import type { Embeddings } from '../blade/types.ts';
import { OnewayError } from '../errors.ts';

/** Anything that scores every product of a catalogue as "goes well after these". Models and baselines are measured through it alike. */
export interface Scorer {
  readonly name: string;
  /**
   * @param context node numbers of the products that the customer has; one for node recommendation.
   * @param out shape [productCount], overwritten. A value that is not finite means "not recommended".
   */
  score(context: Uint32Array, out: Float32Array): void;
  /**
   * Several contexts at once where that is cheaper.
   * @param out shape [contexts.length, productCount], row-major, overwritten.
   */
  scoreMany?(contexts: readonly Uint32Array[], out: Float32Array): void;
}

/** Queries per block: enough to reuse each target row from cache, few enough to keep the block's sources there too. */
const blockSize = 16;

/** Calls `visit` with the scores of each context in turn. The scores are a view that the next call overwrites; the visitor may alter it. */
export function scoreEach(
  scorer: Scorer,
  productCount: number,
  contexts: readonly Uint32Array[],
  visit: (position: number, scores: Float32Array) => void,
): void {
  if (scorer.scoreMany === undefined) {
    const scores = new Float32Array(productCount);
    for (let i = 0; i < contexts.length; i++) {
      scorer.score(contexts[i]!, scores);
      visit(i, scores);
    }
    return;
  }
  const buffer = new Float32Array(Math.min(blockSize, contexts.length) * productCount);
  for (let start = 0; start < contexts.length; start += blockSize) {
    const block = contexts.slice(start, start + blockSize);
    scorer.scoreMany(block, buffer);
    for (let i = 0; i < block.length; i++) visit(start + i, buffer.subarray(i * productCount, (i + 1) * productCount));
  }
}

/**
 * Scores of single pairs: element i is the score of `target[i]` after `source[i]`. Each distinct source is scored once.
 * A score that is not finite comes back as −Infinity: "not recommended" ties with itself and loses to everything else.
 */
export function scorePairs(
  scorer: Scorer,
  productCount: number,
  source: Uint32Array,
  target: Uint32Array,
): Float32Array {
  const order = Uint32Array.from(source.keys()).sort((a, b) => source[a]! - source[b]! || a - b);
  const contexts: Uint32Array[] = [];
  const starts: number[] = [];
  for (let i = 0; i < order.length; i++) {
    if (i > 0 && source[order[i]!] === source[order[i - 1]!]) continue;
    contexts.push(Uint32Array.of(source[order[i]!]!));
    starts.push(i);
  }
  starts.push(order.length);
  const result = new Float32Array(source.length);
  scoreEach(scorer, productCount, contexts, (group, scores) => {
    for (let i = starts[group]!; i < starts[group + 1]!; i++) {
      const score = scores[target[order[i]!]!]!;
      result[order[i]!] = Number.isFinite(score) ? score : Number.NEGATIVE_INFINITY;
    }
  });
  return result;
}

/**
 * The model as a scorer: mean of the context's source vectors · target of each product. An empty context recommends nothing.
 * @throws OnewayError `EMBEDDINGS_INVALID` when the arrays do not have count × dimension values.
 */
export function embeddingScorer(name: string, embeddings: Embeddings): Scorer {
  const { count, dimension, source, target } = embeddings;
  if (source.length !== count * dimension || target.length !== count * dimension) {
    throw new OnewayError(
      'EMBEDDINGS_INVALID',
      `Embeddings of ${count} × ${dimension} need ${count * dimension} values each; found ${source.length} and ${target.length}.`,
    );
  }
  const meanSource = (context: Uint32Array, query: Float64Array, at: number): void => {
    query.fill(0, at, at + dimension);
    for (const product of context) {
      const row = product * dimension;
      for (let j = 0; j < dimension; j++) query[at + j]! += source[row + j]! / context.length;
    }
  };
  const scoreMany = (contexts: readonly Uint32Array[], out: Float32Array): void => {
    const query = new Float64Array(4 * dimension);
    for (let first = 0; first < contexts.length; first += 4) {
      const width = Math.min(4, contexts.length - first);
      query.fill(0);
      for (let i = 0; i < width; i++) meanSource(contexts[first + i]!, query, i * dimension);
      dotRows(query, target, count, dimension, out, first * count, width);
      for (let i = 0; i < width; i++) {
        const at = (first + i) * count;
        if (contexts[first + i]!.length === 0) out.fill(Number.NEGATIVE_INFINITY, at, at + count);
      }
    }
  };
  return { name, score: (context, out) => scoreMany([context], out), scoreMany };
}

/** Four queries against every row: one load of a target value feeds four sums. */
function dotRows(
  query: Float64Array,
  rows: Float32Array,
  count: number,
  dimension: number,
  out: Float32Array,
  at: number,
  width: number,
): void {
  const second = dimension;
  const third = 2 * dimension;
  const fourth = 3 * dimension;
  for (let v = 0; v < count; v++) {
    const row = v * dimension;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let j = 0; j < dimension; j++) {
      const x = rows[row + j]!;
      a += x * query[j]!;
      b += x * query[second + j]!;
      c += x * query[third + j]!;
      d += x * query[fourth + j]!;
    }
    out[at + v] = a;
    if (width > 1) out[at + count + v] = b;
    if (width > 2) out[at + 2 * count + v] = c;
    if (width > 3) out[at + 3 * count + v] = d;
  }
}
