import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type Action,
  actions,
  attributeFeedback,
  type FeedbackFigures,
  type KeptEvent,
} from '../../../src/feedback/index.ts';
import { encodeLine } from '../../../src/journal/index.ts';
import { Random } from '../../../src/random.ts';

async function attribute(events: readonly KeptEvent[], extra = '', windowHours = 24): Promise<FeedbackFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'oneway-attribution-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'feedback.ndjson');
  const lines = events.map((record, i) => encodeLine({ sequence: i + 1, record }).toString());
  await writeFile(path, lines.join('') + extra);
  return attributeFeedback(path, { windowHours });
}

const hour = 3_600_000;
let count = 0;
const shown = (exposure: string, visitor: string, products: string[], hours = 0): KeptEvent => ({
  type: 'exposure',
  id: `s${count++}`,
  visitor,
  exposure,
  products,
  time: 1e12 + hours * hour,
  at: 1e12,
});
const acted = (type: Action, visitor: string, product: string, hours = 1, exposure?: string): KeptEvent => ({
  type,
  id: `a${count++}`,
  visitor,
  product,
  time: 1e12 + hours * hour,
  at: 1e12,
  ...(exposure ? { exposure } : {}),
});
const a = (n: number) => `n${n}~index~test.a~r1`;
const b = (n: number) => `n${n}~exact~test.b~r2`;
const none = (n: number) => `n${n}~exact~~r1`;

describe('credit', () => {
  test('goes to the exposure that is named, else to the last one within the window, else to none', async () => {
    const figures = await attribute([
      shown(a(1), 'v1', ['p', 'q', 'r']),
      shown(b(2), 'v1', ['q', 'x'], 2),
      shown(none(3), 'v2', ['p'], 0),
      acted('click', 'v1', 'q', 3, a(1)),
      acted('cart', 'v1', 'q', 3),
      acted('purchase', 'v1', 'r', 4),
      acted('purchase', 'v1', 'p', 25),
      acted('click', 'v1', 'x', 1),
      acted('click', 'v3', 'p', 1),
      acted('click', 'v2', 'zzz', 1, none(3)),
      acted('click', 'v2', 'p', 24, 'garbage'),
    ]);
    expect(figures.events).toEqual({ exposure: 3, click: 5, cart: 1, purchase: 2 });
    expect(figures.credited).toEqual({
      click: { named: 1, window: 1, none: 3 },
      cart: { named: 0, window: 1, none: 0 },
      purchase: { named: 0, window: 1, none: 1 },
    });
    const short = figures.groups.map(({ release, variant, exposures, visitors, perExposure }) => [
      release,
      variant,
      exposures,
      visitors,
      ...actions.map((action) => perExposure[action].count),
    ]);
    expect(short).toEqual([
      ['r1', null, 1, 1, 1, 0, 0],
      ['r1', 'test.a', 1, 1, 1, 0, 1],
      ['r2', 'test.b', 1, 1, 0, 1, 0],
    ]);
    expect(figures.positions).toMatchObject([
      { position: 1, clicked: { count: 1, of: 3 } },
      { position: 2, clicked: { count: 1, of: 2 } },
      { position: 3, clicked: { count: 0, of: 1 } },
    ]);
    expect(figures.from).toBe(new Date(1e12).toISOString());
  });

  test('leaves robots, repetitions, corrupt and foreign lines out, and counts an exposure once', async () => {
    const click = acted('click', 'v', 'p', 1, a(1));
    const figures = await attribute(
      [
        shown(a(1), 'v', ['p', 'p']),
        shown(a(1), 'v', ['p']),
        { ...shown(a(2), 'bot', ['p']), robot: true },
        shown('no exposure of ours', 'v', ['p']),
        click,
        click,
        { ...acted('click', 'v', 'p', 1, a(1)), robot: true },
      ],
      '{"corrupt":true}\nnot json\n\n',
    );
    expect(figures.events).toEqual({ exposure: 3, click: 1, cart: 0, purchase: 0 });
    expect(figures.groups).toHaveLength(1);
    expect(figures.groups[0]).toMatchObject({ exposures: 1, visitors: 1 });
    expect(figures.groups[0]!.perExposure.click).toMatchObject({ count: 1, of: 1 });
    expect(figures.positions).toMatchObject([{ position: 1, clicked: { count: 1, of: 1 } }]);
  });

  test('of nothing there is nothing', async () => {
    expect(await attribute([])).toMatchObject({ from: null, groups: [], comparisons: [], positions: [] });
    expect(await attribute([acted('click', 'v', 'p')])).toMatchObject({ credited: { click: { none: 1 } }, groups: [] });
  });
});

test('variants are compared by visitors, against the control', async () => {
  const events: KeptEvent[] = [];
  for (let i = 0; i < 400; i++) {
    const variant = i % 2 === 0 ? 'control' : 'bold';
    const id = (n: number) => `n${i}-${n}~index~spring.${variant}~r1`;
    events.push(shown(id(1), `v${i}`, ['p']), shown(id(2), `v${i}`, ['p']));
    if (i % (variant === 'control' ? 10 : 5) < 2) events.push(acted('click', `v${i}`, 'p', 1, id(2)));
  }
  const { variants, comparisons } = await attribute(events);
  expect(variants.map(({ variant, perVisitor }) => [variant, perVisitor.click.count, perVisitor.click.of])).toEqual([
    ['bold', 80, 200],
    ['control', 40, 200],
  ]);
  expect(comparisons).toMatchObject([{ experiment: 'spring', control: 'control', variant: 'bold' }]);
  const { click, purchase } = comparisons[0]!.difference;
  expect(click!.value).toBeCloseTo(0.2, 12);
  expect(click!.low).toBeGreaterThan(0.1);
  expect(click!.high).toBeLessThan(0.3);
  expect(purchase).toMatchObject({ value: 0 });
});

test('agrees with a slow and simple attribution on random journals', async () => {
  const random = new Random(7);
  for (let round = 0; round < 5; round++) {
    const events: KeptEvent[] = [];
    const pick = (prefix: string, n: number) => `${prefix}${Math.floor(random.uniform() * n)}`;
    for (let i = 0; i < 400; i++) {
      const visitor = pick('v', 6);
      // Distinct times, so that which exposure came last is no matter of taste.
      const hours = random.integer(360_000_000) / hour;
      const product = pick('p', 8);
      if (random.uniform() < 0.4)
        events.push(
          shown(
            `${i}~exact~t.${pick('x', 2)}~${pick('r', 2)}`,
            visitor,
            [...new Set([product, pick('p', 8), pick('p', 8)])],
            hours,
          ),
        );
      else {
        const named = events.filter((event) => event.type === 'exposure').at(-1)?.exposure;
        events.push(
          acted(
            actions[Math.floor(random.uniform() * 3)]!,
            visitor,
            product,
            hours,
            random.uniform() < 0.3 ? named : undefined,
          ),
        );
      }
    }
    const exposures = events.filter((event) => event.type === 'exposure');
    const hits = new Set<string>();
    const how = { named: 0, window: 0, none: 0 };
    for (const event of events) {
      if (event.type === 'exposure') continue;
      const named = exposures.find((one) => one.exposure === event.exposure && one.products.includes(event.product));
      const before = exposures
        .filter((one) => one.visitor === event.visitor && one.products.includes(event.product))
        .filter((one) => one.time <= event.time && event.time - one.time <= 24 * hour)
        .sort((one, other) => other.time - one.time)[0];
      how[named ? 'named' : before ? 'window' : 'none']++;
      const exposure = named ?? before;
      if (exposure !== undefined) hits.add(`${event.type} ${exposure.exposure}`);
    }
    const found = await attribute(events);
    const total = { named: 0, window: 0, none: 0 };
    for (const action of actions)
      for (const key of ['named', 'window', 'none'] as const) total[key] += found.credited[action][key];
    expect(total).toEqual(how);
    for (const group of found.groups) {
      for (const action of actions) {
        const expected = exposures.filter(({ exposure }) => {
          const [, , variant, release] = exposure!.split('~');
          return release === group.release && variant === group.variant && hits.has(`${action} ${exposure}`);
        });
        expect(group.perExposure[action].count).toBe(expected.length);
      }
    }
  }
});
