import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { readCatalogue } from '../../src/catalogue/index.ts';
import { systemClock } from '../../src/context.ts';
import { type IngestReport, ownAdapter } from '../../src/events/index.ts';
import { type FeedbackEvent, type FeedbackFigures, FeedbackLog } from '../../src/feedback/index.ts';
import { listSegments } from '../../src/journal/index.ts';
import { ChangeLog } from '../../src/overlay/index.ts';
import { Workspace } from '../../src/release/index.ts';
import { readJson } from '../../src/storage/index.ts';
import { refreshConfigurationOf } from '../../training/index.ts';
import { forgetFeedback, recordJournals } from '../../training/journals.ts';
import { runStages } from '../../training/pipeline/index.ts';
import { prepareRun } from '../../training/refresh.ts';
import { ingestStage } from '../../training/stages/ingest.ts';
import { quietContext } from '../quiet-context.ts';

const context = quietContext();
const { logger } = context;
const clock = systemClock;
let workspace: Workspace;
let source: { events: string[]; catalogue: string[]; adapter: typeof ownAdapter };

beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), 'oneway-journals-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  workspace = new Workspace(join(root, 'workspace'));
  await mkdir(workspace.root);
  const events = join(root, 'events.csv');
  const catalogue = join(root, 'catalogue.csv');
  await writeFile(events, 'customer,product,type,time\nann,p1,purchase,2026-01-01\nbob,p2,purchase,2026-01-02\n');
  await writeFile(
    catalogue,
    'id,title,brand,category,price,stock,attributes\np1,One,B,a > b,1,5,"{""c"":""d""}"\np2,Two,,,2,,\n',
  );
  source = { events: [events], catalogue: [catalogue], adapter: ownAdapter };
});

const action = (type: string, id: string, product: string): FeedbackEvent =>
  ({ type, id, visitor: 'ann', product, time: '2026-02-01T00:00:00Z' }) as FeedbackEvent;

async function sendFeedback(...events: FeedbackEvent[]): Promise<void> {
  const log = await FeedbackLog.open(workspace, { logger, clock, visitors: 'plain' });
  await log.add(events.map((event) => ({ event, robot: event.userAgent === 'bot' })));
  await log.close();
}

async function ingested(given: object = {}) {
  const configuration = refreshConfigurationOf({ ingest: { maxRejectedShare: 0.5 }, ...given });
  const environment = await prepareRun({ source, seed: 1, backend: 'cpu' }, configuration, workspace, context);
  const [stage] = await runStages([ingestStage], environment.folder, environment, context);
  const report = (await readJson(join(stage!.folder, 'ingest.json'))) as IngestReport;
  const { products } = await readCatalogue(stage!.folder);
  const figures = (await readJson(join(stage!.folder, 'feedback.json')).catch(() => null)) as FeedbackFigures | null;
  return { environment, stage: stage!, report, products, figures };
}

describe('feedback', () => {
  test('that was learned from and is old is forgotten after a refresh, and nothing else', async () => {
    for (const id of ['e1', 'e2', 'e3']) await sendFeedback(action('click', id, 'p1'));
    const folder = join(workspace.root, 'feedback');
    const [oldest] = await listSegments(folder);
    await utimes(oldest!.path, new Date(), new Date(clock.now().getTime() - 800 * 86_400_000));
    const { environment } = await ingested();
    await sendFeedback(action('click', 'e4', 'p1'));
    const kept = refreshConfigurationOf({ feedback: { keepDays: 900 } });
    expect(await forgetFeedback(workspace, environment.journals, kept, context)).toBe(0);
    expect(await forgetFeedback(workspace, environment.journals, environment.configuration, context)).toBe(1);
    expect((await listSegments(folder)).map(({ path }) => path)).not.toContain(oldest!.path);
    expect(await listSegments(folder)).toHaveLength(3);
    const shortest = refreshConfigurationOf({ feedback: { keepDays: 1 } });
    expect(await forgetFeedback(workspace, environment.journals, shortest, context)).toBe(0);
  });

  test('comes beside the files, every line accounted for; exposures, robots and repetitions left aside', async () => {
    await sendFeedback(
      action('purchase', '1', 'p2'),
      action('cart', '2', 'p2'),
      action('click', '3', 'p3'),
      {
        type: 'exposure',
        id: '4',
        visitor: 'ann',
        exposure: 'n~exact~~r1',
        products: ['p2'],
        time: '2026-01-31T23:00:00Z',
      },
      { ...action('click', '5', 'p1'), userAgent: 'bot' },
    );
    const [segment] = await listSegments(join(workspace.root, 'feedback'));
    const text = await readFile(segment!.path, 'utf8');
    await writeFile(segment!.path, `${text}${text.split('\n')[0]}\n${text.split('\n')[1]!.replace('cart', 'cars')}\n`);
    const { report, products, figures } = await ingested();
    expect(report.eventsByType).toEqual({ view: 1, favourite: 0, cart: 1, purchase: 3 });
    expect(report.customers).toBe(2);
    expect(report.events).toMatchObject({ rows: 9, kept: 5 });
    expect(report.events.files.map(({ rows }) => rows)).toEqual([2, 7]);
    const kinds = (list: IngestReport['events']['excluded']) =>
      Object.fromEntries(list.map(({ kind, count }) => [kind, count]));
    expect(kinds(report.events.excluded)).toEqual({
      'feedback-exposure': 1,
      'feedback-repeated': 1,
      'feedback-robot': 1,
    });
    expect(kinds(report.events.rejected)).toEqual({ 'feedback-corrupt': 1 });
    expect(products.map(({ id }) => id)).toEqual(['p1', 'p2', 'p3']);
    expect(figures?.groups).toMatchObject([{ release: 'r1', variant: null, exposures: 1 }]);
    expect(figures?.groups[0]?.perExposure.purchase.count).toBe(1);
  });

  test('makes another run; without any, or not wanted, there is none', async () => {
    const before = await ingested();
    expect([before.figures, before.report.events.rows]).toEqual([null, 2]);
    await sendFeedback(action('purchase', '1', 'p2'));
    const after = await ingested();
    expect(after.environment.run).not.toBe(before.environment.run);
    expect(after.report.events.rows).toBe(3);
    const again = await ingested();
    expect([again.environment.run, again.stage.resumed]).toEqual([after.environment.run, true]);
    const unread = await ingested({ feedback: { read: false } });
    expect(unread.report.events.rows).toBe(2);
  });

  test('of types that are not wanted is left out by name', async () => {
    await sendFeedback(action('purchase', '1', 'p2'), action('cart', '2', 'p2'));
    const { report } = await ingested({ feedback: { types: ['cart'] } });
    expect(report.eventsByType).toMatchObject({ purchase: 2, cart: 1 });
    expect(report.events.excluded).toMatchObject([{ kind: 'feedback-type-left-out', count: 1 }]);
    expect((await ingested({ feedback: { types: [] } })).report.events.kept).toBe(2);
  });

  test('that a service is writing comes with the next refresh; what a killed one left is sealed', async () => {
    const log = await FeedbackLog.open(workspace, { logger, clock });
    onTestFinished(() => log.close());
    await log.add([{ event: action('purchase', '1', 'p2'), robot: false }]);
    expect((await ingested()).report.events.rows).toBe(2);
    await log.seal();
    await log.add([{ event: action('purchase', '2', 'p2'), robot: false }]);
    expect((await ingested()).report.events.rows).toBe(3);
    const [, open] = await listSegments(join(workspace.root, 'feedback'));
    const copy = await readFile(open!.path);
    await log.close();
    await rm(open!.path.replace('.open', '.ndjson'));
    await writeFile(open!.path, copy);
    expect((await ingested()).report.events.rows).toBe(4);
    expect((await listSegments(join(workspace.root, 'feedback'))).every(({ sealed }) => sealed)).toBe(true);
  });

  test('a run that was begun goes on with what it began with, until its report is there', async () => {
    await sendFeedback(action('purchase', '1', 'p2'));
    const first = await ingested();
    await recordJournals(first.environment.folder, first.environment.base, first.environment.journals);
    await sendFeedback(action('purchase', '2', 'p2'));
    const second = await ingested();
    expect([second.environment.run, second.stage.resumed]).toEqual([first.environment.run, true]);
    await mkdir(join(first.environment.folder, 'report'));
    const third = await ingested();
    expect(third.environment.run).not.toBe(first.environment.run);
    expect(third.report.events.rows).toBe(4);
  });
});

describe('catalogue changes', () => {
  async function change(work: (log: ChangeLog) => Promise<unknown>): Promise<void> {
    const log = await ChangeLog.open(workspace, { logger, clock });
    await work(log);
    await log.close();
  }

  test('are laid over the catalogue, new products added, withdrawn ones hidden', async () => {
    await change(async (log) => {
      await log.put('p1', {
        price: null,
        stock: 0,
        title: 'Uno',
        attributes: { 'a"b': "it's" },
        category: ['x > y', 'z'],
      });
      await log.put('p9', { title: 'Neu', price: 9.5, brand: 'N' });
      await log.withdraw('p2');
      await log.withdraw('never-seen');
    });
    const { products, report } = await ingested();
    expect(report.catalogueChanges).toBe(4);
    expect(products).toMatchObject([
      {
        id: 'p1',
        title: 'Uno',
        brand: 'B',
        category: ['x > y', 'z'],
        price: null,
        stock: 0,
        hidden: false,
        attributes: { 'a"b': "it's" },
      },
      { id: 'p2', title: 'Two', price: 2, hidden: true },
      {
        id: 'p9',
        title: 'Neu',
        description: '',
        brand: 'N',
        category: [],
        price: 9.5,
        stock: null,
        hidden: false,
        attributes: {},
      },
    ]);
  });

  test('are held against a derived catalogue too', async () => {
    await change(async (log) => {
      await log.put('p1', { title: 'Uno' });
      await log.withdraw('p2');
    });
    source = { ...source, catalogue: [] };
    const { catalogue: _none, ...rest } = source;
    source = rest as typeof source;
    const { products } = await ingested();
    expect(products).toMatchObject([
      { id: 'p1', title: 'Uno', hidden: false },
      { id: 'p2', title: '', hidden: true },
    ]);
  });

  test('that a newer catalogue must have are not', async () => {
    await change((log) => log.put('p1', { title: 'Uno' }));
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
    await utimes(source.catalogue[0]!, hours(0.5), hours(0.5));
    expect((await ingested()).products[0]?.title).toBe('Uno');
    await utimes(source.catalogue[0]!, hours(1.5), hours(1.5));
    const { products, environment } = await ingested();
    expect(products[0]?.title).toBe('One');
    expect(environment.catalogueAsOf).toBe(Math.floor((await stat(source.catalogue[0]!)).mtimeMs));
    expect((await ingested({ catalogue: { settleMinutes: 120 } })).products[0]?.title).toBe('Uno');
    expect((await ingested({ catalogue: { settleMinutes: 120, changes: false } })).products[0]?.title).toBe('One');
    expect(await readdir(join(workspace.root, 'changes'))).toHaveLength(1);
  });
});
