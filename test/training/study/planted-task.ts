import { buildCsr, type EdgeList, splitEdges } from '../../../src/graph/index.ts';
import type { LinkDataset } from '../../../src/metrics/index.ts';
import { refreshConfigurationOf } from '../../../training/configuration.ts';
import type { EvaluationData } from '../../../training/evaluation/index.ts';

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

/** A task of 60 products and 160 edges on which a training takes a fraction of a second. */
export const plantedData: EvaluationData = {
  links: { planted: async () => links },
  temporal: {},
};

export const tinyModel = refreshConfigurationOf({
  blade: {
    dimension: 8,
    neighbourhood: { minimum: 4, maximum: 8 },
    optimiser: { epochs: 4, minimumSteps: 2, warmUpSteps: 2, learningRate: 0.03 },
    validation: { every: 2 },
  },
});
