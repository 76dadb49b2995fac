import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readTruth,
  type ShopTruth,
  type SimulationSummary,
  simulateShop,
  simulatorConfigurationOf,
} from '../../../data/simulator/index.ts';
import { type RunContext, silentProgress } from '../../../src/context.ts';
import { quietContext } from '../../quiet-context.ts';

interface EventRow {
  readonly customer: string;
  readonly product: string;
  readonly type: string;
  readonly time: number;
  readonly session: string;
  readonly ip: string;
  readonly agent: string;
}

let root: string;
let shop: string;
let summary: SimulationSummary;
let truth: ShopTruth;
let events: EventRow[];
const small = simulatorConfigurationOf({ products: 600, customers: 3000, seed: 42, robotShare: 0.02 });

/** Simulated fields need quotes in the user agent only. */
function parseEvents(text: string): EventRow[] {
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [customer, product, type, time, session, ip] = line.split(',', 6) as [
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      const agent = line.split(',').slice(6, -2).join(',');
      return { customer, product, type, time: Number(time), session, ip, agent };
    });
}

async function hashes(folder: string): Promise<Record<string, string>> {
  const names = ((await readdir(folder, { recursive: true })) as string[]).filter((name) => name.includes('.')).sort();
  const result: Record<string, string> = {};
  for (const name of names) {
    result[name] = createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex');
  }
  return result;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'oneway-simulate-'));
  shop = join(root, 'shop');
  summary = await simulateShop(small, shop, quietContext());
  truth = await readTruth(shop);
  events = parseEvents(await readFile(summary.eventsPath, 'utf8'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('simulateShop', () => {
  it('writes what it says, and nothing half-done', async () => {
    expect(Object.keys(await hashes(shop))).toEqual([
      'catalogue.csv',
      'events.csv',
      'simulation.json',
      'truth/products.jsonl',
      'truth/purchases.csv',
      'truth/relations.json',
      'truth/robots.csv',
    ]);
    expect(events).toHaveLength(summary.events);
    expect(summary.products).toBe(600);
    expect(truth.products.size).toBe(600);
    expect(truth.robots.size).toBe(summary.robots);
    const { eventsByType: by, purchasesByCause } = summary;
    expect(by.view + by.favourite + by.cart + by.purchase).toBe(summary.events);
    expect(Object.values(purchasesByCause).reduce((a, b) => a + b, 0)).toBe(by.purchase);
    expect(purchasesByCause.upgrade).toBeLessThan(0.01 * by.purchase);
  });

  it('gives the same bytes for the same seed, others for another', async () => {
    await simulateShop(small, join(root, 'again'), quietContext());
    expect(await hashes(join(root, 'again'))).toEqual(await hashes(shop));
    await simulateShop({ ...small, seed: 43 }, join(root, 'other'), quietContext());
    const [one, other] = [await hashes(shop), await hashes(join(root, 'other'))];
    for (const name of ['catalogue.csv', 'events.csv']) expect(other[name]).not.toBe(one[name]);
  });

  it('keeps events inside the log, of known products, in the order of each customer’s time', () => {
    const end = small.startTime + small.days * 86_400;
    const types = ['view', 'favourite', 'cart', 'purchase'];
    const odd = events.filter(({ customer, product, type, time }, i) => {
      const inside = Number.isInteger(time) && time >= small.startTime && time < end;
      const before = events[i - 1];
      const late = before?.customer !== customer || time >= before.time;
      return !inside || !late || !truth.products.has(product) || !types.includes(type);
    });
    expect(odd).toEqual([]);
  });

  it('has customers who view before they buy, and buy with all kinds of delay', () => {
    const delays: number[] = [];
    const viewed = new Map<string, number>();
    let bought = 0;
    for (const { customer, product, type, time } of events) {
      const key = `${customer} ${product}`;
      if (type === 'view') viewed.set(key, viewed.get(key) ?? time);
      if (type !== 'purchase') continue;
      bought++;
      const first = viewed.get(key);
      if (first !== undefined) delays.push(time - first);
    }
    expect(delays.length / bought).toBeGreaterThan(0.95);
    delays.sort((a, b) => a - b);
    expect(delays[Math.floor(delays.length * 0.25)]!).toBeLessThan(3600);
    expect(delays[Math.floor(delays.length * 0.85)]!).toBeGreaterThan(86_400);
  });

  it('sells nothing that is sold out or forbidden after its day', () => {
    const late = events.filter(({ product, type, time, customer }) => {
      const { goneDay } = truth.products.get(product)!;
      if (goneDay === null || type !== 'purchase' || truth.robots.has(customer)) return false;
      // A purchase takes minutes from the moment of choosing.
      return (time - small.startTime) / 86_400 > goneDay + 0.1;
    });
    expect(late).toEqual([]);
    const products = [...truth.products.values()];
    expect(products.some((product) => product.forbidden !== null)).toBe(true);
    expect(products.some((product) => product.soldOut)).toBe(true);
    expect(products.some((product) => product.wrong !== null)).toBe(true);
    expect(products.some((product) => product.duplicateOf !== null)).toBe(true);
  });
});

describe('planted truth in the log', () => {
  /** Customers' purchases in the order of time, robots left out. */
  const baskets = (): EventRow[][] => {
    const byCustomer = new Map<string, EventRow[]>();
    for (const event of events) {
      if (event.type !== 'purchase' || truth.robots.has(event.customer)) continue;
      byCustomer.set(event.customer, [...(byCustomer.get(event.customer) ?? []), event]);
    }
    return [...byCustomer.values()];
  };

  it('is directed: what follows is bought after, hardly ever before', () => {
    let forward = 0;
    let backward = 0;
    let following = 0;
    let purchases = 0;
    const phones = { before: 0, after: 0 };
    for (const basket of baskets()) {
      for (const [i, late] of basket.entries()) {
        purchases++;
        const earlier = basket.slice(0, i).filter((early) => early.time < late.time);
        if (earlier.some((early) => truth.isRelated(early.product, late.product))) following++;
        for (const early of earlier) {
          if (truth.isRelated(early.product, late.product)) forward++;
          if (truth.isRelated(late.product, early.product)) backward++;
          const pair = `${truth.typeOf(early.product)} ${truth.typeOf(late.product)}`;
          if (pair === 'phone case') phones.before++;
          if (pair === 'case phone') phones.after++;
        }
      }
    }
    expect(forward).toBeGreaterThan(6 * backward);
    expect(phones.before).toBeGreaterThan(8 * phones.after);
    expect(following / purchases).toBeGreaterThan(0.25);
    expect(following / purchases).toBeLessThan(0.75);
  });

  it('plants nothing at strength 0', async () => {
    const none = { ...small, relationStrength: 0 };
    const { purchasesByCause } = await simulateShop(none, join(root, 'none'), quietContext());
    expect(purchasesByCause['follow-up']).toBe(0);
  });

  it('has sessions in which substitutes are viewed together', () => {
    let substitutes = 0;
    let pairs = 0;
    for (let i = 1; i < events.length; i++) {
      const [before, after] = [events[i - 1]!, events[i]!];
      if (before.session !== after.session || before.product === after.product || truth.robots.has(after.customer))
        continue;
      if (before.type !== 'view' || after.type !== 'view') continue;
      pairs++;
      if (truth.isSubstitute(before.product, after.product)) substitutes++;
    }
    expect(substitutes / pairs).toBeGreaterThan(0.5);
  });

  it('sells a popular few far more often than the rest', () => {
    const counts = new Map<string, number>();
    for (const { product, type } of events)
      if (type === 'purchase') counts.set(product, (counts.get(product) ?? 0) + 1);
    const sorted = [...counts.values()].sort((a, b) => b - a);
    const total = sorted.reduce((a, b) => a + b, 0);
    const top = sorted.slice(0, 60).reduce((a, b) => a + b, 0);
    expect(top / total).toBeGreaterThan(0.3);
  });

  it('answers for ids: directed, compatible only, unknown ids related to nothing', () => {
    const products = [...truth.products.values()];
    const phone = products.find((product) => product.type === 'phone')!;
    const model = phone.families['phone-model'];
    const cases = products.filter((product) => product.type === 'case');
    const fitting = cases.find((product) => product.families['phone-model'] === model)!;
    const other = cases.find((product) => product.families['phone-model'] !== model)!;
    expect(truth.strength(phone.id, fitting.id)).toBeGreaterThan(0.5);
    expect(truth.isRelated(fitting.id, phone.id)).toBe(false);
    expect(truth.isRelated(phone.id, other.id)).toBe(false);
    expect(truth.isRelated(phone.id, 'nothing')).toBe(false);
    expect(truth.typeOf('nothing')).toBeNull();
    expect(truth.isSubstitute(phone.id, phone.id)).toBe(false);
    expect(truth.isSubstitute(fitting.id, other.id)).toBe(false);
  });
});

describe('robots', () => {
  const of = (kind: string): Map<string, EventRow[]> => {
    const found = new Map<string, EventRow[]>();
    for (const event of events) {
      if (truth.robots.get(event.customer) !== kind) continue;
      const list = found.get(event.customer);
      if (list === undefined) found.set(event.customer, [event]);
      else list.push(event);
    }
    return found;
  };
  const nightShare = (rows: readonly EventRow[]): number =>
    rows.filter(({ time }) => Math.floor(time / 3600) % 24 < 6).length / rows.length;

  it('come in four classes, spread among the customers', () => {
    expect(new Set(truth.robots.values())).toEqual(new Set(['declared', 'flat', 'burst', 'imitator']));
    const places = [...truth.robots.keys()].map((id) => Number(id.slice(2)));
    expect(Math.min(...places)).toBeLessThan(200);
    expect(Math.max(...places)).toBeGreaterThan(2800);
  });

  it('behave as their class does', () => {
    for (const rows of of('declared').values()) {
      expect(rows.every(({ type, agent }) => type === 'view' && /bot|python/i.test(agent))).toBe(true);
    }
    for (const rows of of('flat').values()) {
      expect(rows.every(({ agent }) => !/bot|python/i.test(agent))).toBe(true);
      expect(nightShare(rows)).toBeGreaterThan(0.18);
    }
    const bursts = [...of('burst').values()];
    expect(new Set(bursts.map((rows) => rows[0]!.ip)).size).toBe(1);
    for (const rows of bursts) expect(rows.at(-1)!.time - rows[0]!.time).toBeLessThan(900);
    const imitators = [...of('imitator').values()].flat();
    expect(nightShare(imitators)).toBeLessThan(0.15);
    expect(imitators.some(({ type }) => type === 'purchase')).toBe(true);
  });
});

describe('folder and interruption', () => {
  it('refuses a folder with anything in it, and with force replaces its own files only', async () => {
    const folder = join(root, 'mine');
    await mkdir(folder);
    await writeFile(join(folder, 'notes.txt'), 'keep');
    await mkdir(join(folder, 'truth'));
    await writeFile(join(folder, 'events.csv.tmp'), 'left by a kill');
    const tiny = simulatorConfigurationOf({ products: 200, customers: 5 });
    await expect(simulateShop(tiny, folder, quietContext())).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' });
    expect((await readdir(folder)).sort()).toEqual(['events.csv.tmp', 'notes.txt', 'truth']);
    await simulateShop({ ...tiny, format: 'csv.gz' }, folder, quietContext(), { force: true });
    await simulateShop(tiny, folder, quietContext(), { force: true });
    expect((await readdir(folder)).sort()).toEqual([
      'catalogue.csv',
      'events.csv',
      'notes.txt',
      'simulation.json',
      'truth',
    ]);
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('keep');
  });

  it('never removes event files that it did not write', async () => {
    const folder = join(root, 'real');
    await mkdir(folder);
    await writeFile(join(folder, 'events.csv'), 'real,events');
    const tiny = simulatorConfigurationOf({ products: 200, customers: 5 });
    const attempt = simulateShop(tiny, folder, quietContext(), { force: true });
    await expect(attempt).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY', details: { found: ['events.csv'] } });
    expect(await readFile(join(folder, 'events.csv'), 'utf8')).toBe('real,events');
  });

  it('refuses a configuration that was not checked', async () => {
    const bad = { ...small, products: 3 };
    await expect(simulateShop(bad, join(root, 'bad'), quietContext())).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
    });
  });

  it('stops at a signal, leaves nothing behind, and can be run again', async () => {
    const controller = new AbortController();
    const context: RunContext = {
      ...quietContext(controller.signal),
      progress: {
        ...silentProgress,
        update: (done) => {
          if (done === 400) controller.abort();
        },
      },
    };
    const folder = join(root, 'stopped');
    const configuration = { ...small, products: 300 };
    await expect(simulateShop(configuration, folder, context)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await readdir(folder)).toEqual([]);
    await simulateShop({ ...configuration, customers: 10 }, folder, quietContext());
    expect(await readdir(folder)).toContain('simulation.json');
  });

  it('says when there is no truth to read', async () => {
    await expect(readTruth(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
