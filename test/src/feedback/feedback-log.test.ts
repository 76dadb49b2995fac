import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/context.ts';
import {
  exposureId,
  type FeedbackEvent,
  FeedbackLog,
  type FeedbackLogOptions,
  feedbackEvent,
  readExposureId,
} from '../../../src/feedback/index.ts';
import { listSegments, readSegment } from '../../../src/journal/index.ts';
import { Workspace } from '../../../src/release/index.ts';
import { testContext } from '../index/worlds.ts';

const { logger } = testContext();
const now = Date.parse('2026-11-20T12:00:00Z');
const clock = { ...systemClock, now: () => new Date(now) };

async function workspace(): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'oneway-feedback-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return new Workspace(root);
}

async function opened(place: Workspace, options: Partial<FeedbackLogOptions> = {}): Promise<FeedbackLog> {
  const log = await FeedbackLog.open(place, { logger, clock, ...options });
  onTestFinished(() => log.close());
  return log;
}

const click = (id: string, changes: Partial<FeedbackEvent> = {}): FeedbackEvent =>
  ({ type: 'click', id, visitor: 'ann@example.org', product: 'p1', ...changes }) as FeedbackEvent;
const sent = (...events: FeedbackEvent[]) => events.map((event) => ({ event, robot: false }));

async function kept(place: Workspace): Promise<Readonly<Record<string, unknown>>[]> {
  const records: Readonly<Record<string, unknown>>[] = [];
  for (const { path } of await listSegments(join(place.root, 'feedback')))
    for await (const line of readSegment(path)) if ('record' in line) records.push(line.record);
  return records;
}

describe('a feedback log', () => {
  test('keeps an event once, however often and at once it is sent', async () => {
    const place = await workspace();
    const log = await opened(place);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => log.add(sent(click('a'), click('b'), click('a')))),
    );
    expect(outcomes.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(2);
    expect(outcomes.reduce((sum, { repeated }) => sum + repeated, 0)).toBe(58);
    expect(await log.add(sent(click('a'), click('c')))).toEqual({ accepted: 1, repeated: 1 });
    expect(await log.add([])).toEqual({ accepted: 0, repeated: 0 });
    expect((await kept(place)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  test('remembers across restarts, as many as it is told to', async () => {
    const place = await workspace();
    const first = await opened(place, { segmentBytes: 500 });
    for (let i = 0; i < 30; i++) await first.add(sent(click(`e${i}`)));
    await first.close();
    const all = await opened(place);
    expect(await all.add(sent(...Array.from({ length: 30 }, (_, i) => click(`e${i}`))))).toEqual({
      accepted: 0,
      repeated: 30,
    });
    await all.close();
    const few = await opened(place, { rememberedEvents: 3 });
    expect(await few.add(sent(click('e29'), click('e27')))).toEqual({ accepted: 0, repeated: 2 });
    expect(await few.add(sent(click('e0')))).toEqual({ accepted: 1, repeated: 0 });
  });

  test('two visitors may use the same id', async () => {
    const log = await opened(await workspace());
    expect(await log.add(sent(click('1'), click('1', { visitor: 'bob' })))).toEqual({ accepted: 2, repeated: 0 });
  });

  test('hashes visitors with a key that stays in the workspace, and keeps no user agent', async () => {
    const place = await workspace();
    const first = await opened(place);
    await first.add(sent(click('a', { userAgent: 'Secret/1.0' }), click('b'), click('c', { visitor: 'bob' })));
    await first.close();
    const second = await opened(place);
    await second.add(sent(click('d')));
    const records = await kept(place);
    const visitors = records.map(({ visitor }) => visitor as string);
    expect(visitors[0]).toMatch(/^[\w-]{22}$/);
    expect([visitors[1], visitors[3]]).toEqual([visitors[0], visitors[0]]);
    expect(visitors[2]).not.toBe(visitors[0]);
    expect(JSON.stringify(records)).not.toMatch(/ann|example|Secret/);
    const file = join(place.root, 'feedback', 'visitors.json');
    expect((await stat(file)).mode & 0o77).toBe(0);
    expect(JSON.parse(await readFile(file, 'utf8')).key).toMatch(/^[0-9a-f]{64}$/);
    const other = await workspace();
    await (await opened(other)).add(sent(click('a')));
    expect((await kept(other))[0]!.visitor).not.toBe(visitors[0]);
  });

  test('keeps visitors as they are where it is told to', async () => {
    const place = await workspace();
    await (await opened(place, { visitors: 'plain' })).add(sent(click('a')));
    expect((await kept(place))[0]!.visitor).toBe('ann@example.org');
  });

  test('times: as sent, those to come as now, arrival where none is given; robots are marked', async () => {
    const place = await workspace();
    const log = await opened(place);
    await log.add([
      ...sent(click('a', { time: '2026-11-20T10:00:00+01:00' }), click('b', { time: '2030-01-01T00:00:00Z' })),
      { event: click('c'), robot: true },
    ]);
    expect((await kept(place)).map(({ time, at, robot }) => [time, at, robot])).toEqual([
      [Date.parse('2026-11-20T09:00:00Z'), now, undefined],
      [now, now, undefined],
      [now, now, true],
    ]);
  });
});

describe('the schema of an event', () => {
  const exposure = { type: 'exposure', id: 'x', visitor: 'v', exposure: 'e', products: ['p'] };
  test.each<[string, unknown]>([
    ['an action', click('a')],
    ['an action with everything', click('a', { exposure: 'e', time: '2026-01-01T00:00:00.123Z', userAgent: 'x' })],
    ['an exposure', exposure],
    ['emoji', click('😀')],
  ])('takes %s', (_name, event) => {
    expect(Value.Check(feedbackEvent, event)).toBe(true);
  });
  test.each<[string, unknown]>([
    ['another type', { ...click('a'), type: 'view' }],
    ['an unknown field', { ...click('a'), price: 1 }],
    ['no id', { ...click('a'), id: '' }],
    ['a control character', click('a\n')],
    ['half a character', click('\ud83d')],
    ['an exposure without products', { ...exposure, products: [] }],
    ['an exposure without an id', { ...exposure, exposure: undefined }],
    ['an action with products', { ...click('a'), products: ['p'] }],
    ['a time without a zone', click('a', { time: '2026-01-01T00:00:00' })],
    ['a long id', click('x'.repeat(129))],
  ])('refuses %s', (_name, event) => {
    expect(Value.Check(feedbackEvent, event)).toBe(false);
  });
});

describe('an exposure id', () => {
  test('says where the answer came from', () => {
    const from = { release: '20251120T232933123Z-2920a358', variant: 'spring.b', strategy: 'exact' };
    const id = exposureId('01jd', from);
    expect(readExposureId(id)).toEqual(from);
    expect(readExposureId(exposureId('1', { ...from, variant: null }))).toEqual({ ...from, variant: null });
    expect(id).toMatch(/^[\w.~-]{20,200}$/);
  });
  test.each(['', 'x', '~~~', 'a~b~c', 'a~b~~', 'a~b~c~d~e'])('%s is none', (text) => {
    expect(readExposureId(text)).toBeNull();
  });
});
