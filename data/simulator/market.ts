import type { Random } from '../../src/random.ts';
import { ipHash } from './activity.ts';
import { Chooser } from './choose.ts';
import type { SimulatorConfiguration } from './configuration.ts';
import { plantedRelations, upgradedTypes } from './relations.ts';
import type { Shop } from './shop.ts';

/** A planted relation with its target type resolved. */
export interface Sequel {
  /** Index of the type. */
  readonly to: number;
  readonly via: string | null;
  readonly strength: number;
  readonly delayDays: number;
}

/** Draws an index in proportion to weights. */
class Weighted {
  readonly #before: Float64Array;

  constructor(weights: readonly number[]) {
    this.#before = new Float64Array(weights.length + 1);
    for (let i = 0; i < weights.length; i++) this.#before[i + 1] = this.#before[i]! + weights[i]!;
  }

  draw(random: Random): number {
    const last = this.#before.length - 2;
    const goal = random.uniform() * this.#before[last + 1]!;
    let i = 0;
    while (i < last && this.#before[i + 1]! <= goal) i++;
    return i;
  }
}

/** What every visitor needs to know of the shop: what there is, what is in demand, what leads to what. */
export class Market {
  readonly shop: Shop;
  readonly configuration: SimulatorConfiguration;
  readonly chooser: Chooser;
  /** First second of the log, and the one after its last. */
  readonly start: number;
  readonly end: number;
  readonly #sequels: readonly (readonly Sequel[])[];
  readonly #upgraded: ReadonlySet<number>;
  readonly #departments: Weighted;
  readonly #all: Weighted;
  /** By department: its types, and how to draw one. */
  readonly #within: readonly { readonly types: readonly number[]; readonly draw: Weighted }[];
  readonly #sharedIps: readonly string[];

  constructor(shop: Shop) {
    const { types, configuration } = shop;
    this.shop = shop;
    this.configuration = configuration;
    this.chooser = new Chooser(shop);
    this.start = configuration.startTime;
    this.end = this.start + configuration.days * 86_400;
    const index = new Map(types.map((type, t) => [type.key, t]));
    const sequels: Sequel[][] = types.map(() => []);
    for (const { from, to, via, strength, delayDays } of plantedRelations) {
      sequels[index.get(from)!]!.push({ to: index.get(to)!, via, strength, delayDays });
    }
    this.#sequels = sequels;
    this.#upgraded = new Set(upgradedTypes.map((key) => index.get(key)!));
    const names = [...new Set(types.map((type) => type.path[0]!))];
    this.#within = names.map((name) => {
      const members = types.flatMap((type, t) => (type.path[0] === name ? [t] : []));
      return { types: members, draw: new Weighted(members.map((t) => types[t]!.demand)) };
    });
    this.#departments = new Weighted(
      this.#within.map(({ types: members }) => members.reduce((sum, t) => sum + types[t]!.demand, 0)),
    );
    this.#all = new Weighted(types.map((type) => type.demand));
    const random = shop.random.fork('shared-ips');
    this.#sharedIps = Array.from({ length: 64 }, () => ipHash(random));
  }

  relationsFrom(type: number): readonly Sequel[] {
    return this.#sequels[type]!;
  }

  isUpgraded(type: number): boolean {
    return this.#upgraded.has(type);
  }

  drawDepartment(random: Random): number {
    return this.#departments.draw(random);
  }

  drawTypeIn(department: number, random: Random): number {
    const { types, draw } = this.#within[department]!;
    return types[draw.draw(random)]!;
  }

  drawType(random: Random): number {
    return this.#all.draw(random);
  }

  /** The address of a mobile network or an office, behind which many people are. */
  sharedIp(random: Random): string {
    return this.#sharedIps[random.integer(this.#sharedIps.length)]!;
  }
}
