import type { Product } from '../catalogue/index.ts';

/** The one rule of what may stand in an answer: not hidden and not sold out. Unknown stock counts as available. */
export function isShown(product: Pick<Product, 'hidden' | 'stock'>): boolean {
  return !product.hidden && (product.stock === null || product.stock > 0);
}
