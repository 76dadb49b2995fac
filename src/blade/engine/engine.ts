import { type RunContext, throwIfAborted } from '../../context.ts';
import { Crew, type Station } from '../../crew/index.ts';
import { createParameter, type NativePackage, shareParameter } from '../../tensor/threads.ts';
import type { Material } from '../material.ts';
import type { Parameters } from '../parameters.ts';
import type { Side } from '../sampler.ts';
import { commonOf, shareCommon } from './common.ts';
import { Lane } from './lane.ts';
import {
  answerer,
  type EpochOrder,
  type Order,
  type OrderResult,
  prepareStep,
  type SharedReach,
  type StepNews,
  stepOf,
  stepsOf,
} from './orders.ts';

/** Rows that are embedded between two looks at the signal, without workers. */
const patience = 8192;

/** Trains and embeds on worker threads, or in the caller's, over shared memory: the same bits either way. */
export class Engine {
  readonly #material: Material;
  readonly #crew: Crew<Order, OrderResult> | null;
  readonly #answer: ((order: Order) => OrderResult) | null;
  readonly #trainer: (() => Lane) | null;
  /** Reaches that nobody needs any more: lanes keep what they opened of them. */
  readonly #reaches: SharedReach[] = [];

  private constructor(
    material: Material,
    crew: Crew<Order, OrderResult> | null,
    answer: ((order: Order) => OrderResult) | null,
    trainer: (() => Lane) | null,
  ) {
    this.#material = material;
    this.#crew = crew;
    this.#answer = answer;
    this.#trainer = trainer;
  }

  /**
   * @param workers threads to start; 0 works in the caller's, with a pause after every step.
   * @param native whose products are taken in place of our own.
   * @throws OnewayError `WORKER_FAILED`
   */
  static async open(
    material: Material,
    parameters: Parameters,
    workers: number,
    native: NativePackage | null = null,
  ): Promise<Engine> {
    const common = commonOf(material, parameters, native);
    if (workers > 0) {
      // Compiled modules stand beside compiled ones, and sources beside sources.
      const module = new URL(`lane-thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url);
      return new Engine(material, await Crew.open(module, workers, shareCommon(common)), null, null);
    }
    const alone: Station = { lane: 0, size: 1, meet: () => {}, stops: () => false, tell: () => {} };
    let lane: Lane | undefined;
    const trainer = () => {
      lane ??= new Lane(common, { lane: 0, lanes: 1, meet: () => {} });
      return lane;
    };
    return new Engine(material, null, answerer(common, alone), trainer);
  }

  /**
   * Trains for one epoch. After a loss that is not finite it ends early.
   * @throws OnewayError `ABORTED` on the signal, `WORKER_FAILED`.
   */
  async epoch(order: EpochOrder, signal: AbortSignal, tell: (news: StepNews) => void): Promise<void> {
    throwIfAborted(signal);
    const whole = { kind: 'epoch', ...order, order: shared(order.order) } as const;
    if (this.#crew === null) {
      for (const { step, sources } of stepsOf(whole)) {
        throwIfAborted(signal);
        const trainer = this.#trainer!();
        prepareStep(trainer, whole, step, sources);
        const news = stepOf(trainer, whole, this.#material.configuration.optimiser, step);
        tell(news);
        if (!Number.isFinite(news.loss)) return;
        await new Promise(setImmediate);
      }
      return;
    }
    const crew = this.#crew;
    const stop = () => crew.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await crew.run(whole, (news) => tell(news as StepNews));
    } finally {
      signal.removeEventListener('abort', stop);
    }
    throwIfAborted(signal);
  }

  /** Brings what products are up to date with the parameters; to be called before embedding. */
  async project(): Promise<void> {
    await this.#run({ kind: 'project' });
  }

  /**
   * What walks bring a product from its neighbours on, which {@link embed} takes; null where that is nothing. To be given back
   * by {@link giveBack}.
   */
  async reach(side: Side, { signal }: Pick<RunContext, 'signal'>): Promise<SharedReach | null> {
    const { hops, fill } = this.#material.configuration.neighbourhood;
    if (hops < 2 || fill === 0) return null;
    let from: SharedReach | null = null;
    for (let hop = hops; hop >= 1; hop--) {
      throwIfAborted(signal);
      const to: SharedReach = this.takeRoom();
      await this.#run({ kind: 'propagate', side, hop, from, to });
      if (from !== null) this.giveBack(from);
      from = to;
    }
    return from;
  }

  /** Room for a reach, with any content. */
  takeRoom(): SharedReach {
    const spare = this.#reaches.pop();
    if (spare !== undefined) return spare;
    const { graph, configuration } = this.#material;
    const make = (side: Side) =>
      shareParameter(createParameter(`${side} reach`, graph.nodeCount, configuration.dimension));
    return { source: make('source'), target: make('target') };
  }

  /** Takes a reach for the next one that is needed. */
  giveBack(reach: SharedReach): void {
    this.#reaches.push(reach);
  }

  /**
   * Embeds products first … last − 1 of one side.
   * @param to shape [last − first, d + 2], in shared memory.
   */
  async embed(
    side: Side,
    seed: number,
    reach: SharedReach | null,
    first: number,
    last: number,
    to: Float32Array,
    { signal, progress }: Pick<RunContext, 'signal' | 'progress'>,
    done: number,
  ): Promise<void> {
    const width = this.#material.configuration.dimension + 2;
    const step = this.#crew === null ? patience : patience * 8;
    for (let start = first; start < last; start += step) {
      throwIfAborted(signal);
      const end = Math.min(start + step, last);
      const rows = to.subarray((start - first) * width, (end - first) * width);
      await this.#run({ kind: 'embed', side, seed, reach, range: { first: start, last: end }, to: rows });
      progress.update(done + end - first);
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.#reaches.length = 0;
    await this.#crew?.close();
  }

  async #run(order: Order): Promise<void> {
    if (this.#crew !== null) {
      await this.#crew.run(order);
      return;
    }
    this.#answer!(order);
    await new Promise(setImmediate);
  }
}

function shared(values: Uint32Array): Uint32Array {
  const copy = new Uint32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
