import type * as tfTypes from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { gatherSum, type References } from '../tensor/index.ts';
import type { PairReferences, SideReferences } from './references.ts';

type Tensor2D = tfTypes.Tensor2D;

/** One side's tables as the batch holds them (renumbered rows), and its feature projections. */
export interface SideLeaves {
  readonly own: Tensor2D;
  readonly near: Tensor2D;
  readonly across: Tensor2D;
  readonly bias: Tensor2D;
  /** Shape [columns, d]; null without features. */
  readonly features: Tensor2D | null;
  readonly nearFeatures: Tensor2D | null;
  /** Shape [1, 3]: gates of second hop, third hop, co-viewed. */
  readonly gates: Tensor2D;
}

/** Feature rows of the products in a side's `own` and `near` row sets. */
export interface SideFeatures {
  readonly own: References;
  readonly near: References | null;
}

/** A side's tables with the features mixed in: what neighbours send. */
export interface Messages {
  readonly own: Tensor2D;
  readonly near: Tensor2D;
  readonly across: Tensor2D;
  readonly bias: Tensor2D;
  readonly gates: readonly [Tensor2D, Tensor2D, Tensor2D];
}

/** Embeddings of n products of one side, and their parts that pairs are put together from. */
export interface EncodedSide {
  /** Shape [n, d]. */
  readonly full: Tensor2D;
  /** Shape [n, d]: everything but the near neighbours and the walks. */
  readonly rest: Tensor2D;
  /** Shape [n, d]: plain sum of the near neighbours' messages. */
  readonly nearSum: Tensor2D;
  /** Shape [n, 1]. */
  readonly bias: Tensor2D;
}

/** own = id row + X · W; near likewise when features travel in messages. */
export function messagesOf(leaves: SideLeaves, features: SideFeatures | null): Messages {
  const { features: projection, nearFeatures } = leaves;
  const own =
    features === null || projection === null ? leaves.own : tf.add(leaves.own, gatherSum(projection, features.own));
  const near =
    features === null || features.near === null || nearFeatures === null
      ? leaves.near
      : tf.add(leaves.near, gatherSum(nearFeatures, features.near));
  const gate = (column: number) => tf.slice2d(leaves.gates, [0, column], [1, 1]);
  return {
    own: own as Tensor2D,
    near: near as Tensor2D,
    across: leaves.across,
    bias: leaves.bias,
    gates: [gate(0), gate(1), gate(2)],
  };
}

/**
 * The encoder of one side, for n products:
 *
 *     e(u) = own_u + k₁^−½ Σ near_v + k₂^−½ Σ across_w + g₂ · mean own_{second} + g₃ · mean near_{third} + g_v · mean own_{viewed}
 *
 * One hop over six id tables (model.md, recipe P) where a product has neighbours enough, and walks of two and three hops
 * where it has not (adaptive neighbourhoods, BLADE). Linear: the score stays a dot product and ReLU lost on every graph tried.
 */
export function encodeSide(messages: Messages, references: SideReferences): EncodedSide {
  const rest = tf.addN([
    gatherSum(messages.own, references.own),
    gatherSum(messages.across, references.across),
    ...gated(messages.own, references.viewed, messages.gates[2]),
  ]) as Tensor2D;
  const nearSum = gatherSum(messages.near, references.near);
  const scale = tf.tensor2d(references.nearScale, [references.nearScale.length, 1]);
  const full = tf.addN([
    rest,
    tf.mul(nearSum, scale),
    ...gated(messages.own, references.second, messages.gates[0]),
    ...gated(messages.near, references.third, messages.gates[1]),
  ]) as Tensor2D;
  return { full, rest, nearSum, bias: gatherSum(messages.bias, references.own) };
}

/** The side's embeddings as its positive pairs see them: each without the message over its own edge. Shape [pairs, d]. */
export function encodePairs(messages: Messages, side: EncodedSide, references: PairReferences): Tensor2D {
  return tf.addN([
    gatherSum(side.rest, references.position),
    gatherSum(side.nearSum, references.near),
    ...present(messages.near, references.masked),
    ...gated(messages.own, references.second, messages.gates[0]),
    ...gated(messages.near, references.third, messages.gates[1]),
  ]) as Tensor2D;
}

function present(table: Tensor2D, references: References): Tensor2D[] {
  return references.indices.length === 0 ? [] : [gatherSum(table, references)];
}

function gated(table: Tensor2D, references: References, gate: Tensor2D): Tensor2D[] {
  return present(table, references).map((sum) => tf.mul(sum, gate) as Tensor2D);
}
