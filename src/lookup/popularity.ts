import type { ProductTypes } from './product-types.ts';

/** What {@link Popularity} is made of: typed arrays alone. */
export interface PopularityColumns {
  /** Node numbers, most buyers first, ties by node number. */
  readonly overall: Uint32Array;
  /** Shape [types + 1]; type t's products are at byType[offsets[t] … offsets[t+1]), in the order of `overall`. */
  readonly offsets: Uint32Array;
  readonly byType: Uint32Array;
}

/** @param buyers shape [products] */
export function popularityColumns(
  buyers: Uint32Array,
  types: Pick<ProductTypes, 'count' | 'ofProduct'>,
): PopularityColumns {
  const overall = Uint32Array.from(buyers.keys())
    .filter((node) => buyers[node]! > 0)
    .sort((a, b) => buyers[b]! - buyers[a]! || a - b);
  const offsets = new Uint32Array(types.count + 1);
  for (const node of overall) {
    const type = types.ofProduct[node]!;
    if (type >= 0) offsets[type + 1]!++;
  }
  for (let type = 0; type < types.count; type++) offsets[type + 1]! += offsets[type]!;
  const byType = new Uint32Array(offsets[types.count]!);
  const next = offsets.slice(0, types.count);
  for (const node of overall) {
    const type = types.ofProduct[node]!;
    if (type >= 0) byType[next[type]!++] = node;
  }
  return { overall, offsets, byType };
}

/**
 * Products by distinct buyers, overall and per type, whether they may be shown or not. Products nobody bought are not popular and are left out.
 */
export class Popularity {
  readonly #columns: PopularityColumns;

  constructor(columns: PopularityColumns) {
    this.#columns = columns;
  }

  /** Node numbers, most buyers first, ties by node number. */
  get overall(): Uint32Array {
    return this.#columns.overall;
  }

  /** Most bought products of a type, best first. */
  ofType(type: number): Uint32Array {
    const { byType, offsets } = this.#columns;
    return byType.subarray(offsets[type]!, offsets[type + 1]!);
  }
}
