import type { Embeddings } from '../blade/types.ts';
import { OnewayError } from '../errors.ts';
import { innerProduct, RowProducts } from '../tensor/threads.ts';

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

/** Queries of one pass over the targets: the more, the less each pays for laying them out; as many as 64 MiB of scores hold. */
const mostAtOnce = 64;
const scoresAtOnce = 2 ** 24;
/** Products of a basket. */
const basketAtOnce = 16;

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
  const blockSize = Math.min(mostAtOnce, Math.max(4, Math.floor(scoresAtOnce / productCount)), contexts.length);
  const buffer = new Float32Array(blockSize * productCount);
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
  const products = new RowProducts(target, count, dimension);
  const sourceOf = (u: number) => source.subarray(u * dimension, (u + 1) * dimension);
  const sumOfProbabilities = (context: Uint32Array, out: Float32Array): void => {
    out.fill(0);
    const logits = new Float32Array(Math.min(basketAtOnce, context.length) * count);
    for (let first = 0; first < context.length; first += basketAtOnce) {
      const some = context.subarray(first, first + basketAtOnce);
      products.of(Array.from(some, sourceOf), logits);
      for (let i = 0; i < some.length; i++) {
        for (let v = 0; v < count; v++) out[v]! += 1 / (1 + Math.exp(-logits[i * count + v]!));
      }
    }
  };
  const scoreMany = (contexts: readonly Uint32Array[], out: Float32Array): void => {
    for (let i = 0; i < contexts.length; ) {
      let run = i;
      while (run < contexts.length && contexts[run]!.length === 1) run++;
      if (run > i) {
        const sources = contexts.slice(i, run).map(([u]) => sourceOf(u!));
        products.of(sources, out.subarray(i * count, run * count));
        i = run;
        continue;
      }
      const row = out.subarray(i * count, (i + 1) * count);
      if (contexts[i]!.length === 0) row.fill(Number.NEGATIVE_INFINITY);
      else sumOfProbabilities(contexts[i]!, row);
      i++;
    }
  };
  const scorePair = (u: number, v: number): number =>
    innerProduct(source, u * dimension, target, v * dimension, dimension);
  return { name, score: (context, out) => scoreMany([context], out), scoreMany, scorePair };
}
