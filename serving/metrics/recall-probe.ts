import { setImmediate } from 'node:timers/promises';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { RunContext } from '../../src/context.ts';
import { ExactIndex } from '../../src/index/index.ts';
import type { Release } from '../../src/release/index.ts';

/** As the recall gate of a refresh. */
const k = 10;
/** Rows compared in one go: well under a millisecond. */
const sliceRows = 2048;
/** Queries remembered between probes, and probes that the figure is the mean of. */
const remembered = 64;
const averaged = 100;

export interface RecallProbeOptions {
  readonly registry: Registry;
  readonly context: RunContext;
  /** The release in service; null when there is none. */
  readonly release: () => Release | null;
  /** Says that this release is read over several turns; what it gives back says that it is not any more. @default nothing */
  readonly hold?: () => () => void;
  readonly seconds: number;
}

/**
 * Measures recall on what is really asked: now and then a recent lookup's query is searched for again, by comparing with every product,
 * in small steps between requests, and the index's answer is held against that.
 */
export class RecallProbe {
  readonly #options: RecallProbeOptions;
  readonly #recent: string[] = [];
  readonly #recalls: number[] = [];
  readonly #probes: Counter;
  readonly #slices = new WeakMap<Release, readonly ExactIndex[]>();
  #at = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: RecallProbeOptions) {
    this.#options = options;
    const registers = [options.registry];
    this.#probes = new Counter({
      name: 'oneway_recall_probes_total',
      help: 'Recent lookups that were searched for again exactly.',
      registers,
    });
    const recalls = this.#recalls;
    new Gauge({
      name: 'oneway_recall_at_10',
      help: `Share of the exact ten best that the index found, mean of the last ${averaged} probes; absent before the first.`,
      registers,
      collect() {
        if (recalls.length === 0) this.remove();
        else this.set(recalls.reduce((sum, value) => sum + value, 0) / recalls.length);
      },
    });
  }

  /** Remembers a product that was asked about. */
  saw(productId: string): void {
    this.#recent[this.#at] = productId;
    this.#at = (this.#at + 1) % remembered;
  }

  start(): void {
    const { seconds, context } = this.#options;
    const tick = async (): Promise<void> => {
      try {
        await this.probe();
      } catch (error) {
        context.logger.error({ err: error }, 'recall probe failed');
      }
      if (!this.#stopped) this.#timer = setTimeout(tick, seconds * 1000).unref();
    };
    this.#timer = setTimeout(tick, seconds * 1000).unref();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Runs one remembered lookup again. @returns its recall; null when there is nothing to run */
  async probe(): Promise<number | null> {
    const id = this.#recent[(this.#at + remembered - 1) % remembered];
    const release = this.#options.release();
    if (id === undefined || release === null) return null;
    this.#recent[(this.#at + remembered - 1) % remembered] = this.#recent.find((other) => other !== id) ?? id;
    const node = release.products.nodeOf(id);
    if (node < 0) return null;
    const { embeddings, index } = release;
    const { dimension, source } = embeddings;
    const query = source.slice(node * dimension, (node + 1) * dimension);
    const found = index.search(query, k);
    const leave = this.#options.hold?.();
    const worst = await this.#exactWorst(release, query).finally(leave);
    if (this.#stopped) return null;
    const recall =
      worst === null ? 1 : found.scores.filter((score) => score >= worst).length / Math.min(k, index.count);
    this.#probes.inc();
    this.#recalls.push(Math.min(1, recall));
    if (this.#recalls.length > averaged) this.#recalls.shift();
    return recall;
  }

  /** Score of the k-th best of all products; null when there are none. */
  async #exactWorst(release: Release, query: Float32Array): Promise<number | null> {
    let best: number[] = [];
    for (const slice of await this.#slicesOf(release)) {
      best = [...best, ...slice.search(query, k).scores].sort((a, b) => b - a).slice(0, k);
      await setImmediate();
    }
    return best.at(-1) ?? null;
  }

  /** Views of the release's own vectors: nothing is copied, and they go when the release goes. */
  async #slicesOf(release: Release): Promise<readonly ExactIndex[]> {
    const known = this.#slices.get(release);
    if (known !== undefined) return known;
    const { target, count, dimension } = release.embeddings;
    const slices: ExactIndex[] = [];
    for (let start = 0; start < count; start += sliceRows) {
      const end = Math.min(count, start + sliceRows);
      slices.push(new ExactIndex(target.subarray(start * dimension, end * dimension), end - start, dimension));
      await setImmediate();
    }
    this.#slices.set(release, slices);
    return slices;
  }
}
