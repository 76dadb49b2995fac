import type { RunContext } from '../../context.ts';
import { type CsrGraph, isPlainList, type ProductGraph } from '../../graph/index.ts';
import type { BladeConfiguration } from '../configuration.ts';
import type { Embeddings } from '../types.ts';
import { withReciprocity } from './memory.ts';
import { withMirror } from './mirror.ts';

/** How much is made of v→u when u→v is asked about. */
export interface ReversedWeights {
  /** η of {@link withMirror}. */
  readonly mirror: number;
  /** Of {@link withReciprocity}. */
  readonly weight: number;
}

/** The weights as far as they are known before validation; none on a log, which has counted both ways itself. */
export function reversedWeightsOf(
  { reciprocity }: Pick<BladeConfiguration, 'reciprocity'>,
  graph: Pick<ProductGraph, 'buyers'>,
): ReversedWeights {
  const plainList = isPlainList(graph);
  const known = (value: number | 'validated') => (plainList && typeof value === 'number' ? value : 0);
  return { mirror: known(reciprocity.mirror), weight: known(reciprocity.weight) };
}

/**
 * Embeddings to which the other direction says what it can: its edges, then its scores, so that the noise of the coordinates shrinks with the rest.
 * @throws OnewayError `ABORTED` on the signal.
 */
export async function withReversed(
  embeddings: Embeddings,
  bought: CsrGraph,
  { mirror, ...memory }: ReversedWeights & { readonly width: number; readonly seed: number },
  context: Pick<RunContext, 'progress' | 'signal'>,
): Promise<Embeddings> {
  const remembering = memory.weight === 0 ? embeddings : await withReciprocity(embeddings, bought, memory, context);
  return withMirror(remembering, mirror);
}
