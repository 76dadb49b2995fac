import type { Random } from '../../random.ts';
import { type AdamStep, moveByAdam, type Parameter } from '../../tensor/threads.ts';
import type { Material } from '../material.ts';
import { gateNames, ownerOf, type ParameterName, type Parameters, unpenalised } from '../parameters.ts';
import { type Plan, Planner } from '../planner.ts';
import type { Side } from '../sampler.ts';
import type { StepRates } from '../step.ts';
import { Arena } from './arena.ts';
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
import {
  type Collected,
  Collector,
  claimTask,
  type ListName,
  ListWriter,
  listNames,
  partsOf,
  resetTasks,
} from './lists.ts';
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

/** What a step draws, whatever the parameters are. */
interface Prepared {
  readonly plan: Plan;
  readonly dropout: Dropout | null;
  readonly layout: Layout;
  readonly drawn: readonly DrawnSide[];
}

/** One part of a table to be moved. */
interface Task {
  readonly list: ListName;
  readonly part: number;
}

/** A part of what products are, with the rows that the step touches. */
interface OwnPart {
  readonly side: Side;
  readonly part: number;
  readonly own: Collected;
}

/** What lanes share out among them as they come: all tables but those that every step makes anew. */
function tasksOf(
  parameters: Parameters,
  travels: boolean,
  { configuration }: Material,
  rowsOf: (list: ListName) => number,
): readonly Task[] {
  const names = listNames.filter((list) => {
    if (list.endsWith('Bias') || (travels && /Own$|Features$/.test(list))) return false;
    // The rows that biases are moved with.
    return parameters.has(list) || list === 'sourceOwn' || (list === 'targetOwn' && !configuration.symmetric);
  });
  return names.flatMap((list) => Array.from({ length: partsOf(rowsOf(list)) }, (_, part) => ({ list, part })));
}

/**
 * One of the threads that do a training step together; a lone one does it all. Every value is computed by one lane from inputs in a
 * fixed order, so the result is the same bits whatever the number of lanes:
 *
 * 1. each draws the neighbourhoods of its products, ahead of the step, and lists which table rows they refer to;
 * 2. each encodes its products, straight from the tables;
 * 3. the decoder's blocks of columns and pairs are shared out (`lossOf` says what is computed);
 * 4. each brings the gradients back to the parts of its products;
 * 5. each takes parts of the tables' rows until none is left, sums their gradients from the lists, and moves them by Adam.
 *
 * It is the step of `trainStep`, without a tape: the encoder is linear, and its transposes are written out.
 */
export class Lane {
  readonly #common: Common;
  readonly #place: Place;
  readonly #planner: Planner;
  readonly #drawer: Drawer;
  readonly #buffers = new Buffers();
  readonly #arena: Arena;
  readonly #writer: ListWriter;
  readonly #collector: Collector;
  readonly #tasks: readonly Task[];
  #prepared: Prepared | null = null;

  constructor(common: Common, place: Place) {
    const { material, parameters, projections, lists } = common;
    this.#common = common;
    this.#place = place;
    this.#planner = new Planner(material);
    this.#drawer = new Drawer(material);
    this.#arena = new Arena(lists);
    const rowsOf = (list: ListName) => parameters.get(list)?.rows ?? material.graph.nodeCount;
    this.#writer = new ListWriter(lists, place.lane, rowsOf);
    this.#collector = new Collector(lists, place.lanes, this.#arena, rowsOf);
    this.#tasks = tasksOf(parameters, projections !== null, material, rowsOf);
  }

  /**
   * Draws what a step needs, and reads nothing that steps change: while other lanes are still at the step before. All lanes must have met
   * between a step's preparation and the step.
   */
  prepare(sources: Uint32Array, epoch: number, random: Random): void {
    const { heap, material, native } = this.#common;
    const { lane, lanes } = this.#place;
    this.#arena.reset();
    const plan = this.#planner.plan(sources, random);
    const dropout = this.#dropout(random);
    const layout = layoutOf(plan, material.configuration.dimension, lanes, native !== null);
    if (lane === 0) heap.ensure(layout.end);
    const drawn = sides.map((side) =>
      this.#drawer.draw(
        plan,
        side,
        shareOf(layout[side].count, productBlock, lane, lanes),
        epoch,
        dropout,
        this.#arena,
      ),
    );
    this.#prepared = { plan, dropout, layout, drawn };
  }

  /**
   * The step that was prepared.
   * @returns the mean loss per positive edge, the same in every lane.
   */
  step(rates: StepRates): number {
    const { material, lists } = this.#common;
    const { lane, meet } = this.#place;
    const { plan, dropout, layout, drawn } = this.#prepared!;
    const own = this.#tables(drawn);
    this.#writer.write(own, layout, material.configuration);
    const projected = this.#project(dropout);
    const encoded = this.#encode(layout, plan, own);
    meet();
    this.#decode(layout, plan);
    meet();
    if (lane === 0) resetTasks(lists);
    own.forEach(({ drawn }, i) => {
      const { side, masked } = encoded[i]!;
      writeUpstream(this.#common.heap, layout, plan, drawn, side, masked);
    });
    meet();
    const loss = this.#loss(layout, plan);
    this.#update(layout, projected, dropout, rates);
    return loss;
  }

  #dropout(random: Random): Dropout | null {
    const share = this.#common.material.configuration.optimiser.featureDropout;
    return share === 0 ? null : { share, seed: random.fork('features').seed };
  }

  #tables(drawn: readonly DrawnSide[]): readonly LaneSide[] {
    const { material, parameters, projections } = this.#common;
    const projected = projections === null ? null : { source: projections.source.own, target: projections.target.own };
    return drawn.map((drawn) => ({
      tables: tablesOf(parameters, projected, drawn.side, material.configuration),
      drawn,
    }));
  }

  /** Makes what products are of their ids and features, where these travel; every lane its parts. */
  #project(dropout: Dropout | null): readonly OwnPart[] {
    const { projections, parameters, material } = this.#common;
    if (projections === null) return [];
    this.#place.meet();
    const collected: OwnPart[] = [];
    for (const side of this.#owners()) {
      const list = `${side}Own` as const;
      const weights = parameters.get(`${side}Features`)!;
      const parts = partsOf(material.graph.nodeCount);
      for (let part = this.#place.lane; part < parts; part += this.#place.lanes) {
        const own = this.#collector.collect(list, part, this.#drawer.all);
        collected.push({ side, part, own });
        project(projections[side], parameters.get(list) ?? null, weights, material.features!, own.rows, dropout);
      }
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

  #update(layout: Layout, projected: readonly OwnPart[], dropout: Dropout | null, rates: StepRates): void {
    const { heap, lists, parameters, projections, material } = this.#common;
    const { lane } = this.#place;
    const { configuration, graph } = material;
    const penalty = configuration.optimiser.penalty / graph.bought.edgeCount;
    const stepOf = (name: ParameterName): AdamStep => ({ ...rates, penalty: unpenalised.has(name) ? 0 : penalty });
    for (const { side, part, own } of projected) {
      this.#updateOwn(layout, projections![side], parameters.get(`${side}Own`) ?? null, own, stepOf(`${side}Own`));
      this.#updateBiases(layout, side, part, own, stepOf);
    }
    for (let k = claimTask(lists); k < this.#tasks.length; k = claimTask(lists)) {
      const { list, part } = this.#tasks[k]!;
      const mark = this.#arena.mark();
      // A projection's columns are all moved in every step, like the tape does.
      const collected = this.#collector.collect(list, part, this.#drawer.all || list.endsWith('Features'));
      const parameter = parameters.get(list);
      if (parameter !== undefined) updateTable(heap, layout, lane, parameter, collected, stepOf(list));
      if (list.endsWith('Own'))
        this.#updateBiases(layout, list === 'sourceOwn' ? 'source' : 'target', part, collected, stepOf);
      this.#arena.release(mark);
    }
    if (lane === 0) this.#updateGates(layout, rates);
    if (projections === null) return;
    this.#place.meet();
    this.#updateProjections(projections, dropout, stepOf);
    this.#clear(projections, projected);
  }

  #updateBiases(
    layout: Layout,
    side: Side,
    part: number,
    { rows }: Collected,
    stepOf: (name: ParameterName) => AdamStep,
  ): void {
    const bias = `${side}Bias` as const;
    const parameter = this.#common.parameters.get(bias)!;
    const mark = this.#arena.mark();
    const collected = this.#collector.collect(bias, part, false);
    updateBiases(this.#common.heap, layout, parameter, rows, collected, stepOf(bias), this.#arena);
    this.#arena.release(mark);
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
  #clear(projections: Readonly<Record<Side, Projection>>, projected: readonly OwnPart[]): void {
    this.#place.meet();
    for (const { side, own } of projected) for (const row of own.rows) projections[side].touched[row] = 0;
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
