import type { Random } from '../../random.ts';
import { type AdamStep, moveByAdam, type Parameter } from '../../tensor/threads.ts';
import { gateNames, ownerOf, type ParameterName, unpenalised } from '../parameters.ts';
import { type Plan, Planner } from '../planner.ts';
import type { Side } from '../sampler.ts';
import type { StepRates } from '../step.ts';
import type { Common } from './common.ts';
import { decodeColumns, decodePairs, decodeReversed } from './decode.ts';
import { decodeColumnsNatively } from './decode-natively.ts';
import { Drawer, type DrawnSide } from './draw.ts';
import {
  assemble,
  Buffers,
  type EncodedSide,
  encodeParts,
  type MaskedParts,
  writeEncoded,
  writePairs,
} from './encode.ts';
import type { Dropout } from './features.ts';
import { blockSums, type Layout, layoutOf, productBlock } from './layout.ts';
import { type Collected, Collector, type ListName, writeLists } from './lists.ts';
import { columnsOf, type Projection, project, updateProjection } from './projection.ts';
import { shareOf } from './ranges.ts';
import { gateColumn, type SideTables, tablesOf } from './tables.ts';
import { sumUpstream, updateBiases, updateTable } from './update.ts';
import { writeUpstream } from './upstream.ts';

/** Where a lane stands among the others. */
export interface Place {
  readonly lane: number;
  readonly lanes: number;
  /** Returns when every lane has come here. */
  readonly meet: () => void;
}

interface LaneSide {
  readonly tables: SideTables;
  readonly drawn: DrawnSide;
}

const sides = ['source', 'target'] as const;
/** Rows of a table that one lane owns come in blocks of this many. */
const rowBlock = 256;

/**
 * One of the threads that do a training step together; a lone one does it all. Every value is computed by one lane from inputs in a
 * fixed order, so the result is the same bits whatever the number of lanes:
 *
 * 1. each draws the neighbourhoods of its products, and lists which table rows they refer to;
 * 2. each encodes its products, straight from the tables;
 * 3. the decoder's blocks of columns and pairs are shared out (`lossOf` says what is computed);
 * 4. each brings the gradients back to the parts of its products;
 * 5. each owns a range of every table's rows, sums their gradients from the lists, and moves them by Adam.
 *
 * It is the step of `trainStep`, without a tape: the encoder is linear, and its transposes are written out.
 */
export class Lane {
  readonly #common: Common;
  readonly #place: Place;
  readonly #planner: Planner;
  readonly #drawer: Drawer;
  readonly #buffers = new Buffers();
  readonly #collector: Collector;

  constructor(common: Common, place: Place) {
    this.#common = common;
    this.#place = place;
    this.#planner = new Planner(common.material);
    this.#drawer = new Drawer(common.material);
    this.#collector = new Collector(common.lists);
  }

  /** @returns the mean loss per positive edge, the same in every lane. */
  step(sources: Uint32Array, epoch: number, random: Random, rates: StepRates): number {
    const { heap } = this.#common;
    const { lane, lanes, meet } = this.#place;
    const plan = this.#planner.plan(sources, random);
    const dropout = this.#dropout(random);
    const { material, native } = this.#common;
    const layout = layoutOf(plan, material.configuration.dimension, lanes, native !== null);
    const own = this.#draw(plan, layout, epoch, dropout);
    if (lane === 0) heap.ensure(layout.end);
    meet();
    const collected = this.#project(dropout);
    const encoded = this.#encode(layout, plan, own);
    meet();
    this.#decode(layout, plan);
    meet();
    own.forEach(({ drawn }, i) => {
      const { side, masked } = encoded[i]!;
      writeUpstream(heap, layout, plan, drawn, side, masked);
    });
    meet();
    const loss = this.#loss(layout, plan);
    this.#update(layout, collected, dropout, rates);
    meet();
    return loss;
  }

  #dropout(random: Random): Dropout | null {
    const share = this.#common.material.configuration.optimiser.featureDropout;
    return share === 0 ? null : { share, seed: random.fork('features').seed };
  }

  #draw(plan: Plan, layout: Layout, epoch: number, dropout: Dropout | null): readonly LaneSide[] {
    const { material, parameters, projections, lists } = this.#common;
    const { lane, lanes } = this.#place;
    const { configuration } = material;
    const projected = projections === null ? null : { source: projections.source.own, target: projections.target.own };
    const own = sides.map((side) => ({
      tables: tablesOf(parameters, projected, side, configuration),
      drawn: this.#drawer.draw(plan, side, shareOf(layout[side].count, productBlock, lane, lanes), epoch, dropout),
    }));
    writeLists(lists[lane]!, own, layout, configuration);
    return own;
  }

  /** Rows of a table that the lane owns, as the step touches them. */
  #collect(list: ListName): Collected {
    const { material, parameters } = this.#common;
    const rows = parameters.get(list)?.rows ?? material.graph.nodeCount;
    const { first, last } = shareOf(rows, rowBlock, this.#place.lane, this.#place.lanes);
    return this.#collector.collect(list, first, last, this.#drawer.all && !list.endsWith('Features'));
  }

  /** Makes what products are of their ids and features, where these travel; every lane its rows. */
  #project(dropout: Dropout | null): ReadonlyMap<ListName, Collected> {
    const { projections, parameters, material } = this.#common;
    const collected = new Map<ListName, Collected>();
    if (projections === null) return collected;
    for (const side of this.#owners()) {
      const list = `${side}Own` as const;
      const rows = this.#collect(list);
      collected.set(list, rows);
      const weights = parameters.get(`${side}Features`)!;
      project(projections[side], parameters.get(list) ?? null, weights, material.features!, rows.rows, dropout);
    }
    this.#place.meet();
    return collected;
  }

  #owners(): readonly Side[] {
    const { configuration } = this.#common.material;
    return sides.filter((side) => ownerOf(side, configuration) === side);
  }

  #encode(layout: Layout, plan: Plan, own: readonly LaneSide[]) {
    const { heap, parameters } = this.#common;
    const { dimension, stride } = layout;
    const offset = parameters.get('offset')!.values[0]!;
    return own.map(({ tables, drawn }): { side: EncodedSide; masked: MaskedParts } => {
      const parts = encodeParts(tables, drawn, dimension, this.#buffers);
      const side = assemble(tables, drawn, dimension, parts, this.#buffers);
      const { encoded, pairs } = layout[drawn.side];
      const rows = heap.floats(encoded + 4 * drawn.range.first * stride, drawn.nodes.length * stride);
      writeEncoded(rows, stride, tables, drawn, dimension, side, offset);
      const ends = heap.floats(pairs, plan.pairSource.length * dimension);
      return { side, masked: writePairs(ends, tables, drawn, dimension, side, this.#buffers) };
    });
  }

  #decode(layout: Layout, plan: Plan): void {
    const { heap, material, native } = this.#common;
    const { lane, lanes } = this.#place;
    const per = 1 / Math.max(plan.weightSum, 1);
    const losses = this.#losses(layout);
    const negativeScale = plan.negativeScale * per;
    for (let block = lane; block < layout.columnBlocks; block += lanes) {
      const scratch = layout.scratch[lane]!;
      losses[block] =
        plan.negativeScale *
        (native === null
          ? decodeColumns(heap, layout, plan, block, scratch, negativeScale)
          : decodeColumnsNatively(native.product, heap, layout, plan, block, scratch, negativeScale));
    }
    for (let block = lanes - 1 - lane; block < layout.pairBlocks; block += lanes) {
      losses[layout.columnBlocks + block] = decodePairs(heap, layout, plan, block, per);
    }
    if (lane !== 0) return;
    const { reversedWeight } = material.configuration.loss;
    const share = (reversedWeight * plan.weightSum) / Math.max(plan.reversedSource.length, 1);
    losses[losses.length - 1] = share * decodeReversed(heap, layout, plan, share * per);
  }

  #losses(layout: Layout): Float64Array {
    return this.#common.heap.doubles(layout.losses, layout.columnBlocks + layout.pairBlocks + 1);
  }

  #loss(layout: Layout, plan: Plan): number {
    let loss = 0;
    for (const part of this.#losses(layout)) loss += part;
    return loss / Math.max(plan.weightSum, 1);
  }

  #update(
    layout: Layout,
    projected: ReadonlyMap<ListName, Collected>,
    dropout: Dropout | null,
    rates: StepRates,
  ): void {
    const { heap, parameters, projections, material } = this.#common;
    const { lane } = this.#place;
    const { configuration, graph } = material;
    const penalty = configuration.optimiser.penalty / graph.bought.edgeCount;
    const stepOf = (name: ParameterName): AdamStep => ({ ...rates, penalty: unpenalised.has(name) ? 0 : penalty });
    for (const side of this.#owners()) {
      const list = `${side}Own` as const;
      const own = projected.get(list) ?? this.#collect(list);
      if (projections !== null)
        this.#updateOwn(layout, projections[side], parameters.get(list) ?? null, own, stepOf(list));
      else if (parameters.has(list)) updateTable(heap, layout, lane, parameters.get(list)!, own, stepOf(list));
      for (const name of [`${side}Near`, `${side}Across`, `${side}Viewed`] as const) {
        const parameter = parameters.get(name);
        if (parameter !== undefined) updateTable(heap, layout, lane, parameter, this.#collect(name), stepOf(name));
      }
      const bias = `${side}Bias` as const;
      updateBiases(heap, layout, parameters.get(bias)!, own.rows, this.#collect(bias), stepOf(bias));
      if (projections === null && parameters.has(`${side}Features`)) {
        const features = `${side}Features` as const;
        const rows = this.#allRows(features);
        updateTable(heap, layout, lane, parameters.get(features)!, rows, stepOf(features));
      }
    }
    if (lane === 0) this.#updateGates(layout, rates);
    if (projections === null) return;
    this.#place.meet();
    this.#updateProjections(projections, dropout, stepOf);
    this.#clear(projections, projected);
  }

  /** A projection's columns are all moved in every step, like the tape does. */
  #allRows(list: ListName): Collected {
    const { parameters } = this.#common;
    const { first, last } = shareOf(parameters.get(list)!.rows, rowBlock, this.#place.lane, this.#place.lanes);
    return this.#collector.collect(list, first, last, true);
  }

  #updateOwn(layout: Layout, projection: Projection, ids: Parameter | null, own: Collected, step: AdamStep): void {
    const { dimension } = layout;
    sumUpstream(this.#common.heap, layout, this.#place.lane, own, (start, count, gradient) => {
      for (let i = 0; i < count; i++) {
        const row = own.rows[start + i]!;
        projection.touched[row] = 1;
        projection.gradient.values.set(gradient.subarray(i * dimension, (i + 1) * dimension), row * dimension);
      }
      if (ids !== null) moveByAdam(ids, own.rows.subarray(start, start + count), gradient, step);
    });
  }

  #updateProjections(
    projections: Readonly<Record<Side, Projection>>,
    dropout: Dropout | null,
    stepOf: (name: ParameterName) => AdamStep,
  ): void {
    const { parameters, columns, material } = this.#common;
    const range = columnsOf(columns!, this.#place.lane, this.#place.lanes);
    for (const side of this.#owners()) {
      const name = `${side}Features` as const;
      updateProjection(
        projections[side],
        parameters.get(name)!,
        material.features!,
        columns!,
        range,
        this.#drawer.all,
        dropout,
        stepOf(name),
      );
    }
  }

  /** Before the next step marks its own rows, which it does after the lanes have met twice. */
  #clear(projections: Readonly<Record<Side, Projection>>, projected: ReadonlyMap<ListName, Collected>): void {
    this.#place.meet();
    for (const side of this.#owners()) {
      for (const row of projected.get(`${side}Own`)!.rows) projections[side].touched[row] = 0;
    }
  }

  /** The gates and the offset: sums over all products, block after block. */
  #updateGates(layout: Layout, rates: StepRates): void {
    const { heap, parameters, material } = this.#common;
    const gradient = new Float64Array(2 * gateNames.length);
    let offset = 0;
    for (const side of sides) {
      const blocks = Math.ceil(layout[side].count / productBlock);
      const sums = heap.doubles(layout[side].sums, blocks * blockSums);
      const owner = ownerOf(side, material.configuration);
      for (let block = 0; block < blocks; block++) {
        gateNames.forEach((name, k) => {
          gradient[gateColumn(owner, name)]! += sums[block * blockSums + k]!;
        });
        offset += sums[block * blockSums + gateNames.length]!;
      }
    }
    const step = { ...rates, penalty: 0 };
    moveByAdam(parameters.get('gates')!, null, Float32Array.from(gradient), step);
    moveByAdam(parameters.get('offset')!, null, Float32Array.of(offset), step);
  }
}
