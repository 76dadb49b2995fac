import { throwIfAborted } from '../../src/context.ts';
import type { Scorer } from '../../src/metrics/index.ts';
import type { Baseline, BaselineTools, Evidence, Parameters } from './types.ts';

export interface TunedBaseline {
  readonly scorer: Scorer;
  readonly choice: Parameters;
  /** The objective's value of the choice on validation; null when there was nothing to choose. */
  readonly validation: number | null;
}

/**
 * Gives a baseline its best: the choice with the highest objective, the first of equals.
 * @param objective measured on validation queries only, higher is better; null takes the baseline's first choice.
 */
export async function tuneBaseline(
  baseline: Baseline,
  evidence: Evidence,
  objective: ((scorer: Scorer) => number) | null,
  tools: BaselineTools,
  choices: readonly Parameters[] = baseline.choices,
): Promise<TunedBaseline> {
  const first = choices[0] ?? {};
  if (objective === null || choices.length < 2) {
    return { scorer: await baseline.create(evidence, first, tools), choice: first, validation: null };
  }
  let best = first;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (const choice of choices) {
    throwIfAborted(tools.context.signal);
    const value = objective(await baseline.create(evidence, choice, tools));
    if (value > bestValue) {
      best = choice;
      bestValue = value;
    }
  }
  // Made again rather than kept: one dense matrix at a time.
  return { scorer: await baseline.create(evidence, best, tools), choice: best, validation: bestValue };
}
