import type { References } from '../../tensor/references.ts';
import { parameterSums } from '../../tensor/threads.ts';
import type { OwnReferences } from '../references.ts';
import type { Side } from '../sampler.ts';
import type { DrawnSide } from './draw.ts';
import type { SideTables } from './tables.ts';

type Sums = Float32Array | null;

/** Parts of the embeddings of n products of one side, each [n, d], before their gates; null where there is nothing to sum. */
export interface Parts {
  readonly own: Sums;
  readonly features: Sums;
  readonly across: Sums;
  readonly near: Sums;
  readonly viewedOwn: Sums;
  readonly viewedMessages: Sums;
  /** By the side that walks end on. */
  readonly nearWalks: Readonly<Record<Side, Sums>>;
  readonly acrossWalks: Readonly<Record<Side, Sums>>;
}

/** The parts put together, as in `encodeSide`: full = rest + walks + nearScale · near. */
export interface EncodedSide {
  readonly parts: Parts;
  /** Shape [n, d]: everything but the near neighbours and the walks over them. */
  readonly rest: Float32Array;
  /** Shape [n, d]: walks that begin along the side's direction. */
  readonly walks: Float32Array;
}

/** Arrays that are used again from step to step. */
export class Buffers {
  readonly #arrays = new Map<string, Float32Array>();

  /** An array of at least the length, with any content, cut to it. */
  take(name: string, length: number): Float32Array {
    let array = this.#arrays.get(name);
    if (array === undefined || array.length < length) {
      array = new Float32Array(Math.ceil(1.25 * length));
      this.#arrays.set(name, array);
    }
    return array.subarray(0, length);
  }
}

export function encodeParts(tables: SideTables, drawn: DrawnSide, dimension: number, buffers: Buffers): Parts {
  const { references, side } = drawn;
  const count = drawn.nodes.length;
  const sums = (name: string, table: SideTables['near'], from: References | null): Sums => {
    if (table === null || from === null || from.indices.length === 0) return null;
    const to = buffers.take(`${side}.${name}`, count * dimension);
    parameterSums(table, from, to);
    return to;
  };
  const walks = (name: string, from: OwnReferences) => ({
    source: sums(`${name}.source`, tables.own.source, from.source),
    target: sums(`${name}.target`, tables.own.target, from.target),
  });
  const own = tables.own[tables.owner];
  return {
    own: sums('own', own, references.own),
    features: sums('features', tables.features, drawn.features),
    across: sums('across', tables.across, references.across),
    near: sums('near', tables.near, references.near),
    viewedOwn: sums('viewedOwn', own, references.viewed?.own ?? null),
    viewedMessages: sums('viewedMessages', tables.viewed, references.viewed?.messages ?? null),
    nearWalks: walks('nearWalks', references.nearWalks),
    acrossWalks: walks('acrossWalks', references.acrossWalks),
  };
}

/** Puts the parts together. */
export function assemble(
  tables: SideTables,
  drawn: DrawnSide,
  dimension: number,
  parts: Parts,
  buffers: Buffers,
): EncodedSide {
  const { gates } = tables;
  const size = drawn.nodes.length * dimension;
  const rest = buffers.take(`${drawn.side}.rest`, size).fill(0);
  add(rest, parts.own, gates.own);
  add(rest, parts.features, gates.own);
  add(rest, parts.across, 1);
  add(rest, parts.viewedOwn, gates.viewed);
  add(rest, parts.viewedMessages, 1);
  add(rest, parts.acrossWalks.source, gates.source);
  add(rest, parts.acrossWalks.target, gates.target);
  const walks = buffers.take(`${drawn.side}.walks`, size).fill(0);
  add(walks, parts.nearWalks.source, gates.source);
  add(walks, parts.nearWalks.target, gates.target);
  return { parts, rest, walks };
}

export function add(to: Float32Array, from: Sums, by: number): void {
  if (from === null) return;
  for (let i = 0; i < to.length; i++) to[i]! += by * from[i]!;
}

/**
 * Writes embeddings as the decoder multiplies them, one row of `stride` per product: a source's as [e_s, b_s + b₀, 1], a target's as
 * [e_t, 1, b_t], zeros behind.
 */
export function writeEncoded(
  to: Float32Array,
  stride: number,
  tables: SideTables,
  drawn: DrawnSide,
  dimension: number,
  { parts, rest, walks }: EncodedSide,
  offset: number,
): void {
  const { nearScale } = drawn.references;
  const { near } = parts;
  for (let i = 0; i < drawn.nodes.length; i++) {
    const row = i * stride;
    const from = i * dimension;
    const scale = nearScale[i]!;
    if (near === null) for (let c = 0; c < dimension; c++) to[row + c] = rest[from + c]! + walks[from + c]!;
    else {
      for (let c = 0; c < dimension; c++) to[row + c] = rest[from + c]! + walks[from + c]! + scale * near[from + c]!;
    }
    const bias = tables.bias.values[drawn.nodes[i]!]!;
    to[row + dimension] = drawn.side === 'source' ? bias + offset : 1;
    to[row + dimension + 1] = drawn.side === 'source' ? 1 : bias;
    for (let c = dimension + 2; c < stride; c++) to[row + c] = 0;
  }
}

/** What is taken out of pairs' ends: near messages, and walks by the side that they end on. Each [pairs, d] or null. */
export interface MaskedParts {
  readonly message: Sums;
  readonly walks: Readonly<Record<Side, Sums>>;
}

/**
 * Writes what the side's end of each pair is without its own edge (`encodePairs`), at the row of the pair.
 * @param to shape [all pairs, d].
 */
export function writePairs(
  to: Float32Array,
  tables: SideTables,
  drawn: DrawnSide,
  dimension: number,
  { parts, rest, walks }: EncodedSide,
  buffers: Buffers,
): MaskedParts {
  const { pairs, pairIds, pairOffsets, side } = drawn;
  const size = pairIds.length * dimension;
  const sums = (name: string, table: SideTables['near'], from: References): Sums => {
    if (table === null || from.indices.length === 0) return null;
    const found = buffers.take(`${side}.masked.${name}`, size);
    parameterSums(table, from, found);
    return found;
  };
  const masked: MaskedParts = {
    message: sums('message', tables.near, pairs.masked),
    walks: {
      source: sums('source', tables.own.source, pairs.maskedWalks.source),
      target: sums('target', tables.own.target, pairs.maskedWalks.target),
    },
  };
  const { near } = parts;
  const extra = buffers.take(`${side}.masked`, size).fill(0);
  add(extra, masked.message, 1);
  add(extra, masked.walks.source, tables.gates.source);
  add(extra, masked.walks.target, tables.gates.target);
  for (let i = 0; i < drawn.nodes.length; i++) {
    const from = i * dimension;
    for (let p = pairOffsets[i]!; p < pairOffsets[i + 1]!; p++) {
      const row = pairIds[p]! * dimension;
      const scale = pairs.near.weights[p]!;
      const walkScale = pairs.nearWalks.weights[p]!;
      const at = p * dimension;
      for (let c = 0; c < dimension; c++) {
        const sum = extra[at + c]! + rest[from + c]! + walkScale * walks[from + c]!;
        to[row + c] = near === null ? sum : sum + scale * near[from + c]!;
      }
    }
  }
  return masked;
}
