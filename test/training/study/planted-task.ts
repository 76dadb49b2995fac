import { type EventLog, eventTypes } from '../../../src/events/index.ts';
import { buildCsr, type EdgeList, splitEdges } from '../../../src/graph/index.ts';
import type { LinkDataset } from '../../../src/metrics/index.ts';
import { refreshConfigurationOf } from '../../../training/configuration.ts';
import type { EvaluationData } from '../../../training/evaluation/index.ts';
import { product } from '../../src/catalogue/products.ts';

const phones = 20;
const productCount = 60;
/** Phone p → the cases of its own brand; never the reverse. */
const pairs = Array.from({ length: phones }, (_, phone) =>
  Array.from({ length: 8 }, (_, i) => [phone, phones + (phone % 5) * 8 + i] as const),
).flat();
const edges: EdgeList = {
  source: Uint32Array.from(pairs, ([u]) => u),
  target: Uint32Array.from(pairs, ([, v]) => v),
  weight: new Float32Array(pairs.length).fill(1),
  count: new Uint32Array(pairs.length).fill(1),
};
const plantedGraph = buildCsr(edges, productCount);

const links: LinkDataset = {
  name: 'planted',
  productCount,
  edges,
  viewed: null,
  features: null,
  catalogue: null,
  splitCount: 3,
  split: async (index) => ({
    ...splitEdges(plantedGraph, { train: 0.6, validation: 0.2, test: 0.2 }, index),
    validationNegatives: null,
    testNegatives: null,
  }),
};

/** Customer, time, product: ten purchases of each customer, ten days apart, of products in a row. */
export const purchases = Array.from({ length: 40 }, (_, customer) =>
  Array.from({ length: 10 }, (_, i) => [customer, 1e9 + i * 864_000 + customer, (customer + i) % 12] as const),
).flat();
export const plantedLog: EventLog = {
  customerCount: 40,
  productCount: 12,
  customer: Uint32Array.from(purchases, (row) => row[0]),
  time: Uint32Array.from(purchases, (row) => row[1]),
  product: Uint32Array.from(purchases, (row) => row[2]),
  type: new Uint8Array(purchases.length).fill(eventTypes.indexOf('purchase')),
};
const sold = Array.from({ length: 12 }, (_, i) => product(String(i).padStart(2, '0'), { title: `product ${i}` }));

/** A task of 60 products and 160 edges on which a training takes a fraction of a second, and one of a log. */
export const plantedData: EvaluationData = {
  links: { planted: async () => links },
  temporal: {
    log: async () => ({ name: 'log', log: plantedLog, catalogueBefore: async () => ({ products: sold }) }),
  },
};

export const tinyModel = refreshConfigurationOf({
  blade: {
    dimension: 8,
    neighbourhood: { minimum: 4, maximum: 8 },
    members: 1,
    optimiser: { epochs: 4, minimumSteps: 2, warmUpSteps: 2, learningRate: 0.03 },
    validation: { every: 2 },
  },
});
