/** Ablations that evaluations measure beside the baselines; each costs a training of its own. */
export const variantNames = ['symmetric', 'fixed-sampling'] as const;
export type VariantName = (typeof variantNames)[number];
