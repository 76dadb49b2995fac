import type { Product } from '../catalogue/index.ts';
import { attributeOf, type Condition, isWithin, knownNumber, numberIn } from './conditions.ts';

export type Predicate = (product: Product) => boolean;

/** Whether a product's record meets a condition: the rule that decides, on every path. */
export function predicateOf(condition: Condition): Predicate {
  switch (condition.kind) {
    case 'all': {
      const parts = condition.of.map(predicateOf);
      if (parts.length === 1) return parts[0]!;
      return (product) => parts.every((part) => part(product));
    }
    case 'any': {
      const parts = condition.of.map(predicateOf);
      return (product) => parts.some((part) => part(product));
    }
    case 'not': {
      const inner = predicateOf(condition.of);
      return (product) => !inner(product);
    }
    case 'number': {
      const { field, range, orUnknown } = condition;
      return (product) => {
        const value = knownNumber(product[field]);
        return value === null ? orUnknown : isWithin(value, range);
      };
    }
    case 'attributeNumber': {
      const { name, range, orUnknown } = condition;
      return (product) => {
        const value = numberIn(attributeOf(product, name));
        return value === null ? orUnknown : isWithin(value, range);
      };
    }
    case 'id': {
      const ids = new Set(condition.in);
      return (product) => ids.has(product.id);
    }
    case 'brand': {
      const brands = new Set(condition.in);
      return (product) => product.brand !== null && brands.has(product.brand);
    }
    case 'attribute': {
      const values = new Set(condition.in);
      const { name } = condition;
      return (product) => {
        const value = attributeOf(product, name);
        return value !== null && values.has(value);
      };
    }
    case 'known':
      return condition.field === 'brand'
        ? (product) => product.brand !== null
        : (product) => product.category.length > 0;
    case 'attributeKnown': {
      const { name } = condition;
      return (product) => attributeOf(product, name) !== null;
    }
    case 'under': {
      const { path } = condition;
      return ({ category }) => category.length >= path.length && path.every((part, i) => category[i] === part);
    }
    case 'is': {
      const { path } = condition;
      return ({ category }) => category.length === path.length && path.every((part, i) => category[i] === part);
    }
    case 'nothing':
      return () => false;
  }
}
