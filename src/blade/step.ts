import * as tf from '@tensorflow/tfjs';
import { adamRows, dotRows, gatherSum, logisticRows, onHost } from '../tensor/index.ts';
import type { Batch, BatchPairs, BatchSide, BatchTables } from './batch.ts';
import type { BladeConfiguration } from './configuration.ts';
import { encodePairs, encodeSide, wantedSums } from './encoder.ts';
import { type Leaves, messagesOf, ownTables, takeLeaves, touchedRows } from './leaves.ts';
import { type Parameters, unpenalised } from './parameters.ts';
import { single } from './reference-builder.ts';
import type { Side } from './sampler.ts';
import { Sums } from './sums.ts';

export interface StepRates {
  /** Counted from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Decay of Adam's second moment. */
  readonly beta2: number;
}

/**
 * One step of training: forward, backward, row-sparse Adam on the rows that the batch touched.
 * @returns the mean loss per positive edge.
 */
export async function trainStep(
  parameters: Parameters,
  batch: Batch,
  configuration: BladeConfiguration,
  edgeCount: number,
  rates: StepRates,
): Promise<number> {
  const touched = touchedRows(parameters, batch.tables, configuration);
  const leaf = takeLeaves(parameters, touched);
  const names = [...leaf.keys()];
  const leaves = [...leaf.values()];
  // The engine's own call lets a leaf go unused (no walk in the batch: no gradient for its gate); tf.valueAndGrads throws.
  const { value, grads } = tf.tidy(() =>
    tf.engine().gradients(() => lossOf(leaf, batch, configuration), leaves, undefined, true),
  );
  // Asked for together, so that a device is waited for once.
  const reading = Promise.all(grads.map((gradient: tf.Tensor | null) => (gradient === null ? null : onHost(gradient))));
  const [[loss], gradients] = await Promise.all([value.data(), reading]);
  const penalty = configuration.optimiser.penalty / edgeCount;
  for (const [i, name] of names.entries()) {
    const gradient = gradients[i] ?? null;
    if (gradient === null) continue;
    adamRows(parameters.get(name)!, touched.get(name)!, gradient, {
      ...rates,
      penalty: unpenalised.has(name) ? 0 : penalty,
    });
  }
  tf.dispose([value, ...grads.filter((gradient) => gradient !== null), ...leaves]);
  return loss!;
}

/** Embeddings [n, d] and biases [n, 1] of the products of one side, for inference. */
export function encodeForInference(
  parameters: Parameters,
  side: Side,
  batch: BatchSide & { readonly tables: BatchTables },
  configuration: BladeConfiguration,
): readonly [tf.Tensor2D, tf.Tensor2D] {
  return tf.tidy(() => {
    const leaf = takeLeaves(parameters, touchedRows(parameters, batch.tables, configuration));
    const shape = [batch.references.own.indices.length, configuration.dimension] as const;
    const tables = ownTables(leaf, batch.tables, configuration);
    const messages = messagesOf(leaf, side, batch, configuration);
    const { full, bias } = encodeSide(tables, messages, batch.references, shape);
    return [full, bias] as const;
  });
}

/**
 * Logistic loss over each source's row at its natural class ratio, per positive edge:
 *
 *     (N / K) Σ_{v ∉ out(u)} softplus(x_uv) + Σ_{u→v} w (softplus(x) − y x) + λ Σ_{one-way u→v} softplus(x_vu)
 *
 * with the positives' embeddings leaving out their own edge, and x_vu the reversed pairs (DAEMON, equation 2).
 */
function lossOf(leaf: Leaves, batch: Batch, configuration: BladeConfiguration): tf.Scalar {
  const tables = ownTables(leaf, batch.tables, configuration);
  const messages = {
    source: messagesOf(leaf, 'source', batch.source, configuration),
    target: messagesOf(leaf, 'target', batch.target, configuration),
  };
  const sums = new Sums(
    (['source', 'target'] as const).flatMap((side) =>
      wantedSums(tables, messages[side], batch[side].references, batch[side].pairs),
    ),
  );
  const encode = (side: Side) => {
    const { references } = batch[side];
    const shape = [references.own.indices.length, configuration.dimension] as const;
    return { messages: messages[side], side: encodeSide(tables, messages[side], references, shape, sums) };
  };
  const source = encode('source');
  const target = encode('target');
  const offset = leaf.get('offset')!;
  const ones = (count: number) => tf.ones([count, 1]) as tf.Tensor2D;
  const rows = (side: tf.Tensor2D, count: number) => tf.slice2d(side, [0, 0], [count, side.shape[1]]) as tf.Tensor2D;
  const { sourceCount, negativeCount } = batch;
  // Biases as two more columns of the product: one pass over the matrix of logits instead of three.
  const logits = dotRows(
    tf.concat2d(
      [
        rows(source.side.full, sourceCount),
        tf.add(rows(source.side.bias, sourceCount), offset) as tf.Tensor2D,
        ones(sourceCount),
      ],
      1,
    ),
    tf.concat2d([rows(target.side.full, negativeCount), ones(negativeCount), rows(target.side.bias, negativeCount)], 1),
  );
  const terms = [tf.mul(logisticRows(logits, batch.exclusions), batch.negativeScale)];
  const pairsOf = ({ messages, side }: typeof source, { pairs }: BatchPairs) =>
    encodePairs(tables, messages, side, pairs, [batch.pairCount, configuration.dimension], sums);
  if (batch.pairCount > 0) {
    const x = pairLogits(
      pairsOf(source, batch.source),
      pairsOf(target, batch.target),
      gatherSum(source.side.bias, single(batch.pairSource)),
      gatherSum(target.side.bias, single(batch.pairTarget)),
      offset,
    );
    const labels = tf.tensor2d(batch.labels, [batch.pairCount, 1]);
    const weights = tf.tensor2d(batch.weights, [batch.pairCount, 1]);
    terms.push(tf.sum(tf.mul(tf.sub(tf.softplus(x), tf.mul(labels, x)), weights)));
  }
  if (batch.reversedSource.length > 0) {
    const from = single(batch.reversedSource);
    const to = single(batch.reversedTarget);
    const x = pairLogits(
      gatherSum(source.side.full, from),
      gatherSum(target.side.full, to),
      gatherSum(source.side.bias, from),
      gatherSum(target.side.bias, to),
      offset,
    );
    const share = (configuration.loss.reversedWeight * batch.weightSum) / batch.reversedSource.length;
    terms.push(tf.mul(tf.sum(tf.softplus(x)), share));
  }
  return tf.div(tf.addN(terms), Math.max(batch.weightSum, 1)) as tf.Scalar;
}

/** x = s · t + b_s + b_t + b₀ per pair; shape [pairs, 1]. */
function pairLogits(
  sources: tf.Tensor2D,
  targets: tf.Tensor2D,
  sourceBias: tf.Tensor2D,
  targetBias: tf.Tensor2D,
  offset: tf.Tensor2D,
): tf.Tensor2D {
  return tf.addN([tf.sum(tf.mul(sources, targets), 1, true), sourceBias, tf.add(targetBias, offset)]) as tf.Tensor2D;
}
