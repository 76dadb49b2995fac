import type { Catalogue, Product } from '../../src/catalogue/types.ts';
import type { EventLog, EventType } from '../../src/events/types.ts';
import { eventTypes } from '../../src/events/types.ts';
import { Random } from '../../src/random.ts';

/** A tiny shop whose relations are known: phone → case of that family, printer → ink of that series, never back. */
export interface PlantedWorld {
  readonly catalogue: Catalogue;
  readonly log: EventLog;
  /** True type of a node: 'phone', 'case', 'printer', 'ink' or 'mug'. */
  typeOf(node: number): string;
  /** Family that phones and cases, printers and inks share; null for mugs. */
  familyOf(node: number): string | null;
  /** Whether v is planted as what comes after u (directed; compatible products only). */
  isRelated(u: number, v: number): boolean;
  /** Node of a product id; throws a RangeError for an unknown one. */
  nodeOf(id: string): number;
}

export interface PlantedWorldOptions {
  /** @default 1 */
  readonly seed?: number;
  /** Customers, at least 1. @default 1500 */
  readonly customers?: number;
}

const phoneFamilies = ['Aurel One', 'Aurel Two', 'Brevik 7', 'Brevik 9', 'Corvo S', 'Corvo X'];
const printerFamilies = ['Inkstone 100', 'Inkstone 300', 'Quill J5', 'Quill J8'];
const follows: Readonly<Record<string, string>> = { phone: 'case', printer: 'ink' };
const start = 1_736_121_600;
const day = 86_400;
const horizon = 120 * day;

interface Listing {
  readonly type: string;
  readonly family: string | null;
}

/** 36 phones, 36 cases, 16 printers, 16 inks, 16 mugs, in id order. */
function listShop(): { products: Product[]; listings: Listing[] } {
  const entries: { product: Product; listing: Listing }[] = [];
  const counters = new Map<string, number>();
  const add = (type: string, family: string | null, title: string, category: string[], price: number) => {
    const number = (counters.get(type) ?? 0) + 1;
    counters.set(type, number);
    entries.push({
      listing: { type, family },
      product: {
        id: `${type}-${String(number).padStart(4, '0')}`,
        title,
        description: `${title}. Sold by the planted world.`,
        brand: family === null ? 'Terracup' : (family.split(' ')[0] ?? null),
        category,
        price,
        stock: 25,
        hidden: false,
        attributes: family === null ? {} : { model: family },
      },
    });
  };
  const colours = ['black', 'white', 'blue', 'red', 'green', 'sand'];
  for (const [f, family] of phoneFamilies.entries()) {
    for (const colour of colours) {
      add('phone', family, `${family} smartphone ${colour}`, ['Electronics', 'Phones', 'Smartphones'], 299 + 90 * f);
      add('case', family, `Case for ${family} ${colour}`, ['Electronics', 'Phones', 'Cases'], 12 + f);
    }
  }
  for (const [f, family] of printerFamilies.entries()) {
    for (const size of ['A4', 'A4 wifi', 'A4 duplex', 'A3']) {
      add('printer', family, `${family} ${size} printer`, ['Electronics', 'Printing', 'Printers'], 89 + 40 * f);
    }
    for (const colour of ['black', 'cyan', 'magenta', 'yellow']) {
      add('ink', family, `${colour} ink for ${family}`, ['Electronics', 'Printing', 'Inks'], 14 + f);
    }
  }
  for (let i = 0; i < 16; i++) add('mug', null, `Mug number ${i + 1}`, ['Household', 'Kitchen', 'Mugs'], 7 + i);
  entries.sort((a, b) => (a.product.id < b.product.id ? -1 : 1));
  return { products: entries.map((e) => e.product), listings: entries.map((e) => e.listing) };
}

/** Picks with probability ∝ 1 / (place + 1). */
function pickZipf(nodes: readonly number[], random: Random): number {
  let total = 0;
  for (let i = 0; i < nodes.length; i++) total += 1 / (i + 1);
  let left = random.uniform() * total;
  for (let i = 0; i < nodes.length; i++) {
    left -= 1 / (i + 1);
    if (left < 0) return nodes[i]!;
  }
  return nodes[nodes.length - 1]!;
}

/**
 * A deterministic shop of 120 products for tests, in memory.
 *
 * Four in five customers buy a phone, most of them cases of its family 1–10 days later; two in five buy a printer and then its inks,
 * some again and again. Before a purchase a customer views one to three products of the same type and family group. Noise: mugs at
 * any time (three in ten), and one in twenty-five customers who buys a case long before an unrelated phone.
 *
 * @example
 * const world = plantedWorld();
 * world.isRelated(world.nodeOf('phone-0001'), world.nodeOf('case-0001')); // true
 * world.isRelated(world.nodeOf('case-0001'), world.nodeOf('phone-0001')); // false
 */
export function plantedWorld(options: PlantedWorldOptions = {}): PlantedWorld {
  const random = new Random(options.seed ?? 1).fork('planted-world');
  const customers = Math.max(1, options.customers ?? 1500);
  const { products, listings } = listShop();
  const pools = new Map<string, number[]>();
  for (const [node, { type, family }] of listings.entries()) {
    for (const key of [type, `${type}|${family}`]) pools.set(key, [...(pools.get(key) ?? []), node]);
  }
  const pool = (key: string): readonly number[] => pools.get(key) ?? [];

  const rows: { customer: number; product: number; type: number; time: number }[] = [];
  const record = (customer: number, product: number, type: EventType, time: number): void => {
    const t = Math.floor(time);
    if (t < start + horizon) rows.push({ customer, product, type: eventTypes.indexOf(type), time: t });
  };
  /** Views substitutes, then the choice, then buys it; returns the choice and the time of its purchase. */
  const shop = (customer: number, key: string, time: number): { node: number; time: number } => {
    let t = time;
    const extra = 1 + random.integer(2);
    for (let i = 0; i < extra; i++) {
      record(customer, pickZipf(pool(key), random), 'view', t);
      t += 20 + random.exponential() * 60;
    }
    const node = pickZipf(pool(key), random);
    record(customer, node, 'view', t);
    if (random.uniform() < 0.6) {
      t += 10 + random.exponential() * 40;
      record(customer, node, 'cart', t);
    }
    t += 30 + random.exponential() * 600;
    record(customer, node, 'purchase', t);
    return { node, time: t };
  };
  const followUp = (customer: number, node: number, time: number, chances: readonly number[]): void => {
    const { type, family } = listings[node]!;
    let t = time;
    for (const chance of chances) {
      if (random.uniform() >= chance) return;
      t = shop(customer, `${follows[type]}|${family}`, t + day * (1 + random.uniform() * 9)).time;
    }
  };

  for (let customer = 0; customer < customers; customer++) {
    const from = start + random.uniform() * 80 * day;
    if (random.uniform() < 0.8) {
      const family = phoneFamilies[Math.floor(random.uniform() ** 1.5 * phoneFamilies.length)]!;
      const phone = shop(customer, `phone|${family}`, from);
      followUp(customer, phone.node, phone.time, [0.8, 0.35]);
    } else if (random.uniform() < 0.2) {
      const early = shop(customer, 'case', from);
      shop(customer, 'phone', early.time + day * (5 + random.uniform() * 30));
    }
    if (random.uniform() < 0.4) {
      const printer = shop(customer, 'printer', from + day * random.uniform() * 30);
      followUp(customer, printer.node, printer.time, [0.85, 0.6, 0.5]);
    }
    if (random.uniform() < 0.3) shop(customer, 'mug', start + random.uniform() * horizon);
  }

  rows.sort((a, b) => a.customer - b.customer || a.time - b.time || a.product - b.product || a.type - b.type);
  const nodes = new Map(products.map((product, node) => [product.id, node]));
  return {
    catalogue: { products },
    log: {
      customerCount: customers,
      productCount: products.length,
      customer: Uint32Array.from(rows, (row) => row.customer),
      product: Uint32Array.from(rows, (row) => row.product),
      type: Uint8Array.from(rows, (row) => row.type),
      time: Uint32Array.from(rows, (row) => row.time),
    },
    typeOf: (node) => listings[node]!.type,
    familyOf: (node) => listings[node]!.family,
    isRelated: (u, v) => {
      const before = listings[u]!;
      const after = listings[v]!;
      return before.family !== null && before.family === after.family && follows[before.type] === after.type;
    },
    nodeOf: (id) => {
      const node = nodes.get(id);
      if (node === undefined) throw new RangeError(`No product "${id}" in the planted world.`);
      return node;
    },
  };
}
