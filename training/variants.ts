import type { BladeConfiguration } from '../src/blade/index.ts';

/** The model with one idea taken out; each costs a training of its own. */
export const variantNames = ['symmetric', 'fixed-sampling'] as const;
export type VariantName = (typeof variantNames)[number];

/** The model's configuration with one idea taken out. */
export function variantOf(blade: BladeConfiguration, name: VariantName): BladeConfiguration {
  switch (name) {
    case 'symmetric':
      return { ...blade, symmetric: true };
    case 'fixed-sampling':
      return { ...blade, neighbourhood: { ...blade.neighbourhood, strategy: 'fixed' } };
  }
}
