import { mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCatalogue } from '../../../src/catalogue/index.ts';
import { withDatabase } from '../../../src/database/index.ts';
import { codeUnitOrder } from '../../../src/events/encode.ts';
import {
  defaultIngestConfiguration,
  type IngestConfiguration,
  type IngestReport,
  type IngestRequest,
  ingest,
  readEventLog,
  sqlAmount,
  sqlTime,
} from '../../../src/events/index.ts';
import { failureOf, quietContext, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const lenient: IngestConfiguration = { ...defaultIngestConfiguration, maxRejectedShare: 1 };
const header = 'customer,product,type,time\n';
let runs = 0;

function freshFolder(): string {
  const path = join(folder.path, `run-${runs++}`);
  mkdirSync(path);
  return path;
}

async function run(request: IngestRequest, configuration = lenient) {
  const out = freshFolder();
  const report = await ingest(request, configuration, out, quietContext());
  const catalogue = await readCatalogue(out);
  const log = await readEventLog(out, catalogue.products.length);
  expect(readdirSync(out).sort()).toEqual(['catalogue.parquet', 'events.parquet', 'ingest.json']);
  return { out, report, catalogue, log };
}

const kindsOf = (counts: IngestReport['events']['rejected']) =>
  Object.fromEntries(counts.map(({ kind, count }) => [kind, count]));

describe('event files', () => {
  const lines = [
    'bob,p2,purchase,200',
    'al,p1,view,100',
    'bob,p10,view,50',
    'al,p1,favourite,100',
    'al,p2,cart,2019-10-01 00:00:00 UTC',
  ];
  const objects = lines.map((line) => {
    const [customer, product, type, time] = line.split(',');
    return JSON.stringify({ customer, product, type, time: /^\d+$/.test(time!) ? Number(time) : time });
  });

  test.each([
    ['events.csv', header + lines.join('\n')],
    ['events.csv.gz', `${header + lines.join('\r\n')}\r\n`],
    ['bom.csv', `\ufeff${header}${lines.join('\n')}\n`],
    ['events.tsv', (header + lines.join('\n')).replaceAll(',', '\t')],
    ['semicolon.csv', (header + lines.join('\n')).replaceAll(',', ';')],
    [
      'columns.csv',
      `Time,x,TYPE,product,customer\n${lines.map((l) => `${l.split(',')[3]},"1,\n2",${l.split(',')[2]?.toUpperCase()}, ${l.split(',')[1]} ,${l.split(',')[0]}`).join('\n')}`,
    ],
    ['events.jsonl', objects.join('\n')],
    ['events.ndjson.gz', `${objects.join('\n')}\n`],
  ])('%s becomes a sorted, encoded log', async (name, content) => {
    const { log, catalogue, report } = await run({ events: [folder.write(name, content)] });
    expect(catalogue.products.map(({ id }) => id)).toEqual(['p1', 'p10', 'p2']);
    expect([...log.customer]).toEqual([0, 0, 0, 1, 1]);
    expect([...log.product]).toEqual([0, 0, 2, 1, 2]);
    expect([...log.type]).toEqual([0, 1, 2, 0, 3]);
    expect([...log.time]).toEqual([100, 100, 1569888000, 50, 200]);
    expect(report).toMatchObject({
      events: { rows: 5, kept: 5, rejected: [], excluded: [] },
      eventsByType: { view: 2, favourite: 1, cart: 1, purchase: 1 },
      customers: 2,
      products: { total: 3, withEvents: 3, withoutCatalogueEntry: 3 },
      firstTime: '1970-01-01T00:00:50.000Z',
      lastTime: '2019-10-01T00:00:00.000Z',
    });
  });

  test('Parquet, with its own types', async () => {
    const file = join(folder.path, 'events.parquet');
    await withDatabase({}, ({ run: sql }) =>
      sql(`COPY (SELECT 7 AS customer, 'p' AS product, 'view' AS type, TIMESTAMP '2020-01-01 00:00:00' AS time
        UNION ALL SELECT NULL, 'p', 'view', TIMESTAMP '2020-01-01 00:00:00') TO '${file}' (FORMAT parquet)`),
    );
    const { log, report } = await run({ events: [file] });
    expect([...log.time]).toEqual([1577836800]);
    expect(report.events.rejected).toMatchObject([
      { kind: 'customer-missing', count: 1, samples: [{ file, line: 2 }] },
    ]);
  });

  test('every bad row is counted by kind, with its line and text', async () => {
    const file = folder.write(
      'bad.csv',
      `${header}a,p1,view,100\n\nb,p2\n"multi\nline",p3,view,100\nc,p3,view,1,2\nd,"p4,view,100\ne,,view,100\n,p6,view,100\ng,p7,poke,100\nh,p8,view,yesterday\ni,p9,view,-5\nNULL,p1,view,1\nj,p1,view,100\n`,
    );
    const { report } = await run({ events: [file] });
    expect(report.events).toMatchObject({ rows: 12, kept: 3 });
    expect(kindsOf(report.events.rejected)).toEqual({
      'customer-missing': 2,
      'time-invalid': 2,
      'fields-extra': 1,
      'fields-missing': 1,
      'product-missing': 1,
      'quote-broken': 1,
      'type-unknown': 1,
    });
    const sample = (kind: string) => report.events.rejected.find((entry) => entry.kind === kind)!.samples;
    expect(sample('fields-missing')).toEqual([{ file, line: 4, text: 'b,p2' }]);
    expect(sample('quote-broken')).toEqual([{ file, line: 8, text: 'd,"p4,view,100' }]);
    expect(sample('type-unknown')).toEqual([{ file, line: 11, text: 'g,p7,poke,100' }]);
    expect(sample('customer-missing').map(({ line }) => line)).toEqual([10, 14]);
  });

  test('bytes that are not UTF-8 and lines that are not JSON are rows of their own kind', async () => {
    const latin = folder.write('latin.csv', Buffer.from(`${header}Jos\xe9,p,view,1\nJan,p,view,2\n`, 'latin1'));
    expect(kindsOf((await run({ events: [latin] })).report.events.rejected)).toEqual({ 'encoding-invalid': 1 });
    const json = folder.write(
      'cut.jsonl',
      '{"customer":"a","product":"p","type":"view","time":1}\n{"customer":"b","prod',
    );
    const { report } = await run({ events: [json] });
    expect(report.events.rejected).toMatchObject([{ kind: 'json-invalid', count: 1, samples: [{ line: 2 }] }]);
  });

  test('rows = kept + rejected + excluded, whatever stands in the file', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '1', '"', ',', '\n', ' ', 'é'), maxLength: 4 });
    const line = fc.oneof(
      fc.constant('a,p,view,1'),
      fc.array(cell, { maxLength: 5 }).map((cells) => cells.join(',')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (rows) => {
        const { report, log } = await run({
          events: [folder.write('any.csv', `${header}z,p,view,1\n${rows.join('\n')}\n`)],
        });
        const lost = [...report.events.rejected, ...report.events.excluded].reduce((sum, { count }) => sum + count, 0);
        expect(report.events.kept + lost).toBe(report.events.rows);
        expect(log.customer).toHaveLength(report.events.kept);
      }),
      { numRuns: 25 },
    );
  });

  test('the same files give the same bytes, on one thread or two', async () => {
    const rows = Array.from(
      { length: 5000 },
      (_, i) => `c${(i * 7919) % 501},p${(i * 31) % 97},view,${1e9 + ((i * 104729) % 9973)}`,
    );
    const file = folder.write('many.csv', header + rows.join('\n'));
    const first = await run({ events: [file] }, { ...lenient, threads: 1 });
    const second = await run({ events: [file] });
    for (const name of ['events.parquet', 'catalogue.parquet']) {
      expect(readFileSync(join(first.out, name)).equals(readFileSync(join(second.out, name)))).toBe(true);
    }
  });

  test('several files add up', async () => {
    const events = [
      folder.write('one.csv', `${header}a,p,view,1\n`),
      folder.write('two.csv', `${header}a,p,view,1\nb,p,view\n`),
    ];
    const { report } = await run({ events: [...events, folder.write('none.csv', '')] });
    expect(report.events.files.map(({ rows }) => rows)).toEqual([1, 2, 0]);
    expect(report).toMatchObject({
      repeatedEvents: 1,
      events: { kept: 2, rejected: [{ samples: [{ file: events[1], line: 3 }] }] },
    });
  });
});

describe('mappings', () => {
  test("a shop's own columns, words and time format", async () => {
    const file = folder.write('own.csv', 'wer,was,wie,wann\nA,1,Kauf,31.12.2020 10:00\nA,2,blick,31.12.2020 11:00\n');
    const types = { purchase: ['kauf'], view: ['Blick'] };
    const eventMapping = {
      customer: 'wer',
      product: 'was',
      type: 'wie',
      time: 'wann',
      types,
      timeFormat: '%d.%m.%Y %H:%M',
    };
    const { log } = await run({ events: [file], eventMapping });
    expect([...log.type]).toEqual([3, 0]);
    expect(log.time[0]).toBe(Date.UTC(2020, 11, 31, 10) / 1000);
  });

  test('without a type column every row is a purchase', async () => {
    const file = folder.write('untyped.csv', 'c,p,t\na,b,1000\n');
    const { log } = await run({
      events: [file],
      eventMapping: { customer: 'c', product: 'p', time: 't', timeFormat: 'epoch-milliseconds' },
    });
    expect([log.type[0], log.time[0]]).toEqual([3, 1]);
  });

  test('an unknown key is refused', async () => {
    const eventMapping = { customer: 'c', product: 'p', time: 't', produkt: 'x' } as never;
    const error = await failureOf(run({ events: ['none.csv'], eventMapping }));
    expect(error.code).toBe('CONFIGURATION_INVALID');
  });
});

describe('catalogues', () => {
  const events = folder.write('few.csv', `${header}a,p1,view,1\na,p9,view,2\n`);

  test('fields, repairs, repeated ids, and products of the events that it lacks', async () => {
    const file = folder.write(
      'shop.csv',
      'id,title,brand,category,price,stock,hidden,attributes,extra\n' +
        'p2,"Case, red",Acme,Phones > Cases >,"€ 1.299,00",3,yes,"{""colour"":""red"",""n"":2,""none"":null}",x\n' +
        'p1,Phone,,,12.5,0,false,,x\np3,Odd,,,cheap,-1,,broken,x\n,Nameless,,,1,1,,,x\np1,Again,,,1,1,,,x\n',
    );
    const { catalogue, report } = await run({ events: [events], catalogue: [file] });
    expect(catalogue.products.map(({ id, title }) => [id, title])).toEqual([
      ['p1', 'Phone'],
      ['p2', 'Case, red'],
      ['p3', 'Odd'],
      ['p9', ''],
    ]);
    expect(catalogue.products[1]).toMatchObject({
      brand: 'Acme',
      category: ['Phones', 'Cases'],
      price: 1299,
      stock: 3,
      hidden: true,
      attributes: { colour: 'red', n: '2' },
    });
    expect(catalogue.products[2]).toMatchObject({ price: null, stock: null, hidden: false, attributes: {} });
    expect(report.catalogue).toMatchObject({ rows: 5, kept: 3 });
    expect(kindsOf(report.catalogue!.rejected)).toEqual({ 'id-missing': 1, 'id-repeated': 1 });
    expect(kindsOf(report.catalogue!.repaired)).toEqual({
      'price-invalid': 1,
      'stock-invalid': 1,
      'attributes-invalid': 1,
    });
    expect(report.products).toMatchObject({
      total: 4,
      withEvents: 2,
      withoutEvents: 2,
      withoutCatalogueEntry: 1,
      hidden: 1,
      soldOut: 1,
    });
  });

  test('JSON lines with lists and objects; one column per level; attribute columns', async () => {
    const json = folder.write(
      'shop.jsonl',
      '{"id":"p1","title":"T","category":["a","b > c"],"attributes":{"k":"v"},"hidden":true,"price":3}\n',
    );
    const fromJson = await run({ events: [events], catalogue: [json] });
    expect(fromJson.catalogue.products[0]).toMatchObject({
      category: ['a', 'b > c'],
      attributes: { k: 'v' },
      hidden: true,
      price: 3,
    });
    const csv = folder.write('levels.csv', 'sku,l1,l2,colour,size\np1,a,,red,\n');
    const catalogueMapping = { id: 'sku', category: ['l1', 'l2'], attributes: ['colour', 'size'] };
    const mapped = await run({ events: [events], catalogue: [csv], catalogueMapping });
    expect(mapped.catalogue.products[0]).toMatchObject({ category: ['a'], attributes: { colour: 'red' } });
  });

  test('a wrong column names the file, the column, and the columns found', async () => {
    const file = folder.write('wrong.csv', 'id,name\np1,x\n');
    const error = await failureOf(run({ events: [events], catalogue: [file] }));
    expect(error).toMatchObject({
      code: 'CATALOGUE_INVALID',
      details: { file, missing: ['title'], found: ['id', 'name'] },
    });
    const empty = await failureOf(run({ events: [events], catalogue: [folder.write('empty-shop.csv', '')] }));
    expect(empty.code).toBe('CATALOGUE_INVALID');
  });
});

describe('refusals', () => {
  const refuse = async (request: IngestRequest, configuration = defaultIngestConfiguration) => {
    const out = freshFolder();
    const error = await failureOf(ingest(request, configuration, out, quietContext()));
    expect(readdirSync(out)).toEqual([]);
    return error;
  };

  test('absent, empty, header only', async () => {
    expect((await refuse({ events: ['/nowhere/events.csv'] })).code).toBe('FILE_NOT_FOUND');
    expect((await refuse({ events: [] })).code).toBe('EVENTS_EMPTY');
    for (const content of ['', header]) {
      expect((await refuse({ events: [folder.write('e.csv', content)] })).code).toBe('EVENTS_EMPTY');
      expect((await refuse({ events: [folder.write('e.csv.gz', content)] })).code).toBe('EVENTS_EMPTY');
    }
    expect((await refuse({ events: [folder.write('e.jsonl', '')] })).code).toBe('EVENTS_EMPTY');
  });

  test('cut or false files are named', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `c${i},p${i},view,${i}`).join('\n');
    const cut = folder.write('cut.csv.gz', gzipSync(header + rows).subarray(0, -100));
    expect(await refuse({ events: [cut] })).toMatchObject({ code: 'EVENTS_INVALID', details: { file: cut } });
    const parquet = folder.write('false.parquet', 'no parquet');
    expect(await refuse({ events: [parquet] })).toMatchObject({ code: 'EVENTS_INVALID', details: { file: parquet } });
    expect((await refuse({ events: [folder.write('events.docx', 'x')] })).code).toBe('EVENTS_INVALID');
    expect((await refuse({ events: [folder.write('wide.csv', Buffer.from(`\ufeff${header}`, 'utf16le'))] })).code).toBe(
      'EVENTS_INVALID',
    );
  });

  test('too many bad rows, in all or of one kind', async () => {
    const file = folder.write('poor.csv', `${header}a,p,view,1\nb,p,view\n`);
    expect(await refuse({ events: [file] })).toMatchObject({ code: 'TOO_MANY_BAD_ROWS', details: { rows: 2 } });
    const strict = { ...lenient, maxRejectedShareByKind: { 'fields-missing': 0.1 } };
    expect((await refuse({ events: [file] }, strict)).code).toBe('TOO_MANY_BAD_ROWS');
  });

  test('a failed run leaves the last good one as it was', async () => {
    const { out } = await run({ events: [folder.write('good.csv', `${header}a,p,view,1\n`)] });
    const before = readFileSync(join(out, 'ingest.json'), 'utf8');
    await failureOf(ingest({ events: [folder.write('gone.csv', '')] }, lenient, out, quietContext()));
    expect(readFileSync(join(out, 'ingest.json'), 'utf8')).toBe(before);
    expect(readdirSync(out)).toHaveLength(3);
  });

  test('an aborted run says so and leaves nothing', async () => {
    const out = freshFolder();
    const file = folder.write('fine.csv', `${header}a,p,view,1\n`);
    const error = await failureOf(ingest({ events: [file] }, lenient, out, quietContext(AbortSignal.abort())));
    expect(error.code).toBe('ABORTED');
    expect(readdirSync(out)).toEqual([]);
  });

  test('stopped at any task, it leaves nothing', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `c${i % 700},p${i % 90},view,${i}`).join('\n');
    const request = {
      events: [folder.write('long.csv', header + rows)],
      catalogue: [folder.write('long-shop.csv', 'id,title\np1,x\n')],
    };
    for (const task of [1, 2, 3]) {
      const out = freshFolder();
      const stop = new AbortController();
      let tasks = 0;
      const start = () => {
        tasks++;
        if (tasks === task) stop.abort();
      };
      const context = { ...quietContext(stop.signal), progress: { start, update() {}, end() {} } };
      expect((await failureOf(ingest(request, lenient, out, context))).code).toBe('ABORTED');
      expect(tasks).toBe(task);
      expect(readdirSync(out)).toEqual([]);
    }
  });

  test('an event table that is absent, cut, or of another catalogue is refused', async () => {
    const { out } = await run({ events: [folder.write('two-products.csv', `${header}a,p,view,1\na,q,view,2\n`)] });
    await expect(readEventLog(out, 1)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    truncateSync(join(out, 'events.parquet'), 100);
    await expect(readEventLog(out, 2)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await expect(readEventLog(freshFolder(), 2)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

describe('values in SQL', () => {
  const evaluate = (expression: string, values: readonly string[]) =>
    withDatabase({}, async ({ rows }) => {
      const list = values.map((value, i) => `(${i}, '${value}')`).join(', ');
      return (await rows(`SELECT ${expression} AS v FROM (VALUES ${list}) t(i, x) ORDER BY i`)).map((row) => row.v);
    });

  test('times', async () => {
    const times = [
      '1569888000',
      '1569888000123',
      '1569888000123456',
      '2019-10-01T02:00:00+02:00',
      '2019-10-01',
      'soon',
    ];
    const found = await evaluate(`floor(${sqlTime('x')})`, times);
    expect(found).toEqual([1569888000, 1569888000, 1569888000, 1569888000, 1569888000, null]);
  });

  test('amounts', async () => {
    const amounts = ['12.5', '12,5', '1,234', '1,234.50', '1.234,50', '£3.99', '-1', 'free', '1e400'];
    expect(await evaluate(sqlAmount('x'), amounts)).toEqual([12.5, 12.5, 1234, 1234.5, 1234.5, 3.99, null, null, null]);
  });

  test('code-unit order is JavaScript order', async () => {
    const words = ['😀', '\ue000', 'a', '\uffff', '\ud7ff', 'a😀', 'a\uff00', 'aa', '', 'Z'];
    await withDatabase({}, async ({ rows }) => {
      const found = await rows(
        `SELECT x FROM (VALUES ${words.map((word) => `('${word}')`).join(', ')}) t(x) ORDER BY ${codeUnitOrder('x')}`,
      );
      expect(found.map(({ x }) => x)).toEqual([...words].sort());
    });
  });
});
