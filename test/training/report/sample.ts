import { differenceOf, type FeedbackFigures, type Outcome, proportionOf } from '../../../src/feedback/index.ts';
import type {
  DegreeScore,
  Example,
  RankedModel,
  RankingMetric,
  ReportData,
  Score,
} from '../../../training/report/index.ts';

/** A report as a small shop's refresh would fill it; figures are made up, but agree with each other. */
export function sampleReport(changes: Partial<ReportData> = {}): ReportData {
  return { ...base, ...changes };
}

function scores(values: readonly number[]): Partial<Record<RankingMetric, Score>> {
  const names = ['hr@5', 'hr@10', 'hr@20', 'mrr@5', 'mrr@10', 'mrr@20'] as const;
  return Object.fromEntries(names.map((name, i) => [name, { mean: values[i] ?? null, std: null }]));
}

const buckets = [
  [0, 0],
  [1, 2],
  [3, 5],
  [6, 10],
  [11, 20],
  [21, 50],
  [51, null],
] as const;

function byDegree(level: number, slope: number): DegreeScore[] {
  return buckets.map(([from, to], i) => {
    const hitRate = Math.max(0.001, level + slope * (i - 3));
    return { from, to, queries: 400 + 310 * i, hitRate, mrr: hitRate * 0.52 };
  });
}

function model(
  name: string,
  label: string,
  role: RankedModel['role'],
  values: readonly number[],
  slope: number,
): RankedModel {
  return {
    name,
    label,
    role,
    scores: scores(values),
    bySourceDegree: byDegree(values[1]!, slope),
    byTargetDegree: byDegree(values[1]! * 0.95, slope * 2),
  };
}

const models: readonly RankedModel[] = [
  model('oneway', 'Oneway', 'model', [0.262, 0.371, 0.489, 0.151, 0.166, 0.174], 0.012),
  model('symmetric', 'Symmetric variant', 'variant', [0.231, 0.335, 0.449, 0.128, 0.142, 0.15], 0.014),
  model('fixed-sampling', 'Fixed sampling', 'variant', [0.249, 0.355, 0.472, 0.143, 0.157, 0.166], 0.021),
  model('popularity', 'Popularity', 'baseline', [0.031, 0.052, 0.086, 0.017, 0.02, 0.022], 0.004),
  model('conditional', 'P(v | u)', 'baseline', [0.204, 0.301, 0.418, 0.111, 0.124, 0.132], 0.041),
  model('damped-lift', 'Damped lift', 'baseline', [0.213, 0.319, 0.431, 0.119, 0.133, 0.141], 0.037),
  model('item-cosine', 'Item cosine', 'baseline', [0.209, 0.311, 0.425, 0.116, 0.13, 0.138], 0.036),
  {
    name: 'ease',
    label: 'EASE',
    role: 'baseline',
    scores: null,
    note: 'not run: 41,210 products need a dense matrix of 13.6 GB',
    bySourceDegree: [],
    byTargetDegree: [],
  },
];

const titles = [
  'Pixel 8 phone, 128 GB, obsidian',
  'Clear case for Pixel 8 with magnetic ring',
  'Tempered glass screen protector, two pieces',
  'USB-C charger 30 W',
  'Ink-jet printer, wireless, with scanner and copier for the home office and small businesses',
  'Ink cartridge XL, black',
  'Photo paper A4, glossy, 100 sheets',
  'Razor with five blades',
  'Razor blades, pack of eight',
  'Shaving foam, sensitive',
];

function example(i: number): Example {
  const result = (shift: number, rank: number) => {
    const at = (i * 3 + shift) % titles.length;
    return {
      id: `P${1000 + at}`,
      title: titles[at]!,
      score: 4.2 - rank * 0.61,
      customers: rank === 4 ? null : 312 - rank * 60,
    };
  };
  return {
    product: { id: `P${1000 + (i % titles.length)}`, title: titles[i % titles.length]! },
    outDegree: 41 + i,
    inDegree: 12,
    recommended: [1, 2, 3, 4, 5].map((shift, rank) => result(shift, rank)),
    reverse: [7, 8, 3].map((shift, rank) => result(shift, rank)),
  };
}

function timeline(): NonNullable<NonNullable<ReportData['data']>['timeline']> {
  const starts = Array.from({ length: 180 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString());
  const wave = (scale: number) =>
    starts.map((_, day) =>
      Math.round(scale * (1 + 0.3 * Math.sin(day / 1.1) + day / 300 + (day % 41 === 0 ? 0.8 : 0))),
    );
  return {
    unit: 'day',
    starts,
    counts: { view: wave(9000), favourite: wave(310), cart: wave(820), purchase: wave(260) },
  };
}

function powerLaw(largest: number, alpha: number) {
  const bins = [{ from: 0, to: 0, nodes: 5120 }];
  for (let from = 1; from <= largest; from *= 2) {
    const to = from * 2 - 1;
    let nodes = 0;
    for (let degree = from; degree <= to; degree++) nodes += 15000 * degree ** -alpha;
    bins.push({ from, to, nodes: Math.round(nodes) });
  }
  return bins;
}

/** What became of recommendations, all alike. */
function outcome(exposures: number, visitors: number): Outcome {
  const of = (count: number, whole: number) => proportionOf(Math.min(count, whole), whole);
  return {
    exposures,
    visitors,
    perExposure: { click: of(120, exposures), cart: of(30, exposures), purchase: of(9, exposures) },
    perVisitor: { click: of(90, visitors), cart: of(20, visitors), purchase: of(8, visitors) },
  };
}

function sampleFeedback(): FeedbackFigures {
  const control = outcome(1000, 400);
  const bold = outcome(800, 390);
  const difference = (action: 'click' | 'cart' | 'purchase') =>
    differenceOf(control.perVisitor[action], bold.perVisitor[action]);
  const credited = { named: 90, window: 20, none: 10 };
  return {
    windowHours: 24,
    from: '2026-11-01T00:00:00.000Z',
    to: '2026-11-20T00:00:00.000Z',
    events: { exposure: 1800, click: 240, cart: 60, purchase: 18 },
    credited: { click: credited, cart: credited, purchase: credited },
    groups: [
      { release: 'r1', variant: null, ...outcome(0, 0) },
      { release: 'r1', variant: 'spring.bold', ...bold },
      { release: 'r2', variant: 'spring.control', ...control },
    ],
    variants: [
      { experiment: 'spring', variant: 'bold', ...bold },
      { experiment: 'spring', variant: 'control', ...control },
    ],
    comparisons: [
      {
        experiment: 'spring',
        control: 'control',
        variant: 'bold',
        difference: { click: difference('click'), cart: null, purchase: difference('purchase') },
      },
    ],
    strategies: [{ strategy: 'index', ...control }],
    positions: [
      { position: 1, clicked: proportionOf(80, 1800) },
      { position: 2, clicked: proportionOf(0, 0) },
    ],
  };
}

/** The figures of an ablation, all alike. */
function figures(mean: number, std: number | null) {
  const buckets = ['1-2', '3-5', '6-10', '11-30', '31+'].flatMap((bucket) =>
    ['source', 'target'].flatMap((side) => [`hr@10 ${side} ${bucket}`, `mrr@10 ${side} ${bucket}`]),
  );
  const names = ['hr@10', 'mrr@10', 'hits@100', 'mrr', 'direction-accuracy', ...buckets];
  return Object.fromEntries(names.map((name) => [name, { mean, std }]));
}

const base: ReportData = {
  title: 'Simulated shop',
  release: '2026-07-01T02-14-09Z-3f9a',
  run: '2026-07-01T02-11-40Z',
  createdAt: '2026-07-01T02:14:09.120Z',
  seed: 42,
  data: {
    adapter: 'oneway',
    files: [
      { name: 'events-000.parquet', rows: 1_400_000 },
      { name: 'events-001.parquet', rows: 631_204 },
    ],
    rows: 2_031_204,
    kept: 1_988_317,
    rejected: [
      {
        kind: 'cancellation',
        meaning: 'An invoice that takes an earlier one back.',
        rows: 9288,
        excluded: true,
        samples: [
          {
            file: 'events-000.parquet',
            line: 141,
            text: 'C536379,D,Discount,-1,12/1/2010 9:41,27.5,14527,United Kingdom',
          },
        ],
      },
      { kind: 'missing-customer', meaning: 'No customer to follow.', rows: 31_080, excluded: true, samples: [] },
      {
        kind: 'bad-time',
        meaning: 'The time cannot be read.',
        rows: 2519,
        excluded: false,
        samples: [
          {
            file: 'events-001.parquet',
            line: 90_211,
            text: '{"customer":"c-118","product":"P1003","type":"view","time":"yesterday"}',
          },
          {
            file: 'events-001.parquet',
            line: null,
            text: '{"customer":"c-9","product":"P1001","type":"view","time":"0000-00-00"}',
          },
        ],
      },
    ],
    repaired: [],
    catalogueRows: {
      rows: 41_213,
      kept: 41_210,
      rejected: [
        {
          kind: 'id-repeated',
          meaning: 'An earlier row has the same product id; the first one counts.',
          rows: 3,
          excluded: false,
          samples: [{ file: 'catalogue.csv', line: 18, text: 'P1004,Ink-jet printer' }],
        },
      ],
      repaired: [
        {
          kind: 'price-invalid',
          meaning: 'The price is no number ≥ 0; it counts as unknown.',
          rows: 20,
          samples: [{ file: 'catalogue.csv', line: 5, text: 'P1003,USB-C charger 30 W,on request' }],
        },
      ],
    },
    customers: 86_402,
    products: 41_210,
    from: '2026-01-01T00:00:12Z',
    to: '2026-06-29T23:59:48Z',
    eventsByType: { view: 1_720_000, favourite: 58_000, cart: 158_000, purchase: 52_317 },
    timeline: timeline(),
    catalogue: {
      products: 41_210,
      titled: 41_210,
      branded: 39_877,
      categorised: 41_002,
      priced: 41_190,
      hidden: 212,
      soldOut: 1840,
    },
  },
  graph: {
    nodes: 41_210,
    edges: 318_402,
    viewEdges: 1_204_118,
    reciprocity: 0.183,
    isolated: 5120,
    outDegrees: powerLaw(512, 1.72),
    inDegrees: powerLaw(2048, 1.55),
    outExponent: { alpha: 1.72, minimumDegree: 1, nodes: 36_090 },
    inExponent: { alpha: 1.55, minimumDegree: 1, nodes: 35_480 },
    components: { count: 5410, largest: 35_101 },
    communities: { count: 214, modularity: 0.71, sizes: [4012, 3188, 2950, 2204, 1911, 1804] },
    hubs: titles
      .slice(0, 6)
      .map((title, i) => ({ id: `P${1000 + i}`, title, outDegree: 812 - i * 90, inDegree: 91 + i * 220 })),
    notes: [
      'Customers with more than 500 purchases were cut to their latest 500: 14 customers.',
      'Edges behind fewer than 2 customers were pruned: 1,204,551 of 1,522,953.',
    ],
  },
  training: {
    epochs: Array.from({ length: 24 }, (_, i) => ({
      epoch: i + 1,
      loss: 2.1 * Math.exp(-i / 7) + 0.42,
      learningRate: i === 0 ? 0.005 : 0.01 * 0.5 * (1 + Math.cos((Math.PI * i) / 30)),
      hitRate: i % 2 === 0 ? null : 0.38 * (1 - Math.exp(-(i + 1) / 5)) - Math.max(0, i - 19) * 0.004,
      mrr: i % 2 === 0 ? null : 0.17 * (1 - Math.exp(-(i + 1) / 5)) - Math.max(0, i - 19) * 0.002,
      seconds: 2.1,
    })),
    bestEpoch: 20,
    maximumEpochs: 30,
    backend: 'wasm',
    dimension: 66,
    parameters: 15_824_640,
  },
  ranking: {
    protocol:
      'Edges split 75 / 5 / 20 by edge; for each test edge u→v all products but u and its training targets are ranked.',
    queries: 10_000,
    candidates: 41_210,
    repeats: 1,
    models,
  },
  direction: {
    edges: 48_110,
    models: [
      {
        name: 'oneway',
        label: 'Oneway',
        role: 'model',
        auc: { mean: 0.921, std: null },
        pairwise: { mean: 0.968, std: null },
      },
      {
        name: 'symmetric',
        label: 'Symmetric variant',
        role: 'variant',
        auc: { mean: 0.5, std: null },
        pairwise: { mean: 0.5, std: null },
      },
      {
        name: 'conditional',
        label: 'P(v | u)',
        role: 'baseline',
        auc: { mean: 0.874, std: null },
        pairwise: { mean: 0.921, std: null },
      },
      {
        name: 'degree-product',
        label: 'Out-degree × in-degree',
        role: 'baseline',
        auc: { mean: 0.85, std: null },
        pairwise: { mean: 0.942, std: null },
      },
    ],
  },
  feedback: sampleFeedback(),
  ablation: {
    protocol: 'Trained and measured as above, on the same edges.',
    runs: 3,
    full: { validation: figures(0.4, 0.01), test: figures(0.38, 0.012) },
    rows: [
      {
        name: 'symmetric',
        label: 'Symmetric',
        meaning: 'Source and target embeddings are one; directions are forgotten.',
        note: '',
        runs: 3,
        validation: figures(-0.041, 0.004),
        test: figures(-0.038, 0.006),
      },
      {
        name: 'fixed-sampling',
        label: 'Fixed sampling',
        meaning: 'The same number of neighbours for every product.',
        note: '17 neighbours each; 512000 messages sampled in an epoch, 511876 by the full model.',
        runs: 2,
        validation: figures(0.002, null),
        test: figures(0.0004, null),
      },
    ],
    skipped: { 'no-co-views': 'the data have no co-views' },
  },
  index: {
    kind: 'hnsw',
    count: 41_210,
    dimension: 67,
    parameters: { M: 16, efConstruction: 200, ef: 128 },
    recall: { k: 10, queries: 500, value: 0.9968 },
    latency: { queries: 2000, p50: 124, p90: 181, p99: 264, max: 1312 },
    buildSeconds: 7.31,
    bytes: 17_204_112,
    note: '',
  },
  gates: [
    {
      name: 'index-recall',
      meaning: 'Recall@10 of the index against exact search.',
      verdict: 'passed',
      value: 0.9968,
      threshold: 0.99,
      bound: 'minimum',
      unit: 'share',
      reason: '',
    },
    {
      name: 'popularity',
      meaning: 'HitRate@10 over that of popularity.',
      verdict: 'passed',
      value: 7.13,
      threshold: 1,
      bound: 'minimum',
      unit: '',
      reason: '',
    },
    {
      name: 'embeddings-finite',
      meaning: 'Values of the embeddings that are not finite.',
      verdict: 'passed',
      value: 0,
      threshold: 0,
      bound: 'maximum',
      unit: 'count',
      reason: '',
    },
    {
      name: 'drift',
      meaning: 'Overlap of the top ten with the release before.',
      verdict: 'skipped',
      value: null,
      threshold: 0.3,
      bound: 'minimum',
      unit: 'share',
      reason: 'There is no release before this one.',
    },
  ],
  examples: Array.from({ length: 20 }, (_, i) => example(i)),
  stages: [
    { stage: 'ingest', seconds: 8.41, resumed: true, memoryBytes: 412_000_000 },
    { stage: 'graph', seconds: 2.2, resumed: false, memoryBytes: 655_000_000 },
    { stage: 'train', seconds: 61.7, resumed: false, memoryBytes: 912_000_000 },
    { stage: 'embed', seconds: 3.1, resumed: false, memoryBytes: 930_000_000 },
    { stage: 'index', seconds: 7.9, resumed: false, memoryBytes: 941_000_000 },
    { stage: 'evaluate', seconds: 32.2, resumed: false, memoryBytes: 1_020_000_000 },
  ],
  peakMemoryBytes: 1_084_227_584,
  configuration: {
    blade: { dimension: 64, epochs: 30, learningRate: 0.01, neighbourhood: { strategy: 'adaptive', maximum: 40 } },
    index: { kind: 'auto', ef: 128 },
  },
  versions: { oneway: '0.1.0', node: '20.20.2', '@tensorflow/tfjs': '4.22.0', 'hnswlib-node': '3.0.0' },
};
