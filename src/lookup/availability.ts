import type { Catalogue, Product } from '../catalogue/index.ts';

/** The one rule of what may stand in an answer: not hidden and not sold out. Unknown stock counts as available. */
export function isShown(product: Product): boolean {
  return !product.hidden && (product.stock === null || product.stock > 0);
}

/** Which products may stand in an answer, on every path. */
export interface Availability {
  /** Shape [products]: 1 where the product may be shown. */
  readonly shown: Uint8Array;
  readonly count: number;
}

export function availabilityOf(catalogue: Catalogue): Availability {
  const { products } = catalogue;
  const shown = new Uint8Array(products.length);
  let count = 0;
  for (let i = 0; i < shown.length; i++) {
    if (!isShown(products[i]!)) continue;
    shown[i] = 1;
    count++;
  }
  return { shown, count };
}
