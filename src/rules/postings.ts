import type { Product } from '../catalogue/index.ts';
import { sortInSteps } from '../order.ts';
import type { Steps } from '../pause.ts';
import { Bits } from './bits.ts';
import { attributeOf, type Condition, knownNumber, numberIn, type Range } from './conditions.ts';

/** Products between two pauses of the building. */
const stepProducts = 2000;

const separator = '\u001f';
const none = new Uint32Array();

/** Products in order of a number, and those without one. */
interface Ordered {
  /** Shape [known]: node numbers, by number, then node. */
  readonly nodes: Uint32Array;
  /** Shape [known]: ascending. */
  readonly values: Float64Array;
  readonly unknown: Uint32Array;
}

type Lists = ReadonlyMap<string, Uint32Array>;

/**
 * For each value of each field the products that have it, built once over the records of a release: any condition as a set of products in time
 * linear in the set, and its size without making the set.
 */
export class Postings {
  readonly count: number;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #price: Ordered;
  readonly #stock: Ordered;
  readonly #brands: Lists;
  readonly #paths: Lists;
  readonly #subtrees: Lists;
  readonly #attributes: ReadonlyMap<string, Lists>;

  private constructor(
    count: number,
    ids: ReadonlyMap<string, number>,
    numbers: { readonly price: Ordered; readonly stock: Ordered },
    lists: { readonly brands: Lists; readonly paths: Lists; readonly subtrees: Lists },
    attributes: ReadonlyMap<string, Lists>,
  ) {
    this.count = count;
    this.#ids = ids;
    this.#price = numbers.price;
    this.#stock = numbers.stock;
    this.#brands = lists.brands;
    this.#paths = lists.paths;
    this.#subtrees = lists.subtrees;
    this.#attributes = attributes;
  }

  /** Builds in steps: run the generator to its end, with pauses between where others wait. @param ids node of each id */
  static *build(
    products: readonly Product[],
    ids: ReadonlyMap<string, number>,
  ): Generator<undefined, Postings, undefined> {
    const brands = new Growing();
    const paths = new Growing();
    const subtrees = new Growing();
    const attributes = new Map<string, Growing>();
    for (let node = 0; node < products.length; node++) {
      if (node % stepProducts === stepProducts - 1) yield;
      const { brand, category, attributes: own } = products[node]!;
      if (brand !== null) brands.add(brand, node);
      let key = '';
      for (let level = 0; level < category.length; level++) {
        key = level === 0 ? category[0]! : `${key}${separator}${category[level]}`;
        subtrees.add(key, node);
      }
      if (category.length > 0) paths.add(key, node);
      for (const name of Object.keys(own)) {
        let values = attributes.get(name);
        if (values === undefined) {
          values = new Growing();
          attributes.set(name, values);
        }
        values.add(attributeOf(products[node]!, name)!, node);
      }
    }
    yield;
    const price = yield* ordered(products, (product) => product.price);
    yield;
    const stock = yield* ordered(products, (product) => product.stock);
    yield;
    const lists = { brands: brands.done(), paths: paths.done(), subtrees: subtrees.done() };
    yield;
    const done = new Map(Array.from(attributes, ([name, values]) => [name, values.done()] as const));
    return new Postings(products.length, ids, { price, stock }, lists, done);
  }

  /** Share of the products that meet a condition, 0 … 1: exact for one condition, and as if independent of each other for several. */
  estimate(condition: Condition): number {
    if (this.count === 0) return 0;
    switch (condition.kind) {
      case 'all':
        return condition.of.reduce((share, part) => share * this.estimate(part), 1);
      case 'any':
        return 1 - condition.of.reduce((share, part) => share * (1 - this.estimate(part)), 1);
      case 'not':
        return 1 - this.estimate(condition.of);
      case 'number': {
        const { nodes, values, unknown } = this.#ordered(condition.field);
        const [from, to] = span(values, condition.range);
        return (Math.min(nodes.length, to - from) + (condition.orUnknown ? unknown.length : 0)) / this.count;
      }
      case 'known':
        return this.bits(condition).count / this.count;
      default: {
        let sum = 0;
        for (const list of this.#lists(condition)) sum += list.length;
        return Math.min(1, sum / this.count);
      }
    }
  }

  /** The products that meet a condition; a set of its own. */
  bits(condition: Condition): Bits {
    switch (condition.kind) {
      case 'all': {
        const set = new Bits(this.count).complement();
        for (const part of condition.of) set.intersect(this.bits(part));
        return set;
      }
      case 'any': {
        const set = new Bits(this.count);
        for (const part of condition.of) set.unite(this.bits(part));
        return set;
      }
      case 'not':
        return this.bits(condition.of).complement();
      case 'number': {
        const { nodes, values, unknown } = this.#ordered(condition.field);
        const [from, to] = span(values, condition.range);
        const set = new Bits(this.count).addAll(nodes, from, to);
        return condition.orUnknown ? set.addAll(unknown) : set;
      }
      case 'attributeNumber': {
        const set = new Bits(this.count);
        if (condition.orUnknown) {
          for (const [text, nodes] of this.#attributes.get(condition.name) ?? []) {
            if (numberIn(text) !== null) set.addAll(nodes);
          }
          set.complement();
        }
        for (const nodes of this.#lists(condition)) set.addAll(nodes);
        return set;
      }
      default: {
        const set = new Bits(this.count);
        for (const nodes of this.#lists(condition)) set.addAll(nodes);
        return set;
      }
    }
  }

  #ordered(field: 'price' | 'stock'): Ordered {
    return field === 'price' ? this.#price : this.#stock;
  }

  /** The lists whose union meets a condition of one field. */
  *#lists(condition: Condition): Iterable<Uint32Array> {
    switch (condition.kind) {
      case 'id': {
        for (const id of condition.in) {
          const node = this.#ids.get(id);
          if (node !== undefined && node < this.count) yield Uint32Array.of(node);
        }
        return;
      }
      case 'brand':
        for (const value of new Set(condition.in)) yield this.#brands.get(value) ?? none;
        return;
      case 'attribute':
        for (const value of new Set(condition.in)) yield this.#attributes.get(condition.name)?.get(value) ?? none;
        return;
      case 'attributeKnown':
        yield* this.#attributes.get(condition.name)?.values() ?? [];
        return;
      case 'attributeNumber':
        for (const [text, nodes] of this.#attributes.get(condition.name) ?? []) {
          const value = numberIn(text);
          if (value !== null && inRange(value, condition.range)) yield nodes;
        }
        return;
      case 'known':
        yield* (condition.field === 'brand' ? this.#brands : this.#paths).values();
        return;
      case 'under':
        yield this.#subtrees.get(condition.path.join(separator)) ?? none;
        return;
      case 'is':
        yield this.#paths.get(condition.path.join(separator)) ?? none;
        return;
      default:
        return;
    }
  }
}

function inRange(value: number, range: Range): boolean {
  const [from, to] = span(Float64Array.of(value), range);
  return to > from;
}

/** Positions [from, to) of the ascending values in the range. */
function span(values: Float64Array, { low, lowOpen, high, highOpen }: Range): [from: number, to: number] {
  const from = firstAt(values, low, lowOpen);
  return [from, Math.max(from, firstAt(values, high, !highOpen))];
}

/** First position whose value is at least `bound`, or above it. */
function firstAt(values: Float64Array, bound: number, above: boolean): number {
  let from = 0;
  let to = values.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (above ? values[middle]! <= bound : values[middle]! < bound) from = middle + 1;
    else to = middle;
  }
  return from;
}

function* ordered(products: readonly Product[], numberOf: (product: Product) => number | null): Steps<Ordered> {
  const value = new Float64Array(products.length);
  const known: number[] = [];
  const unknown: number[] = [];
  for (let node = 0; node < products.length; node++) {
    if (node % stepProducts === stepProducts - 1) yield;
    const found = knownNumber(numberOf(products[node]!));
    if (found === null) unknown.push(node);
    else {
      value[node] = found;
      known.push(node);
    }
  }
  const nodes = Uint32Array.from(yield* sortInSteps(known, (a, b) => value[a]! - value[b]! || a - b));
  return { nodes, values: Float64Array.from(nodes, (node) => value[node]!), unknown: Uint32Array.from(unknown) };
}

/** Lists by key while they grow. */
class Growing {
  readonly #lists = new Map<string, number[]>();

  add(key: string, node: number): void {
    const list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, [node]);
    else list.push(node);
  }

  done(): Lists {
    return new Map(Array.from(this.#lists, ([key, nodes]) => [key, Uint32Array.from(nodes)] as const));
  }
}
