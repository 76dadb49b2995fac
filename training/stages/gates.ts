import type { Embeddings } from '../../src/blade/index.ts';
import type { IndexDescription } from '../../src/index/index.ts';
import type { RefreshConfiguration } from '../configuration.ts';
import type { Gate } from '../report/index.ts';

/** What the gates look at. */
export interface GateFigures {
  readonly embeddings: EmbeddingFigures;
  readonly index: IndexDescription;
  /** On the test edges; null when there were none. */
  readonly hitRate: number | null;
  readonly popularityHitRate: number | null;
  readonly queries: number;
  /** Share of one-way test edges scored higher forwards. */
  readonly direction: number | null;
  readonly directionEdges: number;
}

export interface EmbeddingFigures {
  /** Values that are NaN or infinite. */
  readonly notFinite: number;
  /** Share of products whose source and target are finite and not zero. */
  readonly embedded: number;
}

export function embeddingFigures({ count, dimension, source, target }: Embeddings): EmbeddingFigures {
  let notFinite = 0;
  let embedded = 0;
  for (let row = 0; row < count; row++) {
    let bad = 0;
    let sourceLength = 0;
    let targetLength = 0;
    for (let at = row * dimension; at < (row + 1) * dimension; at++) {
      if (!Number.isFinite(source[at]!)) bad++;
      if (!Number.isFinite(target[at]!)) bad++;
      sourceLength += source[at]! ** 2;
      targetLength += target[at]! ** 2;
    }
    notFinite += bad;
    if (bad === 0 && sourceLength > 0 && targetLength > 0) embedded++;
  }
  return { notFinite, embedded: count === 0 ? 0 : embedded / count };
}

/** Every gate with its verdict, in the order checked. A gate that cannot be measured is skipped and says so. */
export function judgeGates(figures: GateFigures, configuration: RefreshConfiguration): readonly Gate[] {
  const { gates, index } = configuration;
  const floor = gates.minimumHitRate ?? figures.popularityHitRate;
  return [
    judge({
      name: 'finite-embeddings',
      meaning: 'No embedding holds NaN or infinity.',
      value: figures.embeddings.notFinite,
      threshold: 0,
      bound: 'maximum',
      unit: 'count',
    }),
    judge({
      name: 'embedded-products',
      meaning: 'Share of products with a source and a target embedding.',
      value: figures.embeddings.embedded,
      threshold: gates.minimumEmbedded,
      bound: 'minimum',
      unit: 'share',
    }),
    judge({
      name: 'index-recall',
      meaning: `Recall@${index.recallAt} of the index that serves, against exact search (exact search itself has 100 %).`,
      value: figures.index.kind === 'exact' ? 1 : (figures.index.recall.at(-1)?.recall ?? null),
      threshold: index.minimumRecall,
      bound: 'minimum',
      unit: 'share',
    }),
    judge({
      name: 'hit-rate',
      meaning:
        gates.minimumHitRate === null
          ? 'HitRate@10 on the test edges is at least that of the popularity baseline.'
          : 'HitRate@10 on the test edges.',
      value: figures.hitRate,
      threshold: floor,
      bound: 'minimum',
      unit: 'share',
      ...skipWhen(figures.queries < gates.minimumQueries, `${figures.queries} test products are too few to judge by.`),
    }),
    judge({
      name: 'direction',
      meaning: 'Share of one-way test edges that score higher forwards than backwards; it must exceed the threshold.',
      value: figures.direction,
      threshold: gates.minimumDirection,
      bound: 'minimum',
      unit: 'share',
      exclusive: true,
      ...skipWhen(
        figures.directionEdges < gates.minimumDirectionEdges,
        `${figures.directionEdges} one-way test edges are too few to judge by.`,
      ),
    }),
  ];
}

interface Question extends Omit<Gate, 'verdict' | 'reason'> {
  readonly exclusive?: boolean;
  readonly skip?: string;
}

function skipWhen(condition: boolean, reason: string): { readonly skip?: string } {
  return condition ? { skip: reason } : {};
}

function judge({ exclusive = false, skip, ...gate }: Question): Gate {
  if (skip !== undefined) return { ...gate, verdict: 'skipped', reason: skip };
  const { value, threshold, bound } = gate;
  if (value === null || threshold === null || Number.isNaN(value) || Number.isNaN(threshold)) {
    return { ...gate, verdict: 'failed', reason: 'It could not be measured.' };
  }
  const enough = bound === 'maximum' ? value <= threshold : exclusive ? value > threshold : value >= threshold;
  if (enough) return { ...gate, verdict: 'passed', reason: '' };
  const asked = bound === 'maximum' ? 'at most' : exclusive ? 'more than' : 'at least';
  return { ...gate, verdict: 'failed', reason: `${format(value)} where ${asked} ${format(threshold)} is asked.` };
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(4);
}
