import type { Product } from '../catalogue/index.ts';
import type {
  AttributeCondition,
  CategoryCondition,
  Filter,
  NumberCondition,
  PriceCondition,
  TextCondition,
} from './schema.ts';

/** What `…Query` conditions compare with: the product asked about. */
export type Subject = Pick<Product, 'price' | 'brand' | 'category' | 'attributes'>;

/** An interval of numbers; `orUnknown` lets products in whose number is unknown. */
export interface Range {
  readonly low: number;
  readonly lowOpen: boolean;
  readonly high: number;
  readonly highOpen: boolean;
}

/** A filter with everything relative made absolute, as a tree of few kinds of node. Plain JSON: equal text means the same products. */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'number'; readonly field: 'price' | 'stock'; readonly range: Range; readonly orUnknown: boolean }
  | { readonly kind: 'attributeNumber'; readonly name: string; readonly range: Range; readonly orUnknown: boolean }
  | { readonly kind: 'id' | 'brand'; readonly in: readonly string[] }
  | { readonly kind: 'attribute'; readonly name: string; readonly in: readonly string[] }
  | { readonly kind: 'known'; readonly field: 'brand' | 'category' }
  | { readonly kind: 'attributeKnown'; readonly name: string }
  | { readonly kind: 'under' | 'is'; readonly path: readonly string[] }
  | { readonly kind: 'nothing' };

const nothing: Condition = { kind: 'nothing' };

/** Makes a filter absolute. @param subject null when nothing is known of the product asked about */
export function conditionOf(filter: Filter, subject: Subject | null): Condition {
  const of: Condition[] = [];
  if (filter.all !== undefined) for (const inner of filter.all) of.push(conditionOf(inner, subject));
  if (filter.any !== undefined) of.push({ kind: 'any', of: filter.any.map((inner) => conditionOf(inner, subject)) });
  if (filter.not !== undefined) of.push({ kind: 'not', of: conditionOf(filter.not, subject) });
  if (filter.id !== undefined) of.push({ kind: 'id', in: filter.id.in });
  if (filter.price !== undefined) of.push(priceCondition(filter.price, knownNumber(subject?.price ?? null)));
  if (filter.stock !== undefined) of.push(numberCondition('stock', filter.stock));
  if (filter.brand !== undefined) {
    pushText(of, filter.brand, subject?.brand ?? null, (values) => ({ kind: 'brand', in: values }), {
      kind: 'known',
      field: 'brand',
    });
  }
  if (filter.category !== undefined) pushCategory(of, filter.category, subject?.category ?? []);
  for (const [name, condition] of Object.entries(filter.attributes ?? {})) {
    pushAttribute(of, name, condition, attributeOf(subject, name));
  }
  return of.length === 1 ? of[0]! : { kind: 'all', of };
}

/** Own properties only: an attribute named like something of every object is not there by accident. */
export function attributeOf(product: Pick<Product, 'attributes'> | null, name: string): string | null {
  return product !== null && Object.hasOwn(product.attributes, name) ? product.attributes[name]! : null;
}

/** A number that can be compared with; null for none, NaN and infinities. */
export function knownNumber(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** The number that a text is; null for a text that is none. */
export function numberIn(text: string | null): number | null {
  return text === null || text.trim() === '' ? null : knownNumber(Number(text));
}

export function isWithin(value: number, { low, lowOpen, high, highOpen }: Range): boolean {
  return (lowOpen ? value > low : value >= low) && (highOpen ? value < high : value <= high);
}

function rangeOf({ above, atLeast, atMost, below }: NumberCondition): Range {
  const low = Math.max(above ?? Number.NEGATIVE_INFINITY, atLeast ?? Number.NEGATIVE_INFINITY);
  const high = Math.min(below ?? Number.POSITIVE_INFINITY, atMost ?? Number.POSITIVE_INFINITY);
  return { low, lowOpen: above !== undefined && above === low, high, highOpen: below !== undefined && below === high };
}

function numberCondition(field: 'price' | 'stock', condition: NumberCondition): Condition {
  return { kind: 'number', field, range: rangeOf(condition), orUnknown: condition.orUnknown === true };
}

function priceCondition(condition: PriceCondition, queryPrice: number | null): Condition {
  const { aboveQuery, atLeastQuery, atMostQuery, belowQuery } = condition;
  const relative = [aboveQuery, atLeastQuery, atMostQuery, belowQuery].some((factor) => factor !== undefined);
  const absolute = numberCondition('price', condition);
  if (!relative) return absolute;
  if (queryPrice === null) return nothing;
  const times = (factor: number | undefined) => (factor === undefined ? {} : factor * queryPrice);
  const bounds = Object.entries({
    above: times(aboveQuery),
    atLeast: times(atLeastQuery),
    atMost: times(atMostQuery),
    below: times(belowQuery),
  }).filter(([, bound]) => typeof bound === 'number');
  const orUnknown = condition.orUnknown === true;
  return { kind: 'all', of: [absolute, numberCondition('price', { ...Object.fromEntries(bounds), orUnknown })] };
}

function pushText(
  of: Condition[],
  condition: TextCondition,
  queryValue: string | null,
  isOneOf: (values: readonly string[]) => Condition,
  isKnown: Condition,
): void {
  if (condition.in !== undefined) of.push(isOneOf(condition.in));
  if (condition.sameAsQuery !== undefined) {
    const same: Condition = queryValue === null ? nothing : isOneOf([queryValue]);
    of.push(condition.sameAsQuery ? same : { kind: 'not', of: same });
  }
  if (condition.known !== undefined) of.push(condition.known ? isKnown : { kind: 'not', of: isKnown });
}

function pushAttribute(of: Condition[], name: string, condition: AttributeCondition, queryValue: string | null): void {
  pushText(of, condition, queryValue, (values) => ({ kind: 'attribute', name, in: values }), {
    kind: 'attributeKnown',
    name,
  });
  const { above, atLeast, atMost, below } = condition;
  if ([above, atLeast, atMost, below].every((bound) => bound === undefined)) return;
  of.push({ kind: 'attributeNumber', name, range: rangeOf(condition), orUnknown: condition.orUnknown === true });
}

function pushCategory(of: Condition[], condition: CategoryCondition, queryPath: readonly string[]): void {
  if (condition.under !== undefined) of.push({ kind: 'under', path: condition.under });
  if (condition.is !== undefined) of.push({ kind: 'is', path: condition.is });
  const { sharedWithQuery: shared, known } = condition;
  if (shared !== undefined) {
    of.push(queryPath.length < shared ? nothing : { kind: 'under', path: queryPath.slice(0, shared) });
  }
  if (known !== undefined) {
    const isKnown: Condition = { kind: 'known', field: 'category' };
    of.push(known ? isKnown : { kind: 'not', of: isKnown });
  }
}
