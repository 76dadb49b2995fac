import type { Product } from '../../../src/catalogue/index.ts';

/** A product with nothing known but what is given. */
export function product(id: string, given: Partial<Product> = {}): Product {
  return {
    id,
    title: '',
    description: '',
    brand: null,
    category: [],
    price: null,
    stock: null,
    hidden: false,
    attributes: {},
    ...given,
  };
}
