/** One rung: every trial that reached it trains for so many epochs; the best go on. */
export interface Rung {
  readonly epochs: number;
  /** Trials beside trial 0, which is in every rung. */
  readonly trials: number;
}

/** Of the trials of a rung one in so many goes on, and trains so many times longer. */
const reduction = 3;
/** A training shorter than this says nothing about a longer one. */
const leastEpochs = 2;

/**
 * Successive halving (Jamieson & Talwalkar, AISTATS 2016) as one bracket of Hyperband (Li et al., JMLR 2018): with η = 3, n trials and budget R,
 * rung i of 0 … s trains max(1, ⌊n / ηⁱ⌋) trials for R / η^(s − i) epochs, where s is the largest for which a trial is left to promote and the first
 * rung has two epochs or more. Each rung trains anew: the learning rate's schedule ends with the rung, so a short training is a whole one.
 * @param trials beside trial 0, 0 or more.
 * @param budget epochs of the last rung, 1 or more.
 */
export function planRungs(trials: number, budget: number): readonly Rung[] {
  let steps = 0;
  while (Math.floor(trials / reduction ** (steps + 1)) >= 1 && budget / reduction ** (steps + 1) >= leastEpochs)
    steps++;
  return Array.from({ length: steps + 1 }, (_, i) => ({
    epochs: Math.max(1, Math.round(budget / reduction ** (steps - i))),
    trials: Math.min(trials, Math.max(1, Math.floor(trials / reduction ** i))),
  }));
}

/** A trial's result in a rung: the objective, or null where its training failed. */
export interface Standing {
  readonly trial: number;
  readonly objective: number | null;
}

/** Best first; equals by number, failures last. */
export function rank<S extends Standing>(standings: readonly S[]): readonly S[] {
  const value = ({ objective }: Standing): number => objective ?? Number.NEGATIVE_INFINITY;
  return [...standings].sort((a, b) => (value(a) === value(b) ? a.trial - b.trial : value(b) - value(a)));
}

/** Trials of the next rung: trial 0, then the best others that did not fail. */
export function promote(standings: readonly Standing[], next: Rung): readonly number[] {
  const others = rank(standings).filter(({ trial, objective }) => trial !== 0 && objective !== null);
  return [0, ...others.slice(0, next.trials).map(({ trial }) => trial)];
}
