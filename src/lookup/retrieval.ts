import type { ExactIndex, Neighbours, VectorIndex } from '../index/index.ts';
import type { Availability } from './availability.ts';
import type { Strategy } from './types.ts';
import { dotRow } from './vectors.ts';

export interface RetrievalRequest {
  /** Source embedding of the query, shape [dimension]. */
  readonly query: Float32Array;
  readonly k: number;
  readonly minimumScore: number;
  /** Further rules on one product; availability is always checked. */
  readonly accept: (node: number, score: number) => boolean;
}

export interface Searchable {
  readonly index: VectorIndex;
  /** Over the same vectors as `index`. */
  readonly exact: ExactIndex;
  /** Shape [count, dimension]. */
  readonly targets: Float32Array;
  readonly availability: Availability;
}

/** Fetched beyond `k`, for the query itself and what the rules leave out. */
const overFetch = 32;
/** Under this share of products that may be shown, an index returns mostly refused ones: scan the allowed ones instead. */
const scanBelowShare = 0.1;

/**
 * The k best products by source · target that the rules accept. Asks the index for more than needed and filters after;
 * when that is not enough, or few products pass, scans all that may be shown, exactly.
 */
export function retrieve(
  { index, exact, targets, availability }: Searchable,
  request: RetrievalRequest,
): { found: Neighbours; strategy: Exclude<Strategy, 'popular'> } {
  const { query, k, minimumScore } = request;
  const { shown } = availability;
  const accept = (node: number, score: number): boolean => shown[node] === 1 && request.accept(node, score);
  if (index.kind === 'hnsw' && availability.count >= scanBelowShare * index.count) {
    const wanted = Math.min(index.count, 2 * k + overFetch);
    const candidates = index.search(query, wanted);
    const ids: number[] = [];
    const scores: number[] = [];
    let exhausted = wanted === index.count;
    for (let i = 0; i < candidates.ids.length && ids.length < k; i++) {
      const score = candidates.scores[i]!;
      if (score < minimumScore) {
        // Best first: everything further down scores below the minimum too.
        exhausted = true;
        break;
      }
      const node = candidates.ids[i]!;
      if (!accept(node, score)) continue;
      ids.push(node);
      scores.push(score);
    }
    if (ids.length === k || exhausted) {
      return { found: { ids: Uint32Array.from(ids), scores: Float32Array.from(scores) }, strategy: 'index' };
    }
  }
  const all = exact.search(query, k, (node) => accept(node, dotRow(query, targets, node)));
  let kept = all.ids.length;
  while (kept > 0 && all.scores[kept - 1]! < minimumScore) kept--;
  const found = { ids: all.ids.slice(0, kept), scores: all.scores.slice(0, kept) };
  return { found, strategy: 'exact' };
}
