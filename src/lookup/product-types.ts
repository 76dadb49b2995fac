import {
  type ProductList,
  type TextColumn,
  TextDictionary,
  TextNumbers,
  Texts,
  textSlots,
} from '../catalogue/index.ts';
import type { CsrGraph } from '../graph/index.ts';

/** A reverse type relation must be this many times the forward one, and rest on this many customers, to count as evidence. */
const reverseRatio = 3;
const reverseSupport = 10;

const followerShare = 0.1;

const separator = '\u001f';

/** What {@link ProductTypes} are made of: typed arrays alone. */
export interface TypeColumns {
  /** Shape [products]: type number, −1 for a product without a category. */
  readonly ofProduct: Int32Array;
  /** Of type numbers: whole category paths. */
  readonly paths: TextColumn;
  readonly slots: Uint32Array;
  /** Shape [types + 1]; type a's followers are at followers[offsets[a] … offsets[a+1]), ascending. */
  readonly offsets: Uint32Array;
  readonly followers: Uint32Array;
  readonly customers: Float64Array;
  /** Shape [types]: sum of each row of customers. */
  readonly departures: Float64Array;
}

/** Counts how customers moved between product types, in time linear in the edges. */
export function typeColumns(products: ProductList, bought: CsrGraph): TypeColumns {
  const numbers = new TextNumbers();
  const ofProduct = new Int32Array(products.length).fill(-1);
  let at = 0;
  for (const { category } of products) {
    if (category.length > 0) ofProduct[at] = numbers.numberOf(category.join(separator));
    at++;
  }
  const count = numbers.size;
  const members = groupByType(ofProduct, count);
  const sums = new Float64Array(count);
  const offsets = new Uint32Array(count + 1);
  const departures = new Float64Array(count);
  const followers: number[] = [];
  const customers: number[] = [];
  for (let type = 0; type < count; type++) {
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
    }
    for (const follower of touched.sort((a, b) => a - b)) {
      followers.push(follower);
      customers.push(sums[follower]!);
      departures[type]! += sums[follower]!;
      sums[follower] = 0;
    }
    offsets[type + 1] = followers.length;
  }
  const paths = numbers.done();
  return {
    ofProduct,
    paths,
    slots: textSlots(paths),
    offsets,
    followers: Uint32Array.from(followers),
    customers: Float64Array.from(customers),
    departures,
  };
}

/**
 * Product types (whole category paths) and how customers moved between them: the sum over bought-before edges u→v of the customers behind them,
 * by (type of u, type of v).
 */
export class ProductTypes {
  /** Shape [products]: type number, −1 for a product without a category. */
  readonly ofProduct: Int32Array;
  readonly count: number;
  readonly #columns: TypeColumns;
  readonly #paths: TextDictionary;

  constructor(columns: TypeColumns) {
    this.#columns = columns;
    this.ofProduct = columns.ofProduct;
    this.count = columns.departures.length;
    this.#paths = new TextDictionary(new Texts(columns.paths), columns.slots);
  }

  /** The type number of a category path; −1 when no product has it. */
  find(category: readonly string[]): number {
    return category.length === 0 ? -1 : this.#paths.find(category.join(separator));
  }

  /** Customers who went on from type `from` to type `to`, summed over product pairs. */
  transitions(from: number, to: number): number {
    if (from < 0 || to < 0) return 0;
    const { offsets, followers, customers } = this.#columns;
    const end = offsets[from + 1]!;
    let low = offsets[from]!;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (followers[middle]! < to) low = middle + 1;
      else high = middle;
    }
    return low < end && followers[low] === to ? customers[low]! : 0;
  }

  /** Customers who went on from a type to any, summed over product pairs. */
  departures(type: number): number {
    return type < 0 ? 0 : this.#columns.departures[type]!;
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
    const { offsets, followers, customers } = this.#columns;
    const found: Moves[] = [];
    for (let i = offsets[type]!; i < offsets[type + 1]!; i++)
      found.push({ type: followers[i]!, customers: customers[i]! });
    return mostMoved(found, (follower) => this.transitions(follower, type));
  }

  /** The types that customers come from to `type`, in the same way. Looks through all types. */
  leaders(type: number): number[] {
    if (type < 0) return [];
    const found: Moves[] = [];
    for (let leader = 0; leader < this.count; leader++) {
      const customers = this.transitions(leader, type);
      if (customers > 0) found.push({ type: leader, customers });
    }
    return mostMoved(found, (leader) => this.transitions(type, leader));
  }
}

/** Customers who moved between a type and another. */
interface Moves {
  readonly type: number;
  readonly customers: number;
}

/** @param turned customers who moved the other way round */
function mostMoved(found: readonly Moves[], turned: (type: number) => number): number[] {
  const rather = found.filter(({ type, customers }) => customers >= turned(type));
  rather.sort((a, b) => b.customers - a.customers || a.type - b.type);
  const least = followerShare * (rather[0]?.customers ?? 0);
  return rather.filter(({ customers }) => customers >= least).map(({ type }) => type);
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
