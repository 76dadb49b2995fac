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
  /** One product after one other, where that is cheaper than a whole row; the same value as {@link score} gives. */
  scorePair?(source: number, target: number): number;
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
  const { scorePair } = scorer;
  if (scorePair !== undefined) {
    return Float32Array.from(source, (u, i) => finiteOrLowest(scorePair(u, target[i]!)));
  }
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
      result[order[i]!] = finiteOrLowest(scores[target[order[i]!]!]!);
    }
  });
  return result;
}

/** "Not recommended" as a number that can be compared. */
export function finiteOrLowest(score: number): number {
  return Number.isFinite(score) ? score : Number.NEGATIVE_INFINITY;
}

/**
 * The model as a scorer. One product: source · target of each product, in logits. Several: the sum over them of σ(source · target),
 * the expected number of the context's products that each product follows; a mean of logits would let one product that
 * has nothing to do with v outvote one that v surely follows. An empty context recommends nothing.
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
  const query = new Float64Array(4 * dimension);
  /** Logits of up to four products, row by row into `out` from `at`. */
  const logits = (products: Uint32Array, out: Float32Array, at: number): void => {
    query.fill(0);
    products.forEach((product, i) => {
      query.set(source.subarray(product * dimension, (product + 1) * dimension), i * dimension);
    });
    dotRows(query, target, count, dimension, out, at, products.length);
  };
  const rows = new Float32Array(4 * count);
  const sumOfProbabilities = (context: Uint32Array, out: Float32Array): void => {
    out.fill(0);
    for (let first = 0; first < context.length; first += 4) {
      const products = context.subarray(first, first + 4);
      logits(products, rows, 0);
      for (let i = 0; i < products.length; i++) {
        const row = rows.subarray(i * count, (i + 1) * count);
        for (let v = 0; v < count; v++) out[v]! += 1 / (1 + Math.exp(-row[v]!));
      }
    }
  };
  const scoreMany = (contexts: readonly Uint32Array[], out: Float32Array): void => {
    for (let i = 0; i < contexts.length; ) {
      let run = i;
      while (run < contexts.length && run < i + 4 && contexts[run]!.length === 1) run++;
      if (run > i) {
        logits(
          Uint32Array.from(contexts.slice(i, run), (context) => context[0]!),
          out,
          i * count,
        );
        i = run;
        continue;
      }
      const row = out.subarray(i * count, (i + 1) * count);
      if (contexts[i]!.length === 0) row.fill(Number.NEGATIVE_INFINITY);
      else sumOfProbabilities(contexts[i]!, row);
      i++;
    }
  };
  const scorePair = (u: number, v: number): number => {
    let sum = 0;
    for (let j = 0; j < dimension; j++) sum += target[v * dimension + j]! * source[u * dimension + j]!;
    return Math.fround(sum);
  };
  return { name, score: (context, out) => scoreMany([context], out), scoreMany, scorePair };
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
