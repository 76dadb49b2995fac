import type { RunContext } from '../context.ts';
import { isPlainList } from '../graph/index.ts';
import { offsetOf, tellingPairs, validatedOffset } from './direction.ts';
import { embedEnsemble } from './joint.ts';
import type { BladeEnsemble, BladeModel } from './model.ts';
import {
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
  const open = [directionOffset, configuration.directionCredit, reciprocity.mirror, reciprocity.weight];
  if (symmetric || !open.includes('validated')) return { members };
  const having = ({ offset, credit } = offsetOf(configuration), reversed = reversedWeightsOf(configuration)) => {
    const settled = {
      ...configuration,
      directionOffset: offset,
      directionCredit: credit,
      reciprocity: { ...reciprocity, ...reversed },
    };
    return { members: members.map((member) => ({ ...member, configuration: settled })) };
  };
  if (validation === null) return having();
  const bare = { offset: 0, credit: 0 };
  const plain = await embedEnsemble(having(bare, { mirror: 0, weight: 0 }), input, { context });
  const given = reversedWeightsOf(configuration);
  const weight =
    reciprocity.weight === 'validated' ? validatedReciprocity(plain, graph, validation, seed) : given.weight;
  const { width } = reciprocity;
  const remembering = await withReversed(plain, graph, { mirror: 0, weight, width, seed }, context);
  const mirror =
    reciprocity.mirror === 'validated'
      ? await validatedMirror(remembering, graph, validation, { seed, context })
      : given.mirror;
  const pairs = directionOffset === 'validated' ? tellingPairs(graph, validation) : null;
  if (pairs === null) return having(offsetOf(configuration), { mirror, weight });
  // What the other direction does to directions counts too.
  const published = isPlainList(graph) ? withMirror(remembering, mirror) : remembering;
  return having(validatedOffset(published, graph, pairs, configuration), { mirror, weight });
}
