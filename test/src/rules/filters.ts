import fc from 'fast-check';
import type { Product } from '../../../src/catalogue/index.ts';
import type { AttributeCondition, Filter, NumberCondition, PriceCondition, Rules } from '../../../src/rules/index.ts';

const number = fc.constantFrom(0, 1, 5, 12.5, 30, 50, 75, 100);
const bounds = { above: number, atLeast: number, atMost: number, below: number, orUnknown: fc.boolean() };
const factor = fc.constantFrom(0.25, 0.5, 1, 2);
const some = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  (fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>).filter((value) => Object.keys(value).length > 0);
const brand = fc.constantFrom('Aurel', 'Brevik', 'Corvo', 'Nobody');
const path = fc.constantFrom(['Home'], ['Home', 'Group 1'], ['Home', 'Group 2', 'Series 6'], ['Garden']);
const texts = (value: fc.Arbitrary<string>) => ({
  in: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
  sameAsQuery: fc.boolean(),
  known: fc.boolean(),
});

/** Any filter that fits the schema, over the values of the wide catalogue. */
export const filters: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'filter' },
    some({
      price: some({ ...bounds, aboveQuery: factor, atLeastQuery: factor, atMostQuery: factor, belowQuery: factor }),
      stock: some(bounds),
      brand: some(texts(brand)),
      category: some({
        under: path,
        is: path,
        sharedWithQuery: fc.integer({ min: 1, max: 4 }),
        known: fc.boolean(),
      }),
    }) as fc.Arbitrary<Filter>,
    some({
      attributes: fc.record({ colour: some(texts(fc.constantFrom('red', 'green', 'pink'))) }),
    }) as fc.Arbitrary<Filter>,
    fc.record({ attributes: fc.record({ size: some({ ...bounds, known: fc.boolean() }) }) }) as fc.Arbitrary<Filter>,
    fc.record({ id: fc.record({ in: fc.array(fc.constantFrom('p00003', 'p00044', 'nothing'), { maxLength: 3 }) }) }),
    fc.record({ all: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('filter') }),
  ),
})).filter;

/** Any rules over some ids. */
export function rulesOver(ids: fc.Arbitrary<string>): fc.Arbitrary<Rules> {
  const cap = fc.integer({ min: 1, max: 4 });
  return fc.record(
    {
      filter: filters,
      hide: filters,
      exclude: fc.array(ids, { maxLength: 5 }),
      bought: fc.array(ids, { maxLength: 5 }),
      pin: fc.array(fc.record({ id: ids, position: fc.integer({ min: 1, max: 12 }) }), { maxLength: 4 }),
      boost: fc.array(fc.record({ when: filters, factor: fc.constantFrom(0.1, 0.5, 2, 10) }), { maxLength: 3 }),
      diversity: fc.record(
        {
          perCategory: fc.record({ atMost: cap, level: fc.integer({ min: 1, max: 3 }) }, { requiredKeys: ['atMost'] }),
          perBrand: fc.record({ atMost: cap }),
          mmr: fc.constantFrom(0, 0.3, 1),
        },
        { requiredKeys: [] },
      ),
      minimumScore: fc.constantFrom(-5, 0, 1, 8),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Rules>;
}

/** The language read word by word, as docs/rules.md has it: what the compiled filters are held against. */
export function meets(filter: Filter, product: Product, query: Product | null): boolean {
  const checks: boolean[] = [];
  if (filter.all) checks.push(...filter.all.map((part) => meets(part, product, query)));
  if (filter.any) checks.push(filter.any.some((part) => meets(part, product, query)));
  if (filter.not) checks.push(!meets(filter.not, product, query));
  if (filter.id) checks.push(filter.id.in.includes(product.id));
  if (filter.price) checks.push(meetsPrice(filter.price, product.price, query?.price ?? null));
  if (filter.stock) checks.push(meetsNumber(filter.stock, product.stock));
  if (filter.brand) checks.push(meetsText(filter.brand, product.brand, query?.brand ?? null));
  if (filter.category) {
    const { under, is, sharedWithQuery: shared, known } = filter.category;
    const starts = (start: readonly string[]) =>
      JSON.stringify(product.category.slice(0, start.length)) === JSON.stringify(start);
    if (under) checks.push(starts(under));
    if (is) checks.push(JSON.stringify(is) === JSON.stringify(product.category));
    if (shared)
      checks.push(query !== null && query.category.length >= shared && starts(query.category.slice(0, shared)));
    if (known !== undefined) checks.push(known === product.category.length > 0);
  }
  for (const [name, condition] of Object.entries(filter.attributes ?? {})) {
    const value = product.attributes[name] ?? null;
    checks.push(meetsText(condition, value, query?.attributes[name] ?? null));
    if (hasBounds(condition)) checks.push(meetsNumber(condition, value === null ? null : Number(value)));
  }
  return checks.every(Boolean);
}

function hasBounds(condition: NumberCondition): boolean {
  return [condition.above, condition.atLeast, condition.atMost, condition.below].some((bound) => bound !== undefined);
}

function meetsText(
  condition: Pick<AttributeCondition, 'in' | 'sameAsQuery' | 'known'>,
  value: string | null,
  query: string | null,
) {
  const { in: allowed, sameAsQuery: same, known } = condition;
  return (
    (allowed === undefined || (value !== null && allowed.includes(value))) &&
    (same === undefined || same === (value !== null && query !== null && value === query)) &&
    (known === undefined || known === (value !== null))
  );
}

function meetsNumber(condition: NumberCondition, value: number | null): boolean {
  if (value === null) return condition.orUnknown === true;
  const { above = -Infinity, atLeast = -Infinity, atMost = Infinity, below = Infinity } = condition;
  return value > above && value >= atLeast && value <= atMost && value < below;
}

function meetsPrice(condition: PriceCondition, value: number | null, query: number | null): boolean {
  const { aboveQuery, atLeastQuery, atMostQuery, belowQuery } = condition;
  const relative = [aboveQuery, atLeastQuery, atMostQuery, belowQuery].some((given) => given !== undefined);
  if (relative && query === null) return false;
  const times = (given: number | undefined, name: string) => (given === undefined ? {} : { [name]: given * query! });
  const scaled: NumberCondition = {
    ...times(aboveQuery, 'above'),
    ...times(atLeastQuery, 'atLeast'),
    ...times(atMostQuery, 'atMost'),
    ...times(belowQuery, 'below'),
    orUnknown: condition.orUnknown === true,
  };
  return meetsNumber(condition, value) && meetsNumber(scaled, value);
}
