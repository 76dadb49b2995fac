import type * as tfTypes from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { gatherSum, type References } from '../tensor/index.ts';
import type { GateName } from './parameters.ts';
import type { OwnReferences, PairReferences, SideReferences } from './references.ts';
import type { Side } from './sampler.ts';
import { Sums, type WantedSum } from './sums.ts';

type Tensor2D = tfTypes.Tensor2D;

/** What both sides' products are: the rows that walks end on. Null where nothing is learned per product or feature. */
export type OwnTables = Readonly<Record<Side, Tensor2D | null>>;

/** One side's tables as the batch holds them (renumbered rows). */
export interface Messages {
  /** Whose `own` rows the side's products have. */
  readonly side: Side;
  /** Features that stay with the product, shape [n, d]; null where they are in `tables` or nowhere. */
  readonly features: Tensor2D | null;
  readonly near: Tensor2D | null;
  readonly across: Tensor2D | null;
  readonly viewed: Tensor2D | null;
  readonly bias: Tensor2D;
  /** Each of shape [1, 1]. */
  readonly gates: Readonly<Record<GateName, Tensor2D>>;
}

/** The sums that the encoder of a side takes, and that of its pairs. */
export function wantedSums(
  tables: OwnTables,
  messages: Messages,
  references: SideReferences,
  pairs: PairReferences,
): readonly WantedSum[] {
  const { near, side } = messages;
  const wanted: WantedSum[] = [
    [tables[side], references.own],
    [near, references.near],
    [near, pairs.masked],
  ];
  if (references.viewed !== null) wanted.push([tables[side], references.viewed.own]);
  for (const end of ['source', 'target'] as const) {
    for (const walks of [references.nearWalks, references.acrossWalks, pairs.maskedWalks]) {
      wanted.push([tables[end], walks[end]]);
    }
  }
  return wanted;
}

/** Embeddings of n products of one side, and their parts that pairs are put together from. */
export interface EncodedSide {
  /** Shape [n, d]. */
  readonly full: Tensor2D;
  /** Shape [n, d]: everything but the near neighbours and the walks over them. */
  readonly rest: Tensor2D;
  /** Shape [n, d]: plain sum of the near neighbours' messages. */
  readonly nearSum: Tensor2D | null;
  /** Shape [n, d]: walks that begin along the side's direction. */
  readonly nearWalks: Tensor2D;
  /** Shape [n, 1]. */
  readonly bias: Tensor2D;
}

/** own = id row + X · W of the rows in the batch. */
export function ownTable(
  ids: Tensor2D | null,
  projection: Tensor2D | null,
  features: References | null,
): Tensor2D | null {
  if (projection === null || features === null) return ids;
  const projected = gatherSum(projection, features);
  return ids === null ? projected : (tf.add(ids, projected) as Tensor2D);
}

/**
 * The encoder of one side, for n products (a source; a target mirrors it):
 *
 *     e(u) = g_o own_u + outdeg^−½ Σ_{v ∈ out(u)} near_v + indeg^−½ Σ_{w ∈ in(u)} across_w
 *          + Σ_{co-viewed} (g_v own_x / n + n^−½ viewed_x) + φ(u) · mean over walks Σ_hops g_side · c_hop · own_end
 *
 * One hop over learned messages (model.md, recipe P), and a linear propagation of what products are over many hops
 * (recipe C), taken by random walks of which poor products get more (adaptive neighbourhoods, BLADE).
 * Linear: the score stays a dot product, and ReLU lost on every graph tried.
 */
export function encodeSide(
  tables: OwnTables,
  messages: Messages,
  references: SideReferences,
  shape: readonly [number, number],
  sums = new Sums([]),
): EncodedSide {
  const own = tables[messages.side];
  const { viewed } = references;
  const mine = [...present(sums, own, references.own), ...(messages.features === null ? [] : [messages.features])];
  const nearWalks = walked(sums, tables, messages, references.nearWalks, shape);
  const rest = sum(
    [
      ...(mine.length === 0 ? [] : [tf.mul(sum(mine, shape), messages.gates.own) as Tensor2D]),
      ...present(sums, messages.across, references.across),
      ...(own === null || viewed === null ? [] : gated(sums, own, viewed.own, messages.gates.viewed)),
      ...(viewed === null ? [] : present(sums, messages.viewed, viewed.messages)),
      walked(sums, tables, messages, references.acrossWalks, shape),
    ],
    shape,
  );
  const nearSum = messages.near === null ? null : sums.of(messages.near, references.near);
  const scale = tf.tensor2d(references.nearScale, [references.nearScale.length, 1]);
  const full = sum([rest, nearWalks, ...(nearSum === null ? [] : [tf.mul(nearSum, scale) as Tensor2D])], shape);
  return { full, rest, nearSum, nearWalks, bias: gatherSum(messages.bias, references.own) };
}

/** The side's embeddings as its positive pairs see them: each without the message over its own edge. Shape [pairs, d]. */
export function encodePairs(
  tables: OwnTables,
  messages: Messages,
  side: EncodedSide,
  references: PairReferences,
  shape: readonly [number, number],
  sums = new Sums([]),
): Tensor2D {
  const { near } = messages;
  return sum(
    [
      gatherSum(side.rest, references.position),
      gatherSum(side.nearWalks, references.nearWalks),
      walked(sums, tables, messages, references.maskedWalks, shape),
      ...present(sums, side.nearSum, references.near),
      ...present(sums, near, references.masked),
    ],
    shape,
  );
}

/** Sum of what walks end on, each side's under its gate. */
function walked(
  sums: Sums,
  tables: OwnTables,
  messages: Messages,
  references: OwnReferences,
  shape: readonly [number, number],
) {
  const parts = (['source', 'target'] as const).flatMap((side) => {
    const table = tables[side];
    return table === null ? [] : gated(sums, table, references[side], messages.gates[side]);
  });
  return sum(parts, shape);
}

function sum(parts: readonly Tensor2D[], [rows, width]: readonly [number, number]): Tensor2D {
  if (parts.length === 0) return tf.zeros([rows, width]);
  return parts.length === 1 ? parts[0]! : (tf.addN([...parts]) as Tensor2D);
}

function present(sums: Sums, table: Tensor2D | null, references: References): Tensor2D[] {
  return table === null || references.indices.length === 0 ? [] : [sums.of(table, references)];
}

function gated(sums: Sums, table: Tensor2D, references: References, gate: Tensor2D): Tensor2D[] {
  return present(sums, table, references).map((part) => tf.mul(part, gate) as Tensor2D);
}
