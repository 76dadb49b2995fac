import type { RunContext } from '../context.ts';
import { type DirectionOffset, offsetOf, tellingPairs, validatedOffset } from './direction.ts';
import { embedEnsemble } from './joint.ts';
import type { BladeEnsemble, BladeModel } from './model.ts';
import {
  type ReversedWeights,
  reversedWeightsOf,
  validatedMirror,
  validatedReciprocity,
  withMirror,
  withReversed,
} from './reciprocity/index.ts';
import type { TrainingInput } from './train.ts';

/**
 * Puts numbers where a trained ensemble's configuration leaves them to validation: what is made of the other direction, and the offset of directions.
 * Without validation edges, or with too few of them, they are those of the unvalidated.
 * @throws OnewayError `ABORTED` on the signal, what {@link embedEnsemble} throws.
 */
export async function settle(
  { members }: BladeEnsemble,
  input: TrainingInput,
  context: RunContext,
): Promise<BladeEnsemble> {
  const [{ configuration, seed }] = members as readonly [BladeModel];
  const { directionOffset, reciprocity, symmetric } = configuration;
  const { graph, validation } = input;
  if (symmetric) return { members };
  const having = ({ offset, credit }: DirectionOffset, reversed: ReversedWeights): BladeEnsemble => {
    const numbers = { directionOffset: offset, directionCredit: credit, reciprocity: { ...reciprocity, ...reversed } };
    return { members: members.map((member) => ({ ...member, configuration: { ...configuration, ...numbers } })) };
  };
  const known = { offset: offsetOf(configuration), ...reversedWeightsOf(configuration, graph) };
  const open = [directionOffset, reciprocity.mirror, reciprocity.weight].includes('validated');
  if (validation === null || !open) return having(known.offset, { mirror: known.mirror, weight: known.weight });
  const tools = { seed, context };
  const plain = await embedEnsemble(having({ offset: 0, credit: 0 }, { mirror: 0, weight: 0 }), input, { context });
  const weight =
    reciprocity.weight === 'validated' ? await validatedReciprocity(plain, graph, validation, tools) : known.weight;
  const memory = { mirror: 0, weight, width: reciprocity.width, seed };
  const remembering = await withReversed(plain, graph.bought, memory, context);
  const mirror =
    reciprocity.mirror === 'validated' ? await validatedMirror(remembering, graph, validation, tools) : known.mirror;
  const pairs = directionOffset === 'validated' ? tellingPairs(graph, validation) : null;
  // What the other direction does to directions counts too.
  const published = withMirror(remembering, mirror);
  const offset = pairs === null ? known.offset : validatedOffset(published, graph, pairs, configuration);
  context.logger.info({ ...offset, mirror, weight }, 'chosen on validation');
  return having(offset, { mirror, weight });
}
