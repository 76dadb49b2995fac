import {
  faultOfSlots,
  faultOfTexts,
  type ProductList,
  type TextColumn,
  TextDictionary,
  TextNumbers,
  Texts,
  textColumn,
  textSlots,
} from '../catalogue/index.ts';
import { areBelow, areOffsets } from '../storage/index.ts';
import { Bits } from './bits.ts';
import { attributeOf, type Condition, isWithin, knownNumber, numberIn, type Range } from './conditions.ts';

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

/** Products by a text: those of key i at nodes[offsets[i] … offsets[i+1]), ascending. */
interface Lists {
  readonly keys: TextColumn;
  readonly slots: Uint32Array;
  readonly offsets: Uint32Array;
  readonly nodes: Uint32Array;
}

/** What {@link Postings} are made of: typed arrays alone. */
export interface PostingColumns {
  readonly price: Ordered;
  readonly stock: Ordered;
  readonly brands: Lists;
  /** By whole category paths, and by each beginning of them. */
  readonly paths: Lists;
  readonly subtrees: Lists;
  readonly attributeNames: { readonly keys: TextColumn; readonly slots: Uint32Array };
  /** By number of the name and value; those of name a are the keys attributeFrom[a] … attributeFrom[a+1]. */
  readonly attributes: Lists;
  readonly attributeFrom: Uint32Array;
  /** Shape [keys of attributes]: the number that the value is; NaN when it is none. */
  readonly attributeNumbers: Float64Array;
}

/** For each value of each field the products that have it. */
export function postingColumns(products: ProductList): PostingColumns {
  const brands = new Growing();
  const paths = new Growing();
  const subtrees = new Growing();
  const names = new TextNumbers();
  const attributes: Growing[] = [];
  const prices = new GrowingOrder();
  const stocks = new GrowingOrder();
  let node = 0;
  for (const product of products) {
    const { brand, category, attributes: own } = product;
    if (brand !== null) brands.add(brand, node);
    let key = '';
    for (let level = 0; level < category.length; level++) {
      key = level === 0 ? category[0]! : `${key}${separator}${category[level]}`;
      subtrees.add(key, node);
    }
    if (category.length > 0) paths.add(key, node);
    for (const name of Object.keys(own)) {
      const number = names.numberOf(name);
      attributes[number] ??= new Growing();
      attributes[number].add(attributeOf(product, name)!, node);
    }
    prices.add(product.price, node);
    stocks.add(product.stock, node);
    node++;
  }
  const attributeFrom = new Uint32Array(attributes.length + 1);
  const pairs = new Growing();
  const numbers: number[] = [];
  attributes.forEach((values, name) => {
    for (const [value, nodes] of values.lists) {
      pairs.lists.set(pairKey(name, value), nodes);
      numbers.push(numberIn(value) ?? Number.NaN);
    }
    attributeFrom[name + 1] = numbers.length;
  });
  const nameColumn = names.done();
  return {
    price: prices.done(),
    stock: stocks.done(),
    brands: brands.done(),
    paths: paths.done(),
    subtrees: subtrees.done(),
    attributeNames: { keys: nameColumn, slots: textSlots(nameColumn) },
    attributes: pairs.done(),
    attributeFrom,
    attributeNumbers: Float64Array.from(numbers),
  };
}

function pairKey(name: number, value: string): string {
  return `${name}${separator}${value}`;
}

/** What is wrong with columns that were read from a file; null when they are whole. @param count of products */
export function faultOfPostings(columns: PostingColumns, count: number): string | null {
  const faultOfLists = ({ keys, slots, offsets, nodes }: Lists): string | null => {
    const size = keys.wide.length;
    if (!areOffsets(offsets, size, nodes.length) || !areBelow(nodes, count)) return 'a list of products does not fit';
    return faultOfTexts(keys) ?? faultOfSlots(slots, size);
  };
  const faultOfOrder = ({ nodes, values, unknown }: Ordered): string | null =>
    nodes.length + unknown.length === count &&
    values.length === nodes.length &&
    areBelow(nodes, count) &&
    areBelow(unknown, count)
      ? null
      : 'an order of products does not fit';
  const { price, stock, brands, paths, subtrees, attributes, attributeNames, attributeFrom, attributeNumbers } =
    columns;
  const names = attributeNames.keys.wide.length;
  const fits =
    areOffsets(attributeFrom, names, attributeNumbers.length) &&
    attributeNumbers.length === attributes.keys.wide.length;
  return (
    faultOfOrder(price) ??
    faultOfOrder(stock) ??
    faultOfLists(brands) ??
    faultOfLists(paths) ??
    faultOfLists(subtrees) ??
    faultOfLists(attributes) ??
    faultOfTexts(attributeNames.keys) ??
    faultOfSlots(attributeNames.slots, names) ??
    (fits ? null : 'the names of attributes do not fit')
  );
}

/** Any condition as a set of products in time linear in the set, and its size without making the set. */
export class Postings {
  readonly count: number;
  readonly columns: PostingColumns;
  readonly #nodeOf: (id: string) => number;
  readonly #brands: ValueLists;
  readonly #paths: ValueLists;
  readonly #subtrees: ValueLists;
  readonly #names: TextDictionary;
  readonly #attributes: ValueLists;

  /** @param nodeOf node of each id; −1 when there is none */
  constructor(columns: PostingColumns, nodeOf: (id: string) => number) {
    this.count = columns.price.nodes.length + columns.price.unknown.length;
    this.columns = columns;
    this.#nodeOf = nodeOf;
    this.#brands = new ValueLists(columns.brands);
    this.#paths = new ValueLists(columns.paths);
    this.#subtrees = new ValueLists(columns.subtrees);
    this.#names = new TextDictionary(new Texts(columns.attributeNames.keys), columns.attributeNames.slots);
    this.#attributes = new ValueLists(columns.attributes);
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
        const { nodes, values, unknown } = this.columns[condition.field];
        const [from, to] = span(values, condition.range);
        return (Math.min(nodes.length, to - from) + (condition.orUnknown ? unknown.length : 0)) / this.count;
      }
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
        const { nodes, values, unknown } = this.columns[condition.field];
        const [from, to] = span(values, condition.range);
        const set = new Bits(this.count).addAll(nodes, from, to);
        return condition.orUnknown ? set.addAll(unknown) : set;
      }
      case 'attributeNumber': {
        const set = new Bits(this.count);
        if (condition.orUnknown) {
          for (const key of this.#valuesOf(condition.name)) {
            if (!Number.isNaN(this.columns.attributeNumbers[key])) set.addAll(this.#attributes.at(key));
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

  /** Keys of all values of an attribute. */
  *#valuesOf(attribute: string): Iterable<number> {
    const name = this.#names.find(attribute);
    if (name < 0) return;
    const { attributeFrom } = this.columns;
    for (let key = attributeFrom[name]!; key < attributeFrom[name + 1]!; key++) yield key;
  }

  /** The lists whose union meets a condition of one field. */
  *#lists(condition: Condition): Iterable<Uint32Array> {
    switch (condition.kind) {
      case 'id': {
        for (const id of condition.in) {
          const node = this.#nodeOf(id);
          if (node >= 0 && node < this.count) yield Uint32Array.of(node);
        }
        return;
      }
      case 'brand':
        for (const value of new Set(condition.in)) yield this.#brands.get(value);
        return;
      case 'attribute': {
        const name = this.#names.find(condition.name);
        if (name < 0) return;
        for (const value of new Set(condition.in)) yield this.#attributes.get(pairKey(name, value));
        return;
      }
      case 'attributeKnown':
        for (const key of this.#valuesOf(condition.name)) yield this.#attributes.at(key);
        return;
      case 'attributeNumber':
        for (const key of this.#valuesOf(condition.name)) {
          const value = this.columns.attributeNumbers[key]!;
          if (isWithin(value, condition.range)) yield this.#attributes.at(key);
        }
        return;
      case 'known':
        yield (condition.field === 'brand' ? this.#brands : this.#paths).all;
        return;
      case 'under':
        yield this.#subtrees.get(condition.path.join(separator));
        return;
      case 'is':
        yield this.#paths.get(condition.path.join(separator));
        return;
      default:
        return;
    }
  }
}

/** Reads {@link Lists}. */
class ValueLists {
  readonly #lists: Lists;
  readonly #keys: TextDictionary;

  constructor(lists: Lists) {
    this.#lists = lists;
    this.#keys = new TextDictionary(new Texts(lists.keys), lists.slots);
  }

  get(key: string): Uint32Array {
    const place = this.#keys.find(key);
    return place < 0 ? none : this.at(place);
  }

  at(place: number): Uint32Array {
    const { offsets, nodes } = this.#lists;
    return nodes.subarray(offsets[place]!, offsets[place + 1]!);
  }

  /** Of all keys together. */
  get all(): Uint32Array {
    return this.#lists.nodes;
  }
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

/** Numbers while they grow. */
class GrowingOrder {
  readonly #known: { readonly node: number; readonly value: number }[] = [];
  readonly #unknown: number[] = [];

  add(number: number | null, node: number): void {
    const value = knownNumber(number);
    if (value === null) this.#unknown.push(node);
    else this.#known.push({ node, value });
  }

  done(): Ordered {
    const known = this.#known.sort((a, b) => a.value - b.value || a.node - b.node);
    return {
      nodes: Uint32Array.from(known, ({ node }) => node),
      values: Float64Array.from(known, ({ value }) => value),
      unknown: Uint32Array.from(this.#unknown),
    };
  }
}

/** Lists by key while they grow. */
class Growing {
  readonly lists = new Map<string, number[]>();

  add(key: string, node: number): void {
    const list = this.lists.get(key);
    if (list === undefined) this.lists.set(key, [node]);
    else list.push(node);
  }

  done(): Lists {
    const keys = textColumn(this.lists.keys());
    const offsets = new Uint32Array(this.lists.size + 1);
    let at = 0;
    for (const list of this.lists.values()) offsets[at + 1] = offsets[at++]! + list.length;
    const nodes = new Uint32Array(offsets[at]!);
    at = 0;
    for (const list of this.lists.values()) nodes.set(list, offsets[at++]!);
    return { keys, slots: textSlots(keys), offsets, nodes };
  }
}
