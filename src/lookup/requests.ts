import type { Product } from '../catalogue/index.ts';
import { OnewayError } from '../errors.ts';
import type { LookupOptions, NewProduct } from './types.ts';

const largestK = 200;

/** Options with every default filled in. */
export interface Settings {
  readonly k: number;
  readonly minimumScore: number;
  readonly excludeReverse: boolean;
  readonly fallback: boolean;
}

/** @throws OnewayError `CONFIGURATION_INVALID` when one is out of range. */
export function settingsOf(options: LookupOptions): Settings {
  const { k = 10, minimumScore = Number.NEGATIVE_INFINITY, excludeReverse = true, fallback = true } = options;
  if (!Number.isInteger(k) || k < 1 || k > largestK) {
    throw new OnewayError('CONFIGURATION_INVALID', `k is ${k}; it must be a whole number from 1 to ${largestK}.`);
  }
  if (Number.isNaN(minimumScore)) throw new OnewayError('CONFIGURATION_INVALID', 'minimumScore is not a number.');
  return { k, minimumScore, excludeReverse, fallback };
}

/** @throws OnewayError `REQUEST_INVALID` when no feature is given. */
export function completed(product: NewProduct): Product {
  const { title = '', description = '', brand = null, category = [], price = null, attributes = {} } = product;
  const empty =
    title.trim() === '' &&
    description.trim() === '' &&
    (brand === null || brand.trim() === '') &&
    category.length === 0 &&
    price === null &&
    Object.keys(attributes).length === 0;
  if (empty) {
    throw new OnewayError('REQUEST_INVALID', 'The product has no feature to go by.', {
      hint: 'Give at least one of title, description, brand, category, price and attributes.',
    });
  }
  return { id: '', title, description, brand, category, price, attributes, stock: null, hidden: false };
}
