import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { adapters } from '../../../data/adapters/index.ts';
import { readCatalogue } from '../../../src/catalogue/index.ts';
import { defaultIngestConfiguration, ingest, readEventLog } from '../../../src/events/index.ts';
import { quietContext } from '../../src/events/harness.ts';

const shared = process.env.ONEWAY_SHARED_DATA ?? '../shared/data';
const root = mkdtempSync(join(tmpdir(), 'oneway-adapters-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function read(name: string, file: string) {
  const adapter = adapters.find((candidate) => candidate.name === name)!;
  const folder = mkdtempSync(join(root, `${name}-`));
  const report = await ingest(
    { events: [file], adapter },
    { ...defaultIngestConfiguration, maxRejectedShare: 1 },
    folder,
    quietContext(),
  );
  const catalogue = await readCatalogue(folder);
  const log = await readEventLog(folder, catalogue.products.length);
  const counts = Object.fromEntries(
    [...report.events.rejected, ...report.events.excluded].map(({ kind, count }) => [kind, count]),
  );
  return {
    report,
    counts,
    log,
    catalogue,
    product: (id: string) => catalogue.products.find((entry) => entry.id === id),
  };
}

function write(name: string, lines: readonly string[]): string {
  const file = join(root, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Runs where the shared data is; elsewhere it is skipped, with the path it looked for in its name. */
function onShared(path: string, title: string, body: (file: string) => Promise<void>): void {
  const file = join(shared, path);
  const here = existsSync(file);
  test.skipIf(!here)(here ? title : `${title} (skipped: no ${file})`, () => body(file));
}

test('names are unique and each adapter says what it reads', () => {
  expect(adapters.map(({ name }) => name)).toEqual(['oneway', 'online-retail', 'rees46', 'taobao']);
  for (const { description } of adapters) expect(description).not.toBe('');
});

describe('online-retail', () => {
  const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

  test('each trap is its own kind; variants of a code and of a title are one product', async () => {
    const file = write('retail.csv', [
      header,
      '1,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,UK',
      '2,85123a,WHITE  HEART ,6,12/1/2010 9:26,2.95,17851,UK',
      '3,85123A,"HEART, NEW",1,2010-12-01 08:26:00,9,,UK',
      '4,85123A,wrongly marked,-5,2010-12-01 08:26:00,0,,UK',
      '5,22139,,56,2010-12-01 11:52:00,0.0,17850.0,UK',
      'C6,85123A,WHITE HEART,-6,2010-12-01 08:26:00,2.55,17850.0,UK',
      '7,POST,POSTAGE,1,2010-12-01 08:26:00,18,17850.0,UK',
      '8,m,Manual,1,2010-12-01 08:26:00,18,17850.0,UK',
      '9,gift_0001_20,Voucher,1,2010-12-01 08:26:00,18,17850.0,UK',
      '10,22423,CAKE STAND,1,yesterday,12.75,17850.0,UK',
      '11,22423,CAKE STAND,many,2010-12-01 08:26:00,12.75,17850.0,UK',
      '12,22423,CAKE STAND,1,2010-12-01 08:26:00,dear,17850.0,UK',
    ]);
    const { report, counts, product, catalogue } = await read('online-retail', file);
    expect(report.events).toMatchObject({ rows: 12, kept: 2 });
    expect(counts).toEqual({
      'customer-missing': 1,
      'quantity-not-positive': 1,
      'price-not-positive': 1,
      cancellation: 1,
      'not-a-product': 3,
      'time-invalid': 1,
      'quantity-invalid': 1,
      'price-invalid': 1,
    });
    expect(report.customers).toBe(2);
    expect(catalogue.products.map(({ id }) => id)).toEqual(['22423', '85123A']);
    expect(product('85123A')).toMatchObject({ title: 'WHITE HEART', price: 2.95 });
  });

  onShared('online-retail/online_retail.csv.gz', 'accounts for all 541,909 lines', async (file) => {
    const { report, counts, log, product } = await read('online-retail', file);
    expect(report.events.rows).toBe(541_909);
    expect(counts).toEqual({
      'customer-missing': 131_421,
      cancellation: 8_704,
      'not-a-product': 2_950,
      'quantity-not-positive': 1_336,
      'price-not-positive': 1_161,
    });
    expect(report.events.kept).toBe(396_337);
    expect(log.customer).toHaveLength(396_337);
    expect(report).toMatchObject({
      customers: 4_334,
      products: { total: 3_798, withEvents: 3_659, withoutTitle: 0, withoutPrice: 0 },
    });
    expect(product('85123A')).toMatchObject({ title: 'WHITE HANGING HEART T-LIGHT HOLDER', price: 2.95 });
    expect(report.events.excluded[0]!.samples[0]).toMatchObject({ line: 1445 });
  });
});

describe('rees46', () => {
  test('reads paths, brands and prices, and leaves removals out', async () => {
    const file = write('rees46.csv', [
      'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session',
      '2019-10-01 00:00:00 UTC,view,44,1,electronics.audio.headphone,acme,35.79,u1,s',
      '2019-10-01 00:00:01 UTC,remove_from_cart,44,1,,acme,35.79,u1,s',
      '2019-10-01 00:00:02 UTC,purchase,44,1,,,0.00,u1,s',
    ]);
    const { counts, product, log } = await read('rees46', file);
    expect(counts).toEqual({ removal: 1 });
    expect([...log.type]).toEqual([0, 3]);
    expect(product('44')).toMatchObject({
      brand: 'acme',
      category: ['electronics', 'audio', 'headphone'],
      price: 35.79,
    });
  });

  onShared('rees46/events.csv.gz', 'keeps every event of the sample', async (file) => {
    const { report } = await read('rees46', file);
    expect(report.events).toMatchObject({ rows: 17_434, kept: 17_434 });
    expect(report.eventsByType).toEqual({ view: 17_055, favourite: 0, cart: 165, purchase: 214 });
  });
});

describe('taobao', () => {
  test('reads the original file too, which has no header', async () => {
    const file = write('taobao.csv', [
      '1,2268318,2520377,pv,1511544070',
      '1,2333346,2520771,fav,1511561733',
      '1,5,7,buy,1511561734',
    ]);
    const { log, product } = await read('taobao', file);
    expect([...log.type]).toEqual([0, 1, 3]);
    expect(product('2268318')).toMatchObject({ category: ['2520377'], price: null });
  });

  onShared('taobao/user_behavior.csv.gz', 'keeps every event of the sample', async (file) => {
    const { report } = await read('taobao', file);
    expect(report.events).toMatchObject({ rows: 96_168, kept: 96_168 });
    expect(report.customers).toBe(58_732);
  });
});
