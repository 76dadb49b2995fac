import { buildCsr, type EdgeList, splitEdges } from '../../src/graph/index.ts';
import type { LinkDataset } from '../../src/metrics/index.ts';

/** Shares by edge of BLADE's and DAEMON's node recommendation. */
const shares = { train: 0.75, validation: 0.05, test: 0.2 } as const;

/** Splits 75/5/20 by edge, as many as one likes: split i is drawn with seed + i. */
export function seededSplits(
  edges: EdgeList,
  productCount: number,
  seed: number,
): Pick<LinkDataset, 'splitCount' | 'split'> {
  const graph = buildCsr(edges, productCount);
  return {
    splitCount: Number.POSITIVE_INFINITY,
    split: async (index) => ({
      ...splitEdges(graph, shares, seed + index),
      validationNegatives: null,
      testNegatives: null,
    }),
  };
}
