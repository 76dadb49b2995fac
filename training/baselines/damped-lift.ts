import { coOccurrence, scoreByRule } from './co-occurrence.ts';
import type { Baseline } from './types.ts';

/**
 * Damped lift: P(v | u) / (count(v) + λ), summed over the context. λ = 0 is plain lift, which rare products win by chance;
 * λ → ∞ is P(v | u), which popular products win.
 */
export const dampedLift: Baseline = {
  name: 'damped-lift',
  description: 'P(v | u) over the damped popularity of v',
  choices: [1, 10, 100, 1000, 10_000].map((damping) => ({ damping })),
  readings: ['co-views', 'edges', 'next-purchase'],
  create: (evidence, choice) => {
    const counts = coOccurrence(evidence);
    const damping = Number(choice.damping);
    return {
      name: 'damped-lift',
      score: (context, out) => scoreByRule(counts, context, out, (total) => total + damping),
    };
  },
};
