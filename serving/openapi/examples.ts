/** What an operation may be asked and answers, for the documentation. A test holds each against its schema, and asks for one of every operation. */
export interface Examples {
  /** Body of the request. */
  readonly request?: unknown;
  /** Body of the answer with status 200. */
  readonly answer: unknown;
}

const release = '20261120T232933Z-2920a358';
const exposure = '01KAJ2YB5Z7RJ0V4N9W8Q6X3TM.~.cGhvbmUtMDAxMg';

const phoneCase = {
  id: 'case-0002',
  title: 'Safux Fjord 34 phone case red, cork for Muquin Echo 6',
  brand: 'Safux',
  category: ['Electronics', 'Phones', 'Phone cases'],
  price: 22.99,
};

const result = {
  product: phoneCase,
  score: 5.282348,
  probability: 0.960711,
  interval: { low: 0.885, high: 0.998 },
  channel: 'model',
  why: {
    basketProduct: null,
    boughtAfter: 24,
    boughtBefore: null,
    viewedTogether: 5,
    buyers: 53,
    path: null,
    transition: { from: 'Smartphones', to: 'Phone cases', customers: 1840, share: 0.41 },
    similar: [],
  },
};

const related = {
  exposure,
  variant: null,
  context: [{ id: 'phone-0012', title: 'Muquin Echo 6 smartphone 128 GB silver', weight: 1 }],
  unknown: [],
  relation: 'related',
  direction: 'after',
  results: [result],
  outcome: 'complete',
  shortage: null,
  channel: 'model',
  strategy: 'precomputed',
  scoreUnit: 'logit',
  fallback: null,
  ruleSets: [],
  release,
};

const similar = {
  ...related,
  relation: 'similar',
  direction: null,
  scoreUnit: 'likeness',
  results: [
    {
      ...result,
      product: {
        id: 'phone-0013',
        title: 'Muquin Echo 6 smartphone 256 GB silver',
        brand: 'Muquin',
        category: ['Electronics', 'Phones', 'Smartphones'],
        price: 649,
      },
      score: 0.913422,
      probability: null,
      interval: null,
      why: { ...result.why, boughtAfter: null, viewedTogether: 31, buyers: 88, transition: null },
    },
  ],
};

const standing = { current: release, pinned: null, serving: release, refused: null };

const experiment = {
  name: 'new-model',
  status: 'running',
  share: 0.5,
  variants: [
    { name: 'control', weight: 1, release: null, rules: null },
    { name: 'challenger', weight: 1, release: '20261121T232811Z-7c01ffa2', rules: null },
  ],
};

const basket = {
  basket: [{ id: 'phone-0012' }, { features: { title: 'Screen protector for Echo 6' }, weight: 0.5 }],
  k: 1,
};

/** By operation. */
export const examples: Readonly<Record<string, Examples>> = {
  related: { answer: related },
  similar: { answer: similar },
  relatedToBasket: {
    request: { ...basket, rules: { filter: { price: { atMost: 50 } } } },
    answer: { ...related, scoreUnit: 'expectation', strategy: 'index' },
  },
  relatedToBaskets: { request: { baskets: [basket] }, answer: { answers: [related] } },
  ruleSets: {
    answer: {
      ruleSets: [{ id: 'no-gift-cards', rules: { filter: { not: { category: { under: ['Gift cards'] } } } } }],
    },
  },
  neighbourhood: {
    answer: {
      product: { id: 'phone-0012', title: 'Muquin Echo 6 smartphone 128 GB silver', buyers: 61, hop: 0 },
      products: [{ id: phoneCase.id, title: phoneCase.title, buyers: 53, hop: 1 }],
      relations: [{ from: 'phone-0012', to: phoneCase.id, customers: 24 }],
      release,
    },
  },
  searchProducts: { answer: { products: [phoneCase], release } },
  product: {
    answer: {
      ...phoneCase,
      description: 'Cork on a soft frame.',
      stock: 12,
      available: true,
      attributes: { colour: 'red' },
      buyers: 53,
      viewers: 410,
      boughtAfter: 9,
      boughtBefore: 14,
      release,
    },
  },
  putProduct: {
    request: { title: 'Muquin Echo 7 smartphone 128 GB black', price: 699, stock: 40 },
    answer: {
      id: 'phone-0900',
      withdrawn: false,
      fields: { title: 'Muquin Echo 7 smartphone 128 GB black', price: 699, stock: 40 },
    },
  },
  withdrawProduct: { answer: { id: 'case-0002', withdrawn: true, fields: {} } },
  events: {
    request: {
      events: [
        { type: 'exposure', id: '9b2e6f0c-0001', visitor: 'visitor-81', exposure, products: ['case-0002'] },
        { type: 'click', id: '9b2e6f0c-0002', visitor: 'visitor-81', exposure, product: 'case-0002' },
      ],
    },
    answer: { accepted: 2, repeated: 0 },
  },
  release: {
    answer: {
      id: release,
      createdAt: '2026-11-20T23:29:33.000Z',
      loadedAt: '2026-11-20T23:29:41.250Z',
      products: 2000,
      shown: 1911,
      boughtEdges: 21_408,
      viewedEdges: 9127,
      dimension: 66,
      index: 'hnsw',
      report: true,
    },
  },
  comparableReleases: {
    answer: {
      releases: [
        { id: release, createdAt: '2026-11-20T23:29:33.000Z', products: 2000, current: true },
        { id: '20261119T232811Z-7c01ffa2', createdAt: '2026-11-19T23:28:11.000Z', products: 1994, current: false },
      ],
    },
  },
  relatedByRelease: { request: basket, answer: { ...related, release: '20261119T232811Z-7c01ffa2' } },
  listReleases: {
    answer: {
      ...standing,
      releases: [
        {
          id: release,
          createdAt: '2026-11-20T23:29:33.000Z',
          current: true,
          pinned: false,
          loaded: true,
          products: 2000,
          bytes: 5_812_331,
          parent: null,
          run: '20261120T232933Z',
          problem: null,
        },
      ],
    },
  },
  promoteRelease: { answer: standing },
  rollbackRelease: { answer: standing },
  pinRelease: { answer: { ...standing, pinned: release } },
  unpinRelease: { answer: standing },
  listExperiments: { answer: { experiments: [experiment] } },
  putExperiment: { request: { share: experiment.share, variants: experiment.variants }, answer: experiment },
  deleteExperiment: { answer: { ...experiment, status: 'stopped' } },
  live: { answer: { status: 'live' } },
  ready: { answer: { status: 'ready', release, refused: null } },
  metrics: {
    answer: '# HELP oneway_ready 1 when a release is in service, else 0.\n# TYPE oneway_ready gauge\noneway_ready 1\n',
  },
};
