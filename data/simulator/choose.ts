import type { Random } from '../../src/random.ts';
import type { Shop } from './shop.ts';

/** A run of products among which a customer chooses; [start, end) in the chooser's order. */
export interface Pool {
  readonly start: number;
  readonly end: number;
}

/** Draws products by popularity: of a type, or of a type and a compatible family. 20 bytes a product. */
export class Chooser {
  readonly #shop: Shop;
  readonly #order: Uint32Array;
  /** Shape [count + 1]; weights before each place. */
  readonly #before: Float64Array;
  /** By type, then family + 1. */
  readonly #pools: readonly ReadonlyMap<number, Pool>[];

  constructor(shop: Shop) {
    this.#shop = shop;
    this.#order = new Uint32Array(shop.count);
    this.#before = new Float64Array(shop.count + 1);
    const pools: Map<number, Pool>[] = [];
    let place = 0;
    for (let t = 0; t < shop.types.length; t++) {
      const members = new Map<number, number[]>();
      for (let p = shop.typeStart[t]!; p < shop.typeStart[t + 1]!; p++) {
        const family = shop.fits[p]!;
        const list = members.get(family);
        if (list === undefined) members.set(family, [p]);
        else list.push(p);
      }
      const ofType = new Map<number, Pool>();
      for (const family of [...members.keys()].sort((a, b) => a - b)) {
        const start = place;
        for (const p of members.get(family)!) {
          this.#order[place] = p;
          this.#before[place + 1] = this.#before[place]! + shop.weight[p]!;
          place++;
        }
        ofType.set(family, { start, end: place });
      }
      pools.push(ofType);
    }
    this.#pools = pools;
  }

  /** Products of a type; of one family of what they are made for unless `family` is −1. Null when there are none. */
  pool(type: number, family: number): Pool | null {
    if (family >= 0) return this.#pools[type]!.get(family) ?? null;
    return { start: this.#shop.typeStart[type]!, end: this.#shop.typeStart[type + 1]! };
  }

  /** A product by popularity. */
  draw(pool: Pool, random: Random): number {
    const low = this.#before[pool.start]!;
    const goal = low + random.uniform() * (this.#before[pool.end]! - low);
    let left = pool.start;
    let right = pool.end - 1;
    while (left < right) {
      const middle = (left + right) >>> 1;
      if (this.#before[middle + 1]! > goal) right = middle;
      else left = middle + 1;
    }
    return this.#order[left]!;
  }

  /** A product by popularity that is sold on `day`, of the price band where a few tries find one. Null: nothing is sold. */
  drawOnSale(pool: Pool, day: number, band: number, random: Random): number | null {
    let found: number | null = null;
    for (let attempt = 0; attempt < 8; attempt++) {
      const p = this.draw(pool, random);
      if (this.#shop.launch[p]! > day || this.#shop.gone[p]! <= day) continue;
      found = p;
      if (band < 0 || this.#shop.band[p]! === band) break;
    }
    return found;
  }
}
