import { areBelow, areOffsets, columnsCorrupt, type Room, readColumns, writeColumns } from '../storage/index.ts';
import {
  faultOfSlots,
  faultOfTexts,
  type TextColumn,
  TextColumnBuilder,
  TextDictionary,
  TextNumbers,
  Texts,
  textSlots,
} from './texts.ts';
import type { Product } from './types.ts';

/** Products in node order: an array of them, or a {@link ProductTable}. */
export interface ProductList extends Iterable<Product> {
  readonly length: number;
}

/** What a {@link ProductTable} is made of: typed arrays alone. */
export interface ProductColumns {
  readonly ids: TextColumn;
  /** From `textSlots`, over the ids. */
  readonly idSlots: Uint32Array;
  readonly titles: TextColumn;
  readonly descriptions: TextColumn;
  /** Shape [count]: number of the brand + 1; 0 for none. */
  readonly brandOf: Uint32Array;
  readonly brands: TextColumn;
  /** Shape [count]: number of the category path; path 0 is the empty one. */
  readonly pathOf: Uint32Array;
  /** Shape [paths + 1]; path p's names are names[pathNames[pathOffsets[p] … pathOffsets[p+1])]. */
  readonly pathOffsets: Uint32Array;
  readonly pathNames: Uint32Array;
  readonly names: TextColumn;
  /** Shape [count] each; 0 where the flags say that there is none. */
  readonly prices: Float64Array;
  readonly stocks: Float64Array;
  /** Shape [count]: bits of `has`. */
  readonly flags: Uint8Array;
  /** Shape [count + 1]; product i's attributes are at attributeNames[…] and attributeValues[…] from attributeOffsets[i] on. */
  readonly attributeOffsets: Uint32Array;
  readonly attributeNames: Uint32Array;
  readonly attributeValues: Uint32Array;
  readonly attributeTexts: TextColumn;
}

const has = { price: 1, stock: 2, hidden: 4 } as const;
const separator = '\u001f';

/** Grows {@link ProductColumns}, product by product, in ascending order of their ids. */
export class ProductTableBuilder {
  readonly #ids = new TextColumnBuilder();
  readonly #titles = new TextColumnBuilder();
  readonly #descriptions = new TextColumnBuilder();
  readonly #brandOf: number[] = [];
  readonly #brands = new TextNumbers();
  readonly #pathOf: number[] = [];
  readonly #paths = new Map<string, number>([['', 0]]);
  readonly #pathOffsets: number[] = [0, 0];
  readonly #pathNames: number[] = [];
  readonly #names = new TextNumbers();
  readonly #prices: number[] = [];
  readonly #stocks: number[] = [];
  readonly #flags: number[] = [];
  readonly #attributeOffsets: number[] = [0];
  readonly #attributeNames: number[] = [];
  readonly #attributeValues: number[] = [];
  readonly #attributeTexts = new TextNumbers();

  add(product: Product): void {
    const { price, stock } = product;
    this.#ids.add(product.id);
    this.#titles.add(product.title);
    this.#descriptions.add(product.description);
    this.#brandOf.push(product.brand === null ? 0 : this.#brands.numberOf(product.brand) + 1);
    this.#pathOf.push(this.#pathNumber(product.category));
    this.#prices.push(price ?? 0);
    this.#stocks.push(stock ?? 0);
    this.#flags.push(
      (price === null ? 0 : has.price) | (stock === null ? 0 : has.stock) | (product.hidden ? has.hidden : 0),
    );
    for (const [name, value] of Object.entries(product.attributes)) {
      this.#attributeNames.push(this.#attributeTexts.numberOf(name));
      this.#attributeValues.push(this.#attributeTexts.numberOf(value));
    }
    this.#attributeOffsets.push(this.#attributeNames.length);
  }

  done(): ProductColumns {
    const ids = this.#ids.done();
    return {
      ids,
      idSlots: textSlots(ids),
      titles: this.#titles.done(),
      descriptions: this.#descriptions.done(),
      brandOf: Uint32Array.from(this.#brandOf),
      brands: this.#brands.done(),
      pathOf: Uint32Array.from(this.#pathOf),
      pathOffsets: Uint32Array.from(this.#pathOffsets),
      pathNames: Uint32Array.from(this.#pathNames),
      names: this.#names.done(),
      prices: Float64Array.from(this.#prices),
      stocks: Float64Array.from(this.#stocks),
      flags: Uint8Array.from(this.#flags),
      attributeOffsets: Uint32Array.from(this.#attributeOffsets),
      attributeNames: Uint32Array.from(this.#attributeNames),
      attributeValues: Uint32Array.from(this.#attributeValues),
      attributeTexts: this.#attributeTexts.done(),
    };
  }

  #pathNumber(category: readonly string[]): number {
    if (category.length === 0) return 0;
    const parts = category.map((name) => this.#names.numberOf(name));
    const key = parts.join(separator);
    let number = this.#paths.get(key);
    if (number === undefined) {
      number = this.#paths.size;
      this.#paths.set(key, number);
      this.#pathNames.push(...parts);
      this.#pathOffsets.push(this.#pathNames.length);
    }
    return number;
  }
}

/**
 * The products of a release in columns: a few typed arrays in place of an object for each product. What is read of a product is decoded then.
 * Sorted by id, as a catalogue is.
 */
export class ProductTable implements ProductList {
  readonly length: number;
  readonly columns: ProductColumns;
  readonly #ids: TextDictionary;
  readonly #titles: Texts;
  readonly #descriptions: Texts;
  readonly #brands: Texts;
  readonly #names: Texts;
  readonly #attributeTexts: Texts;
  /** Decoded when first asked for; few compared with the products. */
  readonly #brandTexts: (string | undefined)[];
  readonly #paths: (readonly string[] | undefined)[];

  constructor(columns: ProductColumns) {
    this.columns = columns;
    this.length = columns.flags.length;
    this.#ids = new TextDictionary(new Texts(columns.ids), columns.idSlots);
    this.#titles = new Texts(columns.titles);
    this.#descriptions = new Texts(columns.descriptions);
    this.#brands = new Texts(columns.brands);
    this.#names = new Texts(columns.names);
    this.#attributeTexts = new Texts(columns.attributeTexts);
    this.#brandTexts = new Array<string | undefined>(this.#brands.length);
    this.#paths = new Array<readonly string[] | undefined>(columns.pathOffsets.length - 1);
  }

  static of(products: Iterable<Product>): ProductTable {
    const builder = new ProductTableBuilder();
    for (const product of products) builder.add(product);
    return new ProductTable(builder.done());
  }

  *[Symbol.iterator](): Iterator<Product> {
    for (let node = 0; node < this.length; node++) yield this.at(node);
  }

  /** A view that decodes each field when it is read. Its fields are no own properties: {@link copy} is what may be spread. */
  at(node: number): Product {
    return new StoredProduct(this, node);
  }

  /** A plain object. */
  copy(node: number): Product {
    return {
      id: this.id(node),
      title: this.title(node),
      description: this.description(node),
      brand: this.brand(node),
      category: this.category(node),
      price: this.price(node),
      stock: this.stock(node),
      hidden: this.hidden(node),
      attributes: this.attributes(node),
    };
  }

  /** −1 when there is no such product. */
  nodeOf(id: string): number {
    return this.#ids.find(id);
  }

  id(node: number): string {
    return this.#ids.texts.at(node);
  }

  title(node: number): string {
    return this.#titles.at(node);
  }

  description(node: number): string {
    return this.#descriptions.at(node);
  }

  brand(node: number): string | null {
    const number = this.columns.brandOf[node]!;
    if (number === 0) return null;
    let text = this.#brandTexts[number - 1];
    if (text === undefined) {
      text = this.#brands.at(number - 1);
      this.#brandTexts[number - 1] = text;
    }
    return text;
  }

  category(node: number): readonly string[] {
    const number = this.columns.pathOf[node]!;
    let path = this.#paths[number];
    if (path === undefined) {
      const { pathOffsets, pathNames } = this.columns;
      path = Array.from(pathNames.subarray(pathOffsets[number]!, pathOffsets[number + 1]!), (name) =>
        this.#names.at(name),
      );
      this.#paths[number] = path;
    }
    return path;
  }

  price(node: number): number | null {
    return (this.columns.flags[node]! & has.price) === 0 ? null : this.columns.prices[node]!;
  }

  stock(node: number): number | null {
    return (this.columns.flags[node]! & has.stock) === 0 ? null : this.columns.stocks[node]!;
  }

  hidden(node: number): boolean {
    return (this.columns.flags[node]! & has.hidden) !== 0;
  }

  attributes(node: number): Readonly<Record<string, string>> {
    const { attributeOffsets, attributeNames, attributeValues } = this.columns;
    const found: Record<string, string> = {};
    for (let i = attributeOffsets[node]!; i < attributeOffsets[node + 1]!; i++) {
      const name = this.#attributeTexts.at(attributeNames[i]!);
      const value = this.#attributeTexts.at(attributeValues[i]!);
      if (name === '__proto__') Object.defineProperty(found, name, { value, enumerable: true });
      else found[name] = value;
    }
    return found;
  }
}

class StoredProduct implements Product {
  readonly #table: ProductTable;
  readonly #node: number;

  constructor(table: ProductTable, node: number) {
    this.#table = table;
    this.#node = node;
  }

  get id(): string {
    return this.#table.id(this.#node);
  }

  get title(): string {
    return this.#table.title(this.#node);
  }

  get description(): string {
    return this.#table.description(this.#node);
  }

  get brand(): string | null {
    return this.#table.brand(this.#node);
  }

  get category(): readonly string[] {
    return this.#table.category(this.#node);
  }

  get price(): number | null {
    return this.#table.price(this.#node);
  }

  get stock(): number | null {
    return this.#table.stock(this.#node);
  }

  get hidden(): boolean {
    return this.#table.hidden(this.#node);
  }

  get attributes(): Readonly<Record<string, string>> {
    return this.#table.attributes(this.#node);
  }
}

const format = 'oneway-products';

/** Writes a table so that reading it is reading arrays. */
export function writeProductTable(path: string, { columns }: ProductTable): Promise<void> {
  return writeColumns(path, format, columns);
}

/** @param room where it is put. @default memory of its own. @throws OnewayError `FILE_NOT_FOUND`; `FILE_CORRUPT` when arrays are missing or point outside each other. */
export async function readWrittenTable(path: string, room?: Room): Promise<ProductTable> {
  const columns = await readColumns(path, format, ProductTable.of([]).columns, room);
  const count = columns.flags.length;
  const attributes = columns.attributeTexts.wide.length;
  const faults = [
    faultOfTexts(columns.ids, count),
    faultOfSlots(columns.idSlots, count),
    faultOfTexts(columns.titles, count),
    faultOfTexts(columns.descriptions, count),
    faultOfTexts(columns.brands),
    faultOfTexts(columns.names),
    faultOfTexts(columns.attributeTexts),
    columns.brandOf.length === count && areBelow(columns.brandOf, columns.brands.wide.length + 1) ? null : 'brandOf',
    columns.pathOf.length === count && areBelow(columns.pathOf, columns.pathOffsets.length - 1) ? null : 'pathOf',
    areOffsets(columns.pathOffsets, columns.pathOffsets.length - 1, columns.pathNames.length) ? null : 'pathOffsets',
    areBelow(columns.pathNames, columns.names.wide.length) ? null : 'pathNames',
    columns.prices.length === count && columns.stocks.length === count ? null : 'prices or stocks',
    areOffsets(columns.attributeOffsets, count, columns.attributeNames.length) ? null : 'attributeOffsets',
    columns.attributeNames.length === columns.attributeValues.length ? null : 'attributeNames',
    areBelow(columns.attributeNames, attributes) && areBelow(columns.attributeValues, attributes) ? null : 'attributes',
  ];
  for (const fault of faults) if (fault !== null) throw columnsCorrupt(path, fault);
  return new ProductTable(columns);
}
