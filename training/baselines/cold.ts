import { type FeatureRow, SimilarProducts, type SimilarRows, type SparseFeatures } from '../../src/catalogue/index.ts';
import { inDegrees, outDegrees, type ProductGraph, rowOf } from '../../src/graph/index.ts';
import { cosineAdder } from './cosines.ts';
import { dropZeros } from './evidence.ts';
import type { Parameters } from './types.ts';

/** Ranks the known products for one that has features and no edge. */
export interface ColdScorer {
  readonly name: string;
  /** @param out shape [known products], overwritten; a value that is not finite means "not recommended". */
  score(row: FeatureRow, out: Float32Array): void;
}

/** The known products alone. */
export interface ColdEvidence {
  readonly graph: ProductGraph;
  readonly features: SparseFeatures;
}

/** The known products with an out-edge that are most like a row. */
export type ColdMemory = Map<FeatureRow, SimilarRows>;

export interface ColdBaseline {
  readonly name: string;
  readonly description: string;
  readonly choices: readonly Parameters[];
  /** @param memory keeps what does not depend on the choice between scorers of the same evidence, while choices are compared. */
  create(evidence: ColdEvidence, choice: Parameters, memory?: ColdMemory): ColdScorer;
}

const popular: ColdBaseline = {
  name: 'popularity',
  description: 'the products with most in-edges, the same for every query',
  choices: [{}],
  create: ({ graph }) => {
    const scores = Float32Array.from(inDegrees(graph.bought));
    dropZeros(scores);
    return { name: 'popularity', score: (_row, out) => out.set(scores) };
  },
};

const alike: ColdBaseline = {
  name: 'features-only',
  description: 'the products whose features are most like the query’s',
  choices: [{}],
  create: ({ features }) => {
    const add = cosineAdder(features);
    return {
      name: 'features-only',
      score: (row, out) => {
        out.fill(0);
        add(row, 1, out);
        dropZeros(out);
      },
    };
  },
};

const largestK = 400;

/**
 * What follows the known products that are most like the query: Σ over the k nearest w with an out-edge of
 * cosine^power · outdegree(w)^−damping, for each of their targets.
 */
const nearestWarm: ColdBaseline = {
  name: 'nearest-warm',
  description: 'the out-edges of the k known products that are most like the query, summed by likeness',
  choices: [10, 20, 50, 100, 200, largestK].flatMap((k) =>
    [1, 4, 8, 16, 32].flatMap((power) => [0, 0.5].map((damping) => ({ k, power, damping }))),
  ),
  create: ({ graph, features }, choice, memory) => {
    const { bought } = graph;
    const similar = new SimilarProducts(features);
    const degrees = outDegrees(bought);
    const [k, power, damping] = [Number(choice.k), Number(choice.power), Number(choice.damping)];
    return {
      name: 'nearest-warm',
      score: (row, out) => {
        out.fill(0);
        let found = memory?.get(row);
        if (found === undefined) {
          found = similar.nearest(row, memory === undefined ? k : largestK, (id) => degrees[id] === 0);
          memory?.set(row, found);
        }
        const { scores } = found;
        found.ids.subarray(0, k).forEach((id, i) => {
          const weight = scores[i]! ** power * degrees[id]! ** -damping;
          for (const v of rowOf(bought.outOffsets, bought.outTargets, id)) out[v]! += weight;
        });
        dropZeros(out);
      },
    };
  },
};

/** Every baseline of the cold-start protocol. */
export const coldBaselines: readonly ColdBaseline[] = [popular, alike, nearestWarm];
