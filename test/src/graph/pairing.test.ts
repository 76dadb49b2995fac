import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventType } from '../../../src/events/types.ts';
import {
  buildProductGraph,
  defaultGraphConfiguration,
  type EdgeList,
  type GraphConfiguration,
  pairEvents,
} from '../../../src/graph/index.ts';
import { edgeMap, type LoggedEvent, logOf, quietContext } from './logs.ts';

const day = 86_400;
/** Nothing but order, window and decay: every pair is an edge. */
const open: GraphConfiguration = {
  ...defaultGraphConfiguration,
  windowDays: 90,
  halfLifeDays: 30,
  minimumSupport: 1,
  minimumCoViews: 1,
  togetherWeight: 0,
  customerNormalisation: 0,
  minimumOrderShare: 0,
  minimumSurprise: 0,
  popularityDiscount: 0,
};

function pair(events: readonly LoggedEvent[], configuration: Partial<GraphConfiguration> = {}) {
  const customers = Math.max(0, ...events.map((e) => e[0] + 1));
  const products = Math.max(0, ...events.map((e) => e[1] + 1));
  return pairEvents(logOf(events, customers, products), { ...open, ...configuration }, quietContext());
}

interface Evidence {
  weight: number;
  after: number;
  together: number;
  togetherWeight: number;
  before: number;
}

/** The definition, as a double loop over each customer's events; no caps. */
function bruteForceBought(events: readonly LoggedEvent[], configuration: GraphConfiguration) {
  const pairs = new Map<string, Evidence>();
  const evidence = (key: string) => {
    const found = pairs.get(key) ?? { weight: 0, after: 0, together: 0, togetherWeight: 0, before: 0 };
    pairs.set(key, found);
    return found;
  };
  const window = (configuration.windowDays ?? Number.POSITIVE_INFINITY) * day;
  const halfLifeHours = (configuration.halfLifeDays ?? Number.POSITIVE_INFINITY) * 24;
  const gainOf = (e: LoggedEvent, first: number) =>
    configuration.eventWeights[e[2]] * 2 ** (-Math.floor((e[3] - first) / 3600) / halfLifeHours);
  const buyers = new Map<number, number>();
  for (const customer of new Set(events.map((e) => e[0]))) {
    const mine = [...new Map(events.filter((e) => e[0] === customer).map((e) => [e.join(), e])).values()];
    const purchases = mine.filter((e) => e[2] === 'purchase');
    for (const u of new Set(purchases.map((e) => e[1]))) {
      buyers.set(u, (buyers.get(u) ?? 0) + 1);
      const first = Math.min(...purchases.filter((e) => e[1] === u).map((e) => e[3]));
      const others = mine.filter((e) => e[1] !== u);
      const later = others.filter(
        (e) => e[3] > first && e[3] - first <= window && configuration.eventWeights[e[2]] > 0,
      );
      const same = others.filter((e) => e[2] === 'purchase' && e[3] === first);
      const sum =
        later.reduce((total, e) => total + gainOf(e, first), 0) + (same.length * configuration.togetherWeight) / 2;
      const norm = Math.max(sum, 1) ** -configuration.customerNormalisation;
      const after = new Set(later.map((e) => e[1]));
      for (const v of after) {
        const pair = evidence(`${u}→${v}`);
        pair.after++;
        pair.weight += norm * Math.max(...later.filter((e) => e[1] === v).map((e) => gainOf(e, first)));
      }
      for (const [, v] of same) {
        const pair = evidence(`${u}→${v}`);
        pair.togetherWeight += norm * configuration.togetherWeight;
        if (!after.has(v)) pair.together++;
      }
      const earlier = others.filter((e) => e[2] === 'purchase' && e[3] < first && first - e[3] <= window);
      for (const v of new Set(earlier.map((e) => e[1]))) evidence(`${u}→${v}`).before++;
    }
  }
  const total = [...buyers.values()].reduce((sum, count) => sum + count, 0);
  const share = ({ after, before }: Evidence) => (after + 1) / (after + before + 2);
  const counted = configuration.togetherWeight > 0;
  const support = (pair: Evidence) => pair.after + (counted ? share(pair) * pair.together : 0);
  const edges = new Map<string, [number, number]>();
  for (const [key, pair] of pairs) {
    const [u, v] = key.split('→').map(Number);
    const row = [...pairs].filter(([other]) => other.startsWith(`${u}→`));
    const expected =
      (row.reduce((sum, [, other]) => sum + support(other), 0) * Math.max(buyers.get(v!) ?? 0, 1)) / Math.max(total, 1);
    if (pair.after + (counted ? pair.together : 0) === 0 || share(pair) < configuration.minimumOrderShare) continue;
    if (support(pair) < configuration.minimumSupport) continue;
    if (
      configuration.minimumSurprise > 0 &&
      support(pair) < expected + configuration.minimumSurprise * Math.sqrt(expected)
    )
      continue;
    edges.set(key, [pair.weight + share(pair) * pair.togetherWeight, pair.after + (counted ? pair.together : 0)]);
  }
  return edges;
}

function bruteForceViewed(events: readonly LoggedEvent[], gapSeconds: number) {
  const sums = new Map<string, [number, number]>();
  for (const customer of new Set(events.map((e) => e[0]))) {
    const views = events.filter((e) => e[0] === customer && e[2] === 'view').sort((a, b) => a[3] - b[3]);
    const sessions: Set<number>[] = [];
    views.forEach((e, i) => {
      if (i === 0 || e[3] - views[i - 1]![3] > gapSeconds) sessions.push(new Set());
      sessions.at(-1)!.add(e[1]);
    });
    const best = new Map<string, number>();
    for (const session of sessions) {
      for (const u of session) {
        for (const v of session) {
          if (u !== v) best.set(`${u}→${v}`, Math.max(best.get(`${u}→${v}`) ?? 0, 1 / (session.size - 1)));
        }
      }
    }
    for (const [key, gain] of best) {
      const [weight, count] = sums.get(key) ?? [0, 0];
      sums.set(key, [weight + gain, count + 1]);
    }
  }
  return sums;
}

/** Counts exactly; weights within the fixed point of 2⁻²⁰ a customer. */
function expectSame(edges: EdgeList, wanted: ReadonlyMap<string, readonly [number, number]>) {
  const found = edgeMap(edges);
  expect(Object.keys(found).sort()).toEqual([...wanted.keys()].sort());
  for (const [key, [weight, count]] of wanted) {
    expect(found[key]![1]).toBe(count);
    expect(found[key]![0]).toBeCloseTo(weight, 4);
  }
}

const types: readonly EventType[] = ['view', 'favourite', 'cart', 'purchase'];
const event = fc.tuple(
  fc.nat(3),
  fc.nat(5),
  fc.constantFrom(...types, 'purchase' as const),
  fc.integer({ min: 0, max: 40 }).map((slot) => 1_600_000_000 + slot * 25_000),
) as fc.Arbitrary<LoggedEvent>;
const logs = fc.array(event, { maxLength: 60 });
const configurations = fc.record({
  windowDays: fc.constantFrom(null, 0.3, 2, 90),
  halfLifeDays: fc.constantFrom(null, 0.5, 30),
  eventWeights: fc.constantFrom(
    { view: 0, favourite: 0, cart: 0, purchase: 1 },
    { view: 0.1, favourite: 0.2, cart: 0.3, purchase: 1 },
    { view: 1, favourite: 0, cart: 0, purchase: 0 },
  ),
  togetherWeight: fc.constantFrom(0, 1, 3),
  customerNormalisation: fc.constantFrom(0, 0.5, 1),
  minimumOrderShare: fc.constantFrom(0, 0.4),
  minimumSupport: fc.constantFrom(1, 2),
  minimumSurprise: fc.constantFrom(0, 1.0371),
});

describe('pairEvents', () => {
  it('equals the double loop over each customer', () => {
    fc.assert(
      fc.property(logs, configurations, (events, changes) => {
        const configuration = { ...open, ...changes };
        const { bought } = pairEvents(logOf(events, 4, 6), configuration, quietContext());
        expectSame(bought, bruteForceBought(events, configuration));
      }),
      { numRuns: 300 },
    );
  });

  it('pairs views as the double loop over each session does', () => {
    fc.assert(
      fc.property(logs, fc.constantFrom(30, 416, 417, 900), (events, viewGapMinutes) => {
        const { viewed } = pairEvents(logOf(events, 4, 6), { ...open, viewGapMinutes }, quietContext());
        const wanted = bruteForceViewed(events, viewGapMinutes * 60);
        if (viewed === null) expect(wanted.size).toBe(0);
        else expectSame(viewed, wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same bytes for the same events in any order and under any customer numbering', () => {
    const shuffled = logs.chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray(events, { minLength: events.length }),
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
      ),
    );
    fc.assert(
      fc.property(shuffled, fc.boolean(), ([events, reordered, numbering], capped) => {
        const renumbered = reordered.map(([c, p, type, time]): LoggedEvent => [numbering[c]!, p, type, time]);
        const configuration = capped
          ? { ...open, purchasesPerCustomer: 3, viewsPerSession: 2, maximumOutDegree: 1 }
          : open;
        expect(pairEvents(logOf(renumbered, 4, 6), configuration, quietContext())).toEqual(
          pairEvents(logOf(events, 4, 6), configuration, quietContext()),
        );
      }),
    );
  });

  it('knows the phone from the case', () => {
    const [phone, cover] = [0, 1];
    const { bought } = pair([
      [0, phone, 'purchase', 100],
      [0, cover, 'purchase', 100 + day],
      [1, phone, 'purchase', 500],
      [1, cover, 'purchase', 500 + 30 * day],
    ]);
    const { '0→1': forward, ...rest } = edgeMap(bought);
    expect(rest).toEqual({});
    expect(forward![1]).toBe(2);
    expect(forward![0]).toBeCloseTo(2 ** (-1 / 30) + 0.5, 5);
  });

  it('makes no edge of one invoice, of a repeat, or past the window', () => {
    expect(
      pair([
        [0, 0, 'purchase', 7],
        [0, 1, 'purchase', 7],
      ]).bought.source.length,
    ).toBe(0);
    expect(
      pair([
        [0, 0, 'purchase', 7],
        [0, 0, 'purchase', 9],
      ]).bought.source.length,
    ).toBe(0);
    const late: LoggedEvent[] = [
      [0, 0, 'purchase', 7],
      [0, 1, 'purchase', 7 + 90 * day + 1],
    ];
    expect(pair(late).bought.source.length).toBe(0);
    expect(pair(late, { windowDays: null }).bought.source.length).toBe(1);
    expect(pair([late[0]!, [0, 1, 'purchase', 7 + 90 * day]]).bought.source.length).toBe(1);
  });

  it('gives what was bought in one moment the order that is seen otherwise', () => {
    const together = Array.from({ length: 10 }, (_, c): LoggedEvent[] => [
      [c, 0, 'purchase', 7],
      [c, 1, 'purchase', 7],
    ]).flat();
    const inOrder = Array.from({ length: 8 }, (_, c): LoggedEvent[] => [
      [10 + c, 0, 'purchase', 7],
      [10 + c, 1, 'purchase', 8],
    ]).flat();
    const unordered = edgeMap(pair(together, { togetherWeight: 1 }).bought);
    expect(unordered).toEqual({ '0→1': [5, 10], '1→0': [5, 10] });
    const ordered = edgeMap(pair([...together, ...inOrder], { togetherWeight: 1, halfLifeDays: null }).bought);
    expect(ordered['0→1']![0]).toBeCloseTo(8 + 9, 4);
    expect(ordered['1→0']![0]).toBeCloseTo(1, 4);
    const directed = pair([...together, ...inOrder], { togetherWeight: 1, minimumOrderShare: 0.2 });
    expect(Object.keys(edgeMap(directed.bought))).toEqual(['0→1']);
    expect(directed.report.bought.againstOrder).toBe(1);
  });

  it('lets a wholesaler say no more about a product than a household', () => {
    const wholesaler = Array.from({ length: 101 }, (_, v): LoggedEvent => [0, v, 'purchase', v === 0 ? 0 : 60]);
    const { bought } = pair([...wholesaler, [1, 0, 'purchase', 0], [1, 7, 'purchase', 60]], {
      customerNormalisation: 1,
    });
    const edges = edgeMap(bought);
    expect(edges['0→7']![0]).toBeCloseTo(1.01, 4);
    expect(edges['0→8']![0]).toBeCloseTo(0.01, 4);
  });

  it('drops what chance explains and keeps what it does not', () => {
    const events = Array.from({ length: 60 }, (_, c): LoggedEvent[] => [
      [c, c % 3, 'purchase', 0],
      [c, 3, 'purchase', 60],
      [c, c % 3 === 0 ? 4 : 5, 'purchase', 120],
    ]).flat();
    const { bought, report } = pair(events, { minimumSurprise: 2 });
    expect(Object.keys(edgeMap(bought))).toContain('0→4');
    expect(Object.keys(edgeMap(bought))).not.toContain('0→3');
    expect(report.bought.byChance).toBeGreaterThan(0);
  });

  it('counts a customer once, at the strongest event', () => {
    const { bought } = pair(
      [
        [0, 0, 'purchase', 0],
        [0, 1, 'cart', 10],
        [0, 1, 'purchase', 20 * day],
        [0, 1, 'purchase', 21 * day],
      ],
      { eventWeights: { view: 0, favourite: 0, cart: 0.25, purchase: 1 }, halfLifeDays: 20 },
    );
    expect(edgeMap(bought)).toEqual({ '0→1': [0.5, 1] });
  });

  it('keeps the most recent purchases under the cap and says so', () => {
    const events = Array.from({ length: 6 }, (_, i): LoggedEvent => [0, i, 'purchase', i * day]);
    const { bought, report, buyers } = pair(events, { purchasesPerCustomer: 3 });
    expect(Object.keys(edgeMap(bought))).toEqual(['3→4', '3→5', '4→5']);
    expect(report.bought).toMatchObject({ events: 3, cappedCustomers: 1, cappedEvents: 3, pairs: 3 });
    expect(buyers).toEqual(new Uint32Array(6).fill(1));
  });

  it('does not let the lines of one invoice use up the cap', () => {
    const repeats = Array.from({ length: 50 }, (): LoggedEvent => [0, 1, 'purchase', 2 * day]);
    const { report } = pair([[0, 0, 'purchase', day], ...repeats], { purchasesPerCustomer: 2 });
    expect(report.bought).toMatchObject({ events: 2, cappedEvents: 0, kept: 1 });
  });

  it('prunes by support, by weight and by degree, and accounts for every candidate', () => {
    const follow = (customer: number, v: number, gap: number): LoggedEvent[] => [
      [customer, 0, 'purchase', 0],
      [customer, v, 'purchase', gap],
    ];
    const events = [
      ...follow(0, 1, 60),
      ...follow(1, 2, 60 * day),
      ...follow(2, 2, 60 * day),
      ...[3, 4, 5].flatMap((customer) => follow(customer, 3, day)),
      ...[6, 7].flatMap((customer) => follow(customer, 4, day)),
    ];
    const { bought, report } = pair(events, { minimumSupport: 2, minimumWeight: 1, maximumOutDegree: 1 });
    expect(Object.keys(edgeMap(bought))).toEqual(['0→3']);
    expect(report.bought).toMatchObject({ candidates: 4, belowSupport: 1, belowWeight: 1, aboveDegree: 1, kept: 1 });
  });

  it('breaks ties of the degree cap by product', () => {
    const events = [3, 1, 2].map((v, customer): LoggedEvent => [customer, v, 'purchase', 60]);
    const all = [...events, ...[0, 1, 2].map((customer): LoggedEvent => [customer, 0, 'purchase', 0])];
    expect(Object.keys(edgeMap(pair(all, { maximumOutDegree: 2 }).bought))).toEqual(['0→1', '0→2']);
  });

  it('keeps co-views both ways even where one product drops the other', () => {
    const views = [1, 2, 3].flatMap((v): LoggedEvent[] => [
      [v, 0, 'view', 0],
      [v, v, 'view', 60],
    ]);
    const { viewed, report } = pair(views, { maximumOutDegree: 1 });
    expect(Object.keys(edgeMap(viewed!)).sort()).toEqual(['0→1', '0→2', '0→3', '1→0', '2→0', '3→0']);
    expect(report.viewed).toMatchObject({ candidates: 6, aboveDegree: 0, kept: 6, sessions: 3 });
  });

  it('caps a session at its most recent products', () => {
    const views = Array.from({ length: 5 }, (_, v): LoggedEvent => [0, v, 'view', v * 60]);
    const { viewed, report } = pair(views, { viewsPerSession: 2 });
    expect(edgeMap(viewed!)).toEqual({ '3→4': [1, 1], '4→3': [1, 1] });
    expect(report.viewed?.cappedSessions).toBe(1);
  });

  it('counts distinct buyers and viewers', () => {
    const { buyers, viewers, report } = pair([
      [0, 0, 'purchase', 1],
      [0, 0, 'purchase', 2],
      [0, 1, 'view', 3],
      [1, 0, 'purchase', 1],
      [1, 1, 'cart', 1],
    ]);
    expect([...buyers]).toEqual([2, 0]);
    expect([...viewers]).toEqual([0, 1]);
    expect(report.eventsByType).toEqual({ view: 1, favourite: 0, cart: 1, purchase: 3 });
  });

  it('takes an empty log, and buildProductGraph refuses it', () => {
    const pairing = pairEvents(logOf([], 0, 0), open, quietContext());
    expect(pairing.bought.source.length).toBe(0);
    expect(pairing.viewed).toBeNull();
    expect(() => buildProductGraph(pairing, 0)).toThrow(expect.objectContaining({ code: 'GRAPH_EMPTY' }));
  });

  it('handles the first and the last second there is', () => {
    const last = 2 ** 32 - 1;
    const { bought } = pair(
      [
        [0, 0, 'purchase', 0],
        [0, 1, 'purchase', last],
      ],
      { windowDays: null, halfLifeDays: null },
    );
    expect(edgeMap(bought)).toEqual({ '0→1': [1, 1] });
    const decayed = pair(
      [
        [0, 0, 'purchase', 0],
        [0, 1, 'purchase', last],
      ],
      { windowDays: null, halfLifeDays: 1 },
    );
    expect(decayed.bought.weight[0]).toBe(2 ** -20);
  });

  it.each([
    ['a product outside the catalogue', { ...logOf([[0, 5, 'purchase', 1]], 1, 6), productCount: 5 }],
    ['a customer outside the log', { ...logOf([[3, 0, 'purchase', 1]], 4, 1), customerCount: 3 }],
    ['an unknown type', { ...logOf([[0, 0, 'purchase', 1]], 1, 1), type: Uint8Array.of(9) }],
    ['a short column', { ...logOf([[0, 0, 'purchase', 1]], 1, 1), time: new Uint32Array(0) }],
  ])('refuses %s', (_, log) => {
    expect(() => pairEvents(log, open, quietContext())).toThrow(expect.objectContaining({ code: 'EVENTS_INVALID' }));
  });

  it('stops when told to', () => {
    expect(() => pairEvents(logOf([], 0, 0), open, quietContext(AbortSignal.abort()))).toThrow(
      expect.objectContaining({ code: 'ABORTED' }),
    );
  });
});

describe('buildProductGraph', () => {
  it('carries both relations and the counts', () => {
    const pairing = pair([
      [0, 0, 'purchase', 0],
      [0, 1, 'purchase', 60],
      [0, 0, 'view', 0],
      [0, 1, 'view', 60],
    ]);
    const graph = buildProductGraph(pairing, 2);
    expect(graph.bought.edgeCount).toBe(1);
    expect(graph.viewed?.edgeCount).toBe(2);
    expect(graph.buyers).toBe(pairing.buyers);
  });
});
