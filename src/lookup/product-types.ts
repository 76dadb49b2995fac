import type { Catalogue } from '../catalogue/index.ts';
import type { CsrGraph } from '../graph/index.ts';

/** A reverse type relation must be this many times the forward one, and rest on this many customers, to count as evidence. */
const reverseRatio = 3;
const reverseSupport = 10;

const followerShare = 0.1;

/** Products, and edges, between two pauses of the counting. */
const stepProducts = 2000;
const stepEdges = 50_000;

const separator = '\u001f';

/**
 * Product types (whole category paths) and how customers moved between them: the sum over bought-before edges u→v of the customers behind them,
 * by (type of u, type of v). Built once per release in time linear in the edges.
 */
export class ProductTypes {
  /** Shape [products]: type number, −1 for a product without a category. */
  readonly ofProduct: Int32Array;
  readonly count: number;
  readonly #numbers: Map<string, number>;
  /** Shape [count + 1]; type a's followers are at followers[offsets[a] … offsets[a+1]), ascending. */
  readonly #offsets: Uint32Array;
  readonly #followers: Uint32Array;
  readonly #customers: Float64Array;
  /** Shape [count]: sum of each row of customers. */
  readonly #departures: Float64Array;

  private constructor(
    ofProduct: Int32Array,
    numbers: Map<string, number>,
    rows: readonly { followers: Uint32Array; customers: Float64Array }[],
  ) {
    this.ofProduct = ofProduct;
    this.#numbers = numbers;
    this.count = numbers.size;
    this.#offsets = new Uint32Array(this.count + 1);
    for (let type = 0; type < this.count; type++) {
      this.#offsets[type + 1] = this.#offsets[type]! + rows[type]!.followers.length;
    }
    this.#followers = new Uint32Array(this.#offsets[this.count]!);
    this.#customers = new Float64Array(this.#offsets[this.count]!);
    for (let type = 0; type < this.count; type++) {
      this.#followers.set(rows[type]!.followers, this.#offsets[type]!);
      this.#customers.set(rows[type]!.customers, this.#offsets[type]!);
    }
    this.#departures = Float64Array.from(rows, ({ customers }) => customers.reduce((sum, count) => sum + count, 0));
  }

  /** Counts in steps: run the generator to its end, with pauses between where others wait. */
  static *build(catalogue: Catalogue, bought: CsrGraph): Generator<undefined, ProductTypes, undefined> {
    const { products } = catalogue;
    const numbers = new Map<string, number>();
    const ofProduct = new Int32Array(products.length).fill(-1);
    for (let i = 0; i < products.length; i++) {
      if (i % stepProducts === stepProducts - 1) yield;
      const { category } = products[i]!;
      if (category.length === 0) continue;
      const key = category.join(separator);
      let number = numbers.get(key);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(key, number);
      }
      ofProduct[i] = number;
    }
    const members = groupByType(ofProduct, numbers.size);
    const sums = new Float64Array(numbers.size);
    const rows: { followers: Uint32Array; customers: Float64Array }[] = [];
    let edges = 0;
    for (let type = 0; type < numbers.size; type++) {
      const touched: number[] = [];
      for (let m = members.offsets[type]!; m < members.offsets[type + 1]!; m++) {
        const node = members.nodes[m]!;
        const end = bought.outOffsets[node + 1]!;
        for (let e = bought.outOffsets[node]!; e < end; e++) {
          const follower = ofProduct[bought.outTargets[e]!]!;
          if (follower < 0) continue;
          if (sums[follower] === 0) touched.push(follower);
          sums[follower]! += bought.outCounts[e]!;
        }
        edges += end - bought.outOffsets[node]!;
        if (edges < stepEdges) continue;
        edges = 0;
        yield;
      }
      const followers = Uint32Array.from(touched).sort();
      rows.push({ followers, customers: Float64Array.from(followers, (follower) => sums[follower]!) });
      for (const follower of followers) sums[follower] = 0;
    }
    return new ProductTypes(ofProduct, numbers, rows);
  }

  /** The type number of a category path; −1 when no product has it. */
  find(category: readonly string[]): number {
    return this.#numbers.get(category.join(separator)) ?? -1;
  }

  /** Customers who went on from type `from` to type `to`, summed over product pairs. */
  transitions(from: number, to: number): number {
    if (from < 0 || to < 0) return 0;
    let low = this.#offsets[from]!;
    let high = this.#offsets[from + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#followers[middle]! < to) low = middle + 1;
      else high = middle;
    }
    return low < this.#offsets[from + 1]! && this.#followers[low] === to ? this.#customers[low]! : 0;
  }

  /** Customers who went on from a type to any, summed over product pairs. */
  departures(type: number): number {
    return type < 0 ? 0 : this.#departures[type]!;
  }

  /**
   * Natural log of how much more often customers move from `to` to `from` than the way asked for;
   * null unless that is clear: at least three times as often, by at least ten customers.
   */
  reverseLogOdds(from: number, to: number): number | null {
    const reverse = this.transitions(to, from);
    const forward = this.transitions(from, to);
    if (reverse < reverseSupport || reverse < reverseRatio * forward) return null;
    return Math.log((reverse + 1) / (forward + 1));
  }

  /**
   * The types that customers go on to from `type`, most customers first. Left out: those that are rather its predecessors,
   * and those with under a tenth of the customers of the first.
   */
  followers(type: number): number[] {
    if (type < 0) return [];
    const found: { type: number; customers: number }[] = [];
    for (let i = this.#offsets[type]!; i < this.#offsets[type + 1]!; i++) {
      const follower = this.#followers[i]!;
      const customers = this.#customers[i]!;
      if (customers >= this.transitions(follower, type)) found.push({ type: follower, customers });
    }
    found.sort((a, b) => b.customers - a.customers || a.type - b.type);
    const least = followerShare * (found[0]?.customers ?? 0);
    return found.filter((entry) => entry.customers >= least).map((entry) => entry.type);
  }
}

/** Products of each type in CSR form, ascending within a type. */
function groupByType(ofProduct: Int32Array, count: number): { offsets: Uint32Array; nodes: Uint32Array } {
  const offsets = new Uint32Array(count + 1);
  for (const type of ofProduct) if (type >= 0) offsets[type + 1]!++;
  for (let type = 0; type < count; type++) offsets[type + 1]! += offsets[type]!;
  const nodes = new Uint32Array(offsets[count]!);
  const next = offsets.slice(0, count);
  for (let node = 0; node < ofProduct.length; node++) {
    const type = ofProduct[node]!;
    if (type >= 0) nodes[next[type]!++] = node;
  }
  return { offsets, nodes };
}
