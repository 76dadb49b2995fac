import { setImmediate } from 'node:timers/promises';
import type { ProductList } from '../catalogue/index.ts';
import { type RunContext, throwIfAborted } from '../context.ts';
import { ExactIndex, HnswIndex, type HnswModule, loadHnsw } from '../index/index.ts';
import { Random } from '../random.ts';
import { listCut, listEnd, type PrecomputedLists, type ProductLists, type Release } from '../release/index.ts';
import { isShown } from './availability.ts';
import { isKnown } from './evidence.ts';
import { jointVectors } from './joint-vectors.ts';
import type { ListConfiguration } from './list-configuration.ts';
import { ProductTypes, typeColumns } from './product-types.ts';
import { type ScoredContext, Scoring } from './scoring.ts';
import { Substitutes } from './substitutes.ts';
import { TopList } from './top-list.ts';
import { rowOf } from './vectors.ts';

/** Products between two pauses, and of a block of exact search. */
const block = 64;
/** Products up to which each is compared with each. */
const largestScan = { related: 20_000, similar: 6000 } as const;
/** Candidates per place of a list of similar products; most of them a likeness confirms. */
const similarFetch = 4;
/** Lists whose recall is measured against exact search. */
const measured = 100;
const jointIndex = { m: 12, efConstruction: 100, ef: 160 } as const;

/** What is precomputed from. */
export interface ListParts extends Pick<Release, 'embeddings' | 'features' | 'graph' | 'index'> {
  readonly products: ProductList;
}

export interface PrecomputeOptions {
  /** hnswlib-node, or null to do without. @default what `loadHnsw` finds */
  readonly hnsw?: HnswModule | null;
  /** @default 0 */
  readonly seed?: number;
}

/** How well lists hold what exact search finds. */
export interface ListFigures {
  readonly width: number;
  readonly seconds: number;
  /** Share of the true entries that are there, over a sample; null where every list is exact, or there are none. */
  readonly recall: number | null;
  /** How they were found, one sentence. */
  readonly how: string;
}

/**
 * The lists of a release-to-be: for each product, what goes well after it (the direction guard applied) and what could stand in for it, among the products that
 * may be shown, by the scores that serving uses. Found by the index where there is one, else by comparing each with each; shops that are too large for that without hnswlib-node
 * get none, and are answered by scans.
 * @throws OnewayError `ABORTED`
 */
export async function precomputeLists(
  parts: ListParts,
  configuration: ListConfiguration,
  context: RunContext,
  options: PrecomputeOptions = {},
): Promise<{ readonly lists: PrecomputedLists; readonly figures: Record<'related' | 'similar', ListFigures> }> {
  const shown = Uint8Array.from(parts.products, (product) => (isShown(product) ? 1 : 0));
  const related = await relatedLists(parts, configuration.related, shown, context);
  const similar = await similarLists(parts, configuration.similar, shown, context, options);
  return {
    lists: { related: related.lists, similar: similar.lists },
    figures: { related: related.figures, similar: similar.figures },
  };
}

interface Made {
  readonly lists: ProductLists;
  readonly figures: ListFigures;
}

async function relatedLists(parts: ListParts, width: number, shown: Uint8Array, context: RunContext): Promise<Made> {
  const { products, embeddings, graph, index } = parts;
  const { count, dimension, source, target } = embeddings;
  const started = context.clock.monotonic();
  if (width === 0 || (index.kind === 'exact' && count > largestScan.related)) {
    return none(count, width === 0 ? 'The configuration asks for none.' : tooLarge);
  }
  const types = new ProductTypes(typeColumns(products, graph.bought));
  const shelf = { known: count, borrowed: () => null, typeOf: (node: number) => types.ofProduct[node]! };
  const scoring = new Scoring({ release: parts, types }, shelf);
  const exact = new ExactIndex(target, count, dimension);
  const nodes = new Uint32Array(count * width).fill(listEnd);
  const fill = (node: number, candidates: Iterable<number>, isAll: boolean): boolean => {
    const asked = contextOf(parts, types, node);
    const scorer = scoring.ofOne(asked, true, 'after');
    const best = new TopList(width);
    for (const other of candidates) {
      if (other === node || shown[other] !== 1) continue;
      if (scorer.bound(other) < best.threshold) continue;
      const score = scorer.score(other);
      if (!Number.isNaN(score)) best.offer(other, score, score);
    }
    if (!best.isFull && !isAll) return false;
    nodes.set(best.take().nodes, node * width);
    return true;
  };
  const known = (node: number): boolean => isKnown(parts, node);
  const enough = 2 * width + 32;
  context.progress.start('related lists', { total: count, unit: 'products' });
  for (let from = 0; from < count; from += block) {
    const to = Math.min(count, from + block);
    const found =
      index.kind === 'exact'
        ? exact.searchMany(source.subarray(from * dimension, to * dimension), enough, (node) => shown[node] === 1)
        : null;
    for (let node = from; node < to; node++) {
      if (!known(node)) continue;
      const own = rowOf(source, node, dimension);
      if (found !== null) {
        const { ids } = found[node - from]!;
        if (fill(node, ids, ids.length < enough)) continue;
        fill(node, everything(count), true);
        continue;
      }
      if (fill(node, index.search(own, enough).ids, enough >= count)) continue;
      const more = Math.min(count, 8 * enough);
      if (fill(node, index.search(own, more).ids, more >= count)) continue;
      if (count <= largestScan.related) fill(node, everything(count), true);
      else nodes.fill(listCut, node * width, (node + 1) * width);
    }
    await pause(context, to);
  }
  context.progress.end();
  const lists = { count, width, nodes };
  const recall =
    index.kind === 'exact'
      ? null
      : recallOf(lists, (node) => {
          const scorer = scoring.ofOne(contextOf(parts, types, node), true, 'after');
          return (other) => (shown[other] === 1 ? scorer.score(other) : Number.NaN);
        });
  const seconds = (context.clock.monotonic() - started) / 1000;
  const how = index.kind === 'exact' ? 'Every product was scored after every other.' : 'The index gave the candidates.';
  return { lists, figures: { width, seconds, recall, how } };
}

async function similarLists(
  parts: ListParts,
  width: number,
  shown: Uint8Array,
  context: RunContext,
  options: PrecomputeOptions,
): Promise<Made> {
  const { embeddings, graph } = parts;
  const { count } = embeddings;
  const started = context.clock.monotonic();
  if (width === 0) return none(count, 'The configuration asks for none.');
  const hnsw = options.hnsw === undefined ? await loadHnsw() : options.hnsw;
  const scan = count <= largestScan.similar;
  if (!scan && hnsw === null) return none(count, tooLarge);
  const substitutes = new Substitutes(parts);
  const nodes = new Uint32Array(count * width).fill(listEnd);
  const fill = (node: number, candidates: Iterable<number>, likeness: (other: number) => number): void => {
    const best = new TopList(width);
    for (const other of candidates) {
      if (other === node || shown[other] !== 1) continue;
      const value = Math.fround(likeness(other));
      best.offer(other, value, value);
    }
    if (!best.isFull && !scan) nodes.fill(listCut, node * width, (node + 1) * width);
    nodes.set(best.take().nodes, node * width);
  };
  const index = scan ? null : await indexJointly(hnsw!, parts, options.seed ?? 0, context);
  context.progress.start('similar lists', { total: count, unit: 'products' });
  for (let node = 0; node < count; node++) {
    if (node % block === block - 1) await pause(context, node);
    if (!isKnown(parts, node)) continue;
    substitutes.about(node, (likeness) => {
      if (index === null) return fill(node, everything(count), likeness);
      const candidates = new Set(index.search(node, similarFetch * width));
      const { viewed } = graph;
      if (viewed !== null) {
        for (let e = viewed.outOffsets[node]!; e < viewed.outOffsets[node + 1]!; e++)
          candidates.add(viewed.outTargets[e]!);
      }
      return fill(node, candidates, likeness);
    });
  }
  context.progress.end();
  const lists = { count, width, nodes };
  const recall = scan
    ? null
    : recallOf(lists, (node) => {
        const values = substitutes.about(node, (likeness) =>
          Float32Array.from({ length: count }, (_, v) => likeness(v)),
        );
        return (other) => (shown[other] === 1 ? values[other]! : Number.NaN);
      });
  const seconds = (context.clock.monotonic() - started) / 1000;
  const how = scan
    ? 'Every product was compared with every other.'
    : 'An index over embeddings and features, and co-views, gave the candidates.';
  return { lists, figures: { width, seconds, recall, how } };
}

const tooLarge =
  'Too many products to compare each with each, and no index: hnswlib-node is not installed, or recall was under its gate.';

function none(count: number, how: string): Made {
  return {
    lists: { count, width: 0, nodes: new Uint32Array() },
    figures: { width: 0, seconds: 0, recall: null, how },
  };
}

function* everything(count: number): Generator<number> {
  for (let node = 0; node < count; node++) yield node;
}

function contextOf({ embeddings }: ListParts, types: ProductTypes, node: number): ScoredContext {
  const { source, target, dimension } = embeddings;
  return {
    node,
    type: types.ofProduct[node]!,
    source: rowOf(source, node, dimension),
    target: rowOf(target, node, dimension),
    weight: 1,
  };
}

async function pause(context: RunContext, done: number): Promise<void> {
  context.progress.update(done);
  await setImmediate();
  throwIfAborted(context.signal);
}

/** Candidates for similar products by one inner product of joined vectors. */
async function indexJointly(
  hnsw: HnswModule,
  parts: Pick<ListParts, 'embeddings' | 'features'>,
  seed: number,
  context: RunContext,
): Promise<{ search(node: number, n: number): Uint32Array }> {
  const { count } = parts.embeddings;
  const { vectors, dimension } = jointVectors(parts.embeddings, parts.features, seed);
  const index = await HnswIndex.build(hnsw, vectors, count, dimension, { ...jointIndex, seed }, context);
  return { search: (node, n) => index.search(rowOf(vectors, node, dimension), n).ids };
}

/** Share of the true best entries that a sample of lists holds. @param scoresOf NaN: no entry */
function recallOf(
  { count, width, nodes }: ProductLists,
  scoresOf: (node: number) => (other: number) => number,
): number | null {
  let found = 0;
  let wanted = 0;
  const sample = new Random(count)
    .shuffle(Uint32Array.from({ length: count }, (_, node) => node))
    .subarray(0, measured);
  for (const node of sample) {
    const row = nodes.subarray(node * width, (node + 1) * width);
    if (row[0]! >= listCut) continue;
    const score = scoresOf(node);
    const best = new TopList(width);
    for (let other = 0; other < count; other++) {
      const value = other === node ? Number.NaN : Math.fround(score(other));
      if (value >= best.threshold) best.offer(other, value, value);
    }
    const truth = best.take().nodes;
    const held = new Set(row);
    wanted += truth.length;
    for (const other of truth) if (held.has(other)) found++;
  }
  return wanted === 0 ? null : found / wanted;
}
