import { coOccurrence, scoreByRule } from './co-occurrence.ts';
import type { Baseline } from './types.ts';

/** P(v | u) = count(u, v) / count(u), summed over the context: "customers who bought this also bought". */
export const conditional: Baseline = {
  name: 'conditional',
  description: 'P(v | u): the share of those with u who also have v',
  choices: [{}],
  readings: ['co-views', 'edges', 'next-purchase'],
  create: (evidence) => {
    const counts = coOccurrence(evidence);
    return { name: 'conditional', score: (context, out) => scoreByRule(counts, context, out, null) };
  },
};
