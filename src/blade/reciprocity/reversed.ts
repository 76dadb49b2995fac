import type { RunContext } from '../../context.ts';
import { isPlainList, type ProductGraph } from '../../graph/index.ts';
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

/** The weights as far as they are known before validation. */
export function reversedWeightsOf({ reciprocity }: Pick<BladeConfiguration, 'reciprocity'>): ReversedWeights {
  const known = (value: number | 'validated') => (typeof value === 'number' ? value : 0);
  return { mirror: known(reciprocity.mirror), weight: known(reciprocity.weight) };
}

/**
 * Embeddings to which the other direction says what it can: its edges, then its scores, so that the noise of the coordinates shrinks with the rest. On plain lists of edges; on others nothing is altered.
 * @throws OnewayError `ABORTED` on the signal.
 */
export async function withReversed(
  embeddings: Embeddings,
  graph: Pick<ProductGraph, 'bought' | 'buyers'>,
  { mirror, ...memory }: ReversedWeights & { readonly width: number; readonly seed: number },
  context: Pick<RunContext, 'progress' | 'signal'>,
): Promise<Embeddings> {
  if (!isPlainList(graph)) return embeddings;
  const remembering =
    memory.weight === 0 ? embeddings : await withReciprocity(embeddings, graph.bought, memory, context);
  return withMirror(remembering, mirror);
}
