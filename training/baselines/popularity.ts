import { inDegrees } from '../../src/graph/index.ts';
import type { Baseline } from './types.ts';

/** The same list for everybody: products by training in-degree (`links`) or by distinct buyers (`log`). */
export const popularity: Baseline = {
  name: 'popularity',
  description: 'the most bought products, the same for every query',
  choices: [{}],
  create: (evidence) => {
    const counts = evidence.kind === 'log' ? evidence.graph.buyers : inDegrees(evidence.graph.bought);
    const scores = Float32Array.from(counts, (count) => (count === 0 ? Number.NEGATIVE_INFINITY : count));
    return { name: 'popularity', score: (_context, out) => out.set(scores) };
  },
};
