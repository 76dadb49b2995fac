import type { BladeConfiguration } from './configuration.ts';
import type { StepRates } from './step.ts';

/** Linear warm-up, then a cosine to zero over the remaining steps. */
export function rateAt(
  step: number,
  total: number,
  { learningRate, warmUpSteps }: BladeConfiguration['optimiser'],
): number {
  if (step <= warmUpSteps) return (learningRate * step) / warmUpSteps;
  const progress = (step - warmUpSteps) / Math.max(total - warmUpSteps, 1);
  return (learningRate / 2) * (1 + Math.cos(Math.PI * Math.min(progress, 1)));
}

/** What the optimiser goes by at a step of so many. */
export function ratesAt(step: number, total: number, optimiser: BladeConfiguration['optimiser']): StepRates {
  return { step, learningRate: rateAt(step, total, optimiser), beta2: optimiser.beta2 };
}
