import {
  encodeWith,
  type FeatureConfiguration,
  FeatureEncoder,
  type FeatureRow,
  type SparseFeatures,
} from '../../src/catalogue/index.ts';
import { buildCsr, type CsrGraph, type EdgeList, edgesOf } from '../../src/graph/index.ts';
import type { LinkDataset } from '../../src/metrics/index.ts';
import { Random } from '../../src/random.ts';
import { type ColdEvidence, featureRow } from '../baselines/index.ts';

/** Shares by node: known, validation, test. */
const shares = { validation: 0.05, test: 0.2 } as const;

/** Products that are held out whole, each with its features and its out-edges into the known ones. */
export interface ColdQuestions {
  /** The dataset's numbers. */
  readonly products: Uint32Array;
  readonly rows: readonly FeatureRow[];
  /** Right answers, as numbers in {@link ColdWorld.evidence}. */
  readonly relevant: readonly Uint32Array[];
}

/**
 * A graph without a quarter of its products: what is learned from has no number, edge, co-view or feature of theirs, and what features are weighted by
 * (idf) is counted without them.
 */
export interface ColdWorld {
  /** The dataset's number of each known product, ascending; its position is the product's number in `evidence`. */
  readonly warm: Uint32Array;
  readonly evidence: ColdEvidence;
  readonly validation: ColdQuestions;
  readonly test: ColdQuestions;
}

/**
 * Holds out products, 75/5/20, uniformly at random; the same seed gives the same ones.
 * Held-out products without an out-edge into a known one are not asked about.
 */
export function coldWorld(dataset: LinkDataset, configuration: FeatureConfiguration, seed: number): ColdWorld {
  const { productCount } = dataset;
  const role = rolesOf(productCount, new Random(seed).fork('cold products'));
  const all = Uint32Array.from({ length: productCount }, (_, node) => node);
  const warm = all.filter((node) => role[node] === 0);
  const numberOf = new Int32Array(productCount).fill(-1);
  warm.forEach((node, number) => {
    numberOf[node] = number;
  });
  const features = featuresOf(dataset, configuration, (node) => role[node] === 0);
  const whole = buildCsr(dataset.edges, productCount);
  const none = new Uint32Array(warm.length);
  const questions = (wanted: number): ColdQuestions => {
    const answers = new Map<number, Uint32Array>();
    for (const node of all) {
      if (role[node] !== wanted) continue;
      const targets = whole.outTargets.subarray(whole.outOffsets[node]!, whole.outOffsets[node + 1]!);
      const relevant = targets.filter((v) => numberOf[v]! >= 0).map((v) => numberOf[v]!);
      if (relevant.length > 0) answers.set(node, relevant);
    }
    return {
      products: Uint32Array.from(answers.keys()),
      rows: [...answers.keys()].map((node) => featureRow(features, node)),
      relevant: [...answers.values()],
    };
  };
  return {
    warm,
    evidence: {
      graph: {
        nodeCount: warm.length,
        bought: induced(whole, numberOf, warm.length),
        viewed: dataset.viewed === null ? null : induced(dataset.viewed, numberOf, warm.length),
        buyers: none,
        viewers: none,
      },
      features: rowsOf(features, warm),
    },
    validation: questions(1),
    test: questions(2),
  };
}

/** 0 known, 1 validation, 2 test: exact numbers to rounding. */
function rolesOf(count: number, random: Random): Uint8Array {
  const test = Math.round(count * shares.test);
  const role = new Uint8Array(count);
  role.fill(2, 0, test);
  role.fill(1, test, test + Math.round(count * shares.validation));
  return random.shuffle(role);
}

function featuresOf(
  dataset: LinkDataset,
  configuration: FeatureConfiguration,
  known: (node: number) => boolean,
): SparseFeatures {
  if (dataset.refit !== undefined) return dataset.refit(known);
  if (dataset.features !== null) return dataset.features;
  if (dataset.catalogue === null) throw new TypeError('A cold start needs features.');
  const encoder = FeatureEncoder.fit(
    dataset.catalogue.products.filter((_, node) => known(node)),
    configuration,
  );
  return encodeWith(encoder, dataset.catalogue);
}

/** The edges between products that have a number, under these numbers. */
function induced(graph: CsrGraph, numberOf: Int32Array, count: number): CsrGraph {
  const edges = edgesOf(graph);
  const kept = Uint32Array.from(edges.source.keys()).filter(
    (i) => numberOf[edges.source[i]!]! >= 0 && numberOf[edges.target[i]!]! >= 0,
  );
  const list: EdgeList = {
    source: kept.map((i) => numberOf[edges.source[i]!]!),
    target: kept.map((i) => numberOf[edges.target[i]!]!),
    weight: Float32Array.from(kept, (i) => edges.weight[i]!),
    count: kept.map((i) => edges.count[i]!),
  };
  return buildCsr(list, count);
}

function rowsOf(features: SparseFeatures, rows: Uint32Array): SparseFeatures {
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => {
    offsets[i + 1] = offsets[i]! + features.offsets[row + 1]! - features.offsets[row]!;
  });
  const indices = new Uint32Array(offsets[rows.length]!);
  const values = new Float32Array(offsets[rows.length]!);
  rows.forEach((row, i) => {
    const one = featureRow(features, row);
    indices.set(one.indices, offsets[i]!);
    values.set(one.values, offsets[i]!);
  });
  return { rows: rows.length, columns: features.columns, offsets, indices, values };
}
