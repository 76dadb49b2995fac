import { inDegrees, outDegrees } from '../../src/graph/index.ts';
import type { Baseline } from './types.ts';

/**
 * score(u, v) = outdegree(u) × indegree(v). For one query it is popularity; across queries it is the yardstick of direction:
 * a product with many successors tends to come first.
 */
export const degreeProduct: Baseline = {
  name: 'degree-product',
  description: 'outdegree(u) × indegree(v): the yardstick of every claim about direction',
  choices: [{}],
  create: ({ graph }) => {
    const outgoing = outDegrees(graph.bought);
    const incoming = inDegrees(graph.bought);
    return {
      name: 'degree-product',
      score: (context, out) => {
        let factor = 0;
        for (const product of context) factor += outgoing[product]!;
        for (let v = 0; v < out.length; v++) {
          const score = factor * incoming[v]!;
          out[v] = score === 0 ? Number.NEGATIVE_INFINITY : score;
        }
      },
    };
  },
};
