import type { Station } from '../../crew/index.ts';
import { Random } from '../../random.ts';
import { openParameter, type SharedParameter } from '../../tensor/threads.ts';
import { ownerOf } from '../parameters.ts';
import { ratesAt } from '../rates.ts';
import type { Side } from '../sampler.ts';
import type { Common } from './common.ts';
import { Inference, type Reach } from './inference.ts';
import { Lane } from './lane.ts';
import { project } from './projection.ts';
import { type Range, shareOf } from './ranges.ts';

/** Steps of one epoch. */
export interface EpochOrder {
  readonly epoch: number;
  /** The epoch's sources in the order of their training. */
  readonly order: Uint32Array;
  readonly batchSize: number;
  /** Steps before this epoch, and of the whole training. */
  readonly stepsBefore: number;
  readonly total: number;
  /** Of the whole training. */
  readonly seed: number;
}

/** What products are of their ids and features, of all of them. */
export interface ProjectOrder {
  readonly kind: 'project';
}

export type SharedReach = Readonly<Record<Side, SharedParameter>>;

/** One hop of the walks' exact means. */
export interface PropagateOrder {
  readonly kind: 'propagate';
  readonly side: Side;
  readonly hop: number;
  readonly from: SharedReach | null;
  readonly to: SharedReach;
}

/** Embeddings of a range of products. */
export interface EmbedOrder {
  readonly kind: 'embed';
  readonly side: Side;
  readonly seed: number;
  readonly reach: SharedReach | null;
  readonly range: Range;
  /** In shared memory; shape [range, d + 2]. */
  readonly to: Float32Array;
}

export type Order = ({ readonly kind: 'epoch' } & EpochOrder) | ProjectOrder | PropagateOrder | EmbedOrder;

/** What lane 0 tells after each step. */
export interface StepNews {
  readonly step: number;
  readonly loss: number;
}

export interface OrderResult {
  /** Whether an epoch was left before its end because the crew was asked to stop. */
  readonly stopped: boolean;
}

/** Rows of products that one lane takes at a time. */
const productRows = 256;

/** Lanes of parameters that are opened on the way are kept: opening makes new views of a memory. */
class OpenParameters {
  readonly #lane: number;
  readonly #known = new Map<SharedParameter['memory'], ReturnType<typeof openParameter>>();

  constructor(lane: number) {
    this.#lane = lane;
  }

  reach(shared: SharedReach | null): Reach | null {
    return shared === null ? null : { source: this.#open(shared.source), target: this.#open(shared.target) };
  }

  #open(shared: SharedParameter) {
    const known = this.#known.get(shared.memory) ?? openParameter(shared, this.#lane);
    this.#known.set(shared.memory, known);
    return known;
  }
}

/** Makes what carries out orders in one lane. */
export function answerer(common: Common, station: Station): (order: Order) => OrderResult {
  const { lane, size, meet } = station;
  const { material, parameters, projections } = common;
  const { nodeCount } = material.graph;
  const projected = projections === null ? null : { source: projections.source.own, target: projections.target.own };
  const opened = new OpenParameters(lane);
  const made: { trainer?: Lane; inference?: Inference } = {};
  const inference = () => {
    made.inference ??= new Inference(material, parameters, projected);
    return made.inference;
  };
  const share = (count: number) => shareOf(count, productRows, lane, size);
  return (order) => {
    if (order.kind === 'epoch') {
      made.trainer ??= new Lane(common, { lane, lanes: size, meet });
      return { stopped: !runEpoch(made.trainer, order, material.configuration.optimiser, station) };
    }
    if (order.kind === 'propagate') {
      const to = opened.reach(order.to)!;
      inference().propagate(order.side, order.hop, opened.reach(order.from), to, share(nodeCount));
    } else if (order.kind === 'embed') {
      const { first, last } = share(order.range.last - order.range.first);
      const width = material.configuration.dimension + 2;
      const range = { first: order.range.first + first, last: order.range.first + last };
      const to = order.to.subarray(first * width, last * width);
      inference().embed(order.side, order.seed, opened.reach(order.reach), range, to);
    } else if (projections !== null) {
      const { first, last } = share(nodeCount);
      const rows = Uint32Array.from({ length: last - first }, (_, i) => first + i);
      for (const side of ['source', 'target'] as const) {
        if (ownerOf(side, material.configuration) !== side) continue;
        const weights = parameters.get(`${side}Features`)!;
        project(projections[side], parameters.get(`${side}Own`) ?? null, weights, material.features!, rows, null);
      }
    }
    return { stopped: false };
  };
}

/** @returns whether it came to the end. */
function runEpoch(
  trainer: Lane,
  order: EpochOrder,
  optimiser: Parameters<typeof ratesAt>[2],
  { lane, stops, tell }: Station,
): boolean {
  for (const { step, sources } of stepsOf(order)) {
    prepareStep(trainer, order, step, sources);
    // Lanes meet here: all are through with the step before, and have drawn for this one.
    if (stops()) return false;
    const news = stepOf(trainer, order, optimiser, step);
    if (lane === 0) tell(news);
    if (!Number.isFinite(news.loss)) return true;
  }
  return true;
}

export function* stepsOf({ order, batchSize, stepsBefore }: EpochOrder) {
  for (let start = 0, step = stepsBefore + 1; start < order.length; start += batchSize, step++) {
    yield { step, sources: order.subarray(start, start + batchSize) };
  }
}

export function prepareStep(trainer: Lane, { epoch, seed }: EpochOrder, step: number, sources: Uint32Array): void {
  trainer.prepare(sources, epoch, new Random(seed).fork('step', step));
}

export function stepOf(
  trainer: Lane,
  { total }: EpochOrder,
  optimiser: Parameters<typeof ratesAt>[2],
  step: number,
): StepNews {
  return { step, loss: trainer.step(ratesAt(step, total, optimiser)) };
}
