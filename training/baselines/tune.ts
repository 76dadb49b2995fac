import { throwIfAborted } from '../../src/context.ts';
import type { Scorer } from '../../src/metrics/index.ts';
import type { Baseline, BaselineTools, Evidence, Parameters, Reading, Refinement } from './types.ts';

export interface TunedBaseline {
  readonly scorer: Scorer;
  /** With `reading` where another reading of the evidence than the plain one was better. */
  readonly choice: Parameters;
  /** The objective's value of the choice on validation; null when there was nothing to choose. */
  readonly validation: number | null;
}

/** Makes a baseline as {@link tuneBaseline} chose it. */
export function createBaseline(
  baseline: Baseline,
  evidence: Evidence,
  choice: Parameters,
  tools: BaselineTools,
): Scorer | Promise<Scorer> {
  const { reading } = choice;
  const read = reading === undefined ? undefined : evidence.readings[reading as Reading];
  return baseline.create(read?.() ?? evidence, choice, tools);
}

/**
 * Gives a baseline its best: the choice with the highest objective, the first of equals. Then the other readings of the evidence are tried with it; where one
 * is better, all choices are tried again under it, or, where they have one peak, those towards it.
 * @param objective measured on validation queries only, higher is better; null takes the baseline's first choice.
 */
export async function tuneBaseline(
  baseline: Baseline,
  evidence: Evidence,
  objective: ((scorer: Scorer) => number) | null,
  tools: BaselineTools,
): Promise<TunedBaseline> {
  const { onePeak = false } = baseline;
  const choices = baseline.choices.length === 0 ? [{}] : baseline.choices;
  const readings = (baseline.readings ?? []).filter((reading) => evidence.readings[reading] !== undefined);
  const first = choices[0] ?? {};
  if (objective === null || choices.length + readings.length < 2) {
    return { scorer: await baseline.create(evidence, first, tools), choice: first, validation: null };
  }
  const { progress } = tools.context;
  let tried = 0;
  let best: { readonly scorer: Scorer; readonly choice: Parameters; readonly validation: number } | null = null;
  let bestAt = 0;
  const better = async (at: number, read: Evidence = evidence, reading?: Reading): Promise<boolean> => {
    const choice = reading === undefined ? choices[at]! : { ...choices[at]!, reading };
    // A signal arrives only between turns of the event loop.
    await new Promise(setImmediate);
    throwIfAborted(tools.context.signal);
    if ((baseline.refuses?.(read, tools) ?? null) !== null) return false;
    const scorer = await baseline.create(read, choice, tools);
    const validation = objective(scorer);
    if (!onePeak) progress.update(++tried);
    tools.context.logger.debug({ baseline: baseline.name, choice, validation }, 'tried on validation');
    if (best !== null && !(validation > best.validation)) return false;
    best = { scorer, choice, validation };
    bestAt = at;
    return true;
  };
  // A dense method reports its own progress.
  if (!onePeak) progress.start(`tune ${baseline.name}`, { total: choices.length + readings.length, unit: 'choices' });
  const middle = Math.floor((choices.length - 1) / 2);
  if (onePeak) {
    await better(middle);
    await climb(middle, choices.length, better);
  } else for (const at of choices.keys()) await better(at);
  for (const reading of readings) {
    const read = evidence.readings[reading]!();
    const start = bestAt;
    if (!(await better(start, read, reading))) continue;
    if (onePeak) {
      await climb(start, choices.length, (at) => better(at, read, reading));
      continue;
    }
    progress.start(`tune ${baseline.name}: ${reading}`, { total: choices.length, unit: 'choices' });
    tried = 0;
    for (const at of choices.keys()) if (at !== start) await better(at, read, reading);
  }
  if (!onePeak) progress.end();
  return best!;
}

/**
 * Chooses a refinement's parameters on validation, one step after the other, each as long as it is better than without.
 * @param scorer the baseline as it was tuned on `evidence`. @param choice its parameters.
 * @returns them and those of the refinement.
 */
export async function tuneRefinement(
  { name, stepsFor, refine }: Refinement,
  scorer: Scorer,
  evidence: Evidence,
  choice: Parameters,
  objective: (scorer: Scorer) => number,
  { context: { progress, signal, logger } }: BaselineTools,
): Promise<Parameters> {
  const steps = stepsFor(evidence);
  let best = { choice, value: objective(scorer) };
  progress.start(`tune ${name}`, { total: steps.flat().length, unit: 'choices' });
  let tried = 0;
  for (const step of steps) {
    const start = best.choice;
    for (const more of step) {
      // A signal arrives only between turns of the event loop.
      await new Promise(setImmediate);
      throwIfAborted(signal);
      const refined = { ...start, ...more };
      const value = objective(refine(scorer, evidence, refined));
      progress.update(++tried);
      logger.debug({ baseline: name, choice: refined, validation: value }, 'tried on validation');
      if (value > best.value) best = { choice: refined, value };
    }
  }
  progress.end();
  return best.choice;
}

/** From a choice that has been tried towards the side that is better, until it is so no longer. */
async function climb(start: number, count: number, better: (at: number) => Promise<boolean>): Promise<void> {
  for (const step of [-1, 1]) {
    let at = start + step;
    while (at >= 0 && at < count && (await better(at))) at += step;
    if (at !== start + step) return;
  }
}
