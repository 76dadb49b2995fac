import { diffusionScorer } from './diffusion.ts';
import type { Baseline } from './types.ts';

/**
 * Directed resource allocation over three-hop paths u → w ← x → v: each divided by indegree(w)^p · outdegree(x)^p · indegree(v)^q
 * (Zhou, Lü, Zhang 2009, carried over to directed graphs; q after Zhou et al., PNAS 2010). On baskets it is mass diffusion, mixed with heat conduction.
 */
export const threeHop: Baseline = {
  name: 'three-hop',
  description: 'resource allocation over the paths u → w ← x → v',
  choices: [0.5, 0.75, 1].flatMap((exponent) => [0, 0.25, 0.5].map((end) => ({ exponent, end }))),
  readings: ['co-views', 'with-self', 'edges', 'next-purchase'],
  create: (evidence, choice) => {
    const exponent = Number(choice.exponent);
    const end = Number(choice.end);
    return diffusionScorer('three-hop', evidence, {
      start: (count) => count ** -exponent,
      basket: (count) => count ** -exponent,
      end: (count) => count ** -end,
    });
  },
};
