import * as tf from '@tensorflow/tfjs';
import { adamRows, dotRows, gatherSum, logisticRows, type Parameter } from '../tensor/index.ts';
import type { Batch, BatchSide, TakenRows } from './batch.ts';
import type { BladeConfiguration } from './configuration.ts';
import { type EncodedSide, encodePairs, encodeSide, type Messages, messagesOf, type SideLeaves } from './encoder.ts';
import { gatesPerSide, ownerOf, type ParameterName, type Parameters } from './parameters.ts';
import { single } from './references.ts';
import { takeRows } from './rows.ts';
import type { Side } from './sampler.ts';

/** The rows of every parameter that a batch touches. A parameter is here once, whatever refers to it. */
type Touched = ReadonlyMap<ParameterName, Uint32Array | null>;

export interface StepRates {
  /** Counted from 1. */
  readonly step: number;
  readonly learningRate: number;
}

/**
 * One step of training: forward, backward, row-sparse Adam on the rows that the batch touched.
 * @returns the mean loss per positive edge.
 */
export function trainStep(
  parameters: Parameters,
  batch: Batch,
  configuration: BladeConfiguration,
  edgeCount: number,
  rates: StepRates,
): number {
  const touched = touchedRows(parameters, batch, configuration);
  const names = [...touched.keys()];
  const leaves = names.map((name) => leafOf(parameters.get(name)!, touched.get(name)!));
  const leaf = new Map(names.map((name, i) => [name, leaves[i]!]));
  // The engine's own call lets a leaf go unused (no walk in the batch: no gradient for its gate); `tf.valueAndGrads` throws.
  const { value, grads } = tf.tidy(() =>
    tf.engine().gradients(() => lossOf(leaf, batch, configuration), leaves, undefined, true),
  );
  const loss = value.dataSync()[0]!;
  const penalty = configuration.optimiser.penalty / edgeCount;
  names.forEach((name, i) => {
    const gradient: tf.Tensor | null = grads[i] ?? null;
    if (gradient === null) return;
    adamRows(parameters.get(name)!, touched.get(name)!, gradient.dataSync() as Float32Array, {
      ...rates,
      penalty: name === 'gates' || name === 'offset' ? 0 : penalty,
    });
  });
  tf.dispose([value, ...grads.filter((gradient) => gradient !== null), ...leaves]);
  return loss;
}

function touchedRows(parameters: Parameters, batch: Batch, configuration: BladeConfiguration): Touched {
  const touched = new Map<ParameterName, Uint32Array | null>();
  const sides: readonly Side[] = configuration.symmetric ? ['source'] : ['source', 'target'];
  for (const side of sides) for (const [name, rows] of sideRows(side, batch[side].rows)) touched.set(name, rows);
  touched.set('gates', null);
  touched.set('offset', null);
  return new Map([...touched].filter(([name]) => parameters.has(name)));
}

function sideRows(side: Side, rows: TakenRows): [ParameterName, Uint32Array | null][] {
  return [
    [`${side}Own`, rows.own],
    [`${side}Near`, rows.near],
    [`${side}Across`, rows.across],
    [`${side}Bias`, rows.own],
    [`${side}Features`, null],
    [`${side}NearFeatures`, null],
  ];
}

function leafOf(parameter: Parameter, rows: Uint32Array | null): tf.Tensor2D {
  return tf.tensor2d(takeRows(parameter.values, parameter.width, rows), [
    rows === null ? parameter.rows : rows.length,
    parameter.width,
  ]);
}

/** The leaves of one side; `gates` holds both sides' in one row. */
function sideLeaves(
  leaf: ReadonlyMap<ParameterName, tf.Tensor2D>,
  side: Side,
  configuration: BladeConfiguration,
): SideLeaves {
  const owner = ownerOf(side, configuration);
  return {
    own: leaf.get(`${owner}Own`)!,
    near: leaf.get(`${owner}Near`)!,
    across: leaf.get(`${owner}Across`)!,
    bias: leaf.get(`${owner}Bias`)!,
    features: leaf.get(`${owner}Features`) ?? null,
    nearFeatures: leaf.get(`${owner}NearFeatures`) ?? null,
    gates: tf.slice2d(leaf.get('gates')!, [0, owner === 'source' ? 0 : gatesPerSide], [1, gatesPerSide]),
  };
}

/** Tensors of the rows that one side needs; for inference. */
export function inferenceLeaves(
  parameters: Parameters,
  side: Side,
  rows: TakenRows,
  configuration: BladeConfiguration,
): SideLeaves {
  const owner = ownerOf(side, configuration);
  const wanted: [ParameterName, Uint32Array | null][] = [...sideRows(owner, rows), ['gates', null]];
  const leaf = new Map(
    wanted
      .filter(([name]) => parameters.has(name))
      .map(([name, taken]) => [name, leafOf(parameters.get(name)!, taken)] as const),
  );
  return sideLeaves(leaf, side, configuration);
}

/**
 * Logistic loss over each source's row at its natural class ratio, per positive edge:
 *
 *     (N / K) Σ_{v ∉ out(u)} softplus(x_uv) + Σ_{u→v} w (softplus(x) − y x) + λ Σ_{one-way u→v} softplus(x_vu)
 *
 * with the positives' embeddings leaving out their own edge, and x_vu the reversed pairs (DAEMON, equation 2).
 */
function lossOf(
  leaf: ReadonlyMap<ParameterName, tf.Tensor2D>,
  batch: Batch,
  configuration: BladeConfiguration,
): tf.Scalar {
  const source = encode(leaf, 'source', batch.source, configuration);
  const target = encode(leaf, 'target', batch.target, configuration);
  const offset = leaf.get('offset')!;
  const rows = (side: EncodedSide, count: number, total: number) =>
    count === total ? side.full : tf.slice2d(side.full, [0, 0], [count, -1]);
  const biasRows = (side: EncodedSide, count: number) => tf.slice2d(side.bias, [0, 0], [count, 1]);
  const logits = tf.add(
    tf.add(
      dotRows(rows(source.side, batch.sourceCount, source.count), rows(target.side, batch.negativeCount, target.count)),
      tf.add(biasRows(source.side, batch.sourceCount), offset),
    ),
    tf.transpose(biasRows(target.side, batch.negativeCount)),
  ) as tf.Tensor2D;
  const terms = [tf.mul(logisticRows(logits, batch.exclusions), batch.negativeScale)];
  if (batch.pairCount > 0) {
    const x = pairLogits(
      encodePairs(source.messages, source.side, batch.source.pairs),
      encodePairs(target.messages, target.side, batch.target.pairs),
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

function encode(
  leaf: ReadonlyMap<ParameterName, tf.Tensor2D>,
  name: Side,
  batch: BatchSide,
  configuration: BladeConfiguration,
): { messages: Messages; side: EncodedSide; count: number } {
  const messages = messagesOf(sideLeaves(leaf, name, configuration), batch.features);
  return {
    messages,
    side: encodeSide(messages, batch.references),
    count: batch.references.own.indices.length,
  };
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
