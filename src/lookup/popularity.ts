import { sortInSteps } from '../order.ts';
import { atOnce, type Steps } from '../pause.ts';
import type { ProductTypes } from './product-types.ts';

/**
 * Products by distinct buyers, overall and per type, whether they may be shown or not. Products nobody bought are not popular and are left out.
 */
export class Popularity {
  /** Node numbers, most buyers first, ties by node number. */
  readonly overall: Uint32Array;
  readonly #offsets: Uint32Array;
  readonly #byType: Uint32Array;

  /** Builds in one go; {@link Popularity.build} does so in steps. @param buyers shape [products]. */
  constructor(buyers: Uint32Array, types: ProductTypes, nodes: readonly number[] = atOnce(byBuyers(buyers))) {
    this.overall = Uint32Array.from(nodes);

    this.#offsets = new Uint32Array(types.count + 1);
    for (const node of nodes) {
      const type = types.ofProduct[node]!;
      if (type >= 0) this.#offsets[type + 1]!++;
    }
    for (let type = 0; type < types.count; type++) this.#offsets[type + 1]! += this.#offsets[type]!;
    this.#byType = new Uint32Array(this.#offsets[types.count]!);
    const next = this.#offsets.slice(0, types.count);
    for (const node of nodes) {
      const type = types.ofProduct[node]!;
      if (type >= 0) this.#byType[next[type]!++] = node;
    }
  }

  static *build(buyers: Uint32Array, types: ProductTypes): Steps<Popularity> {
    return new Popularity(buyers, types, yield* byBuyers(buyers));
  }

  /** Most bought products of a type, best first. */
  ofType(type: number): Uint32Array {
    return this.#byType.subarray(this.#offsets[type]!, this.#offsets[type + 1]!);
  }
}

function* byBuyers(buyers: Uint32Array): Steps<number[]> {
  const nodes: number[] = [];
  for (let node = 0; node < buyers.length; node++) if (buyers[node]! > 0) nodes.push(node);
  return yield* sortInSteps(nodes, (a, b) => buyers[b]! - buyers[a]! || a - b);
}
