import { diffusionScorer } from './diffusion.ts';
import type { Baseline } from './types.ts';

/**
 * Item–item cosine over baskets (Sarwar et al., WWW 2001): Σ over the profile's products w of
 * |baskets with w and v| / √(|baskets with w| · |baskets with v|).
 */
export const itemCosine: Baseline = {
  name: 'item-cosine',
  description: 'item–item cosine over the baskets, summed over the profile',
  choices: [{}],
  readings: ['co-views', 'with-self', 'edges', 'next-purchase'],
  create: (evidence) =>
    diffusionScorer('item-cosine', evidence, {
      start: (count) => 1 / Math.sqrt(count),
      basket: () => 1,
      end: (count) => 1 / Math.sqrt(count),
    }),
};
