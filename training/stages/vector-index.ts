import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildIndex, type IndexDescription } from '../../src/index/index.ts';
import { readEmbeddings } from '../../src/release/index.ts';
import { writeJson } from '../../src/storage/index.ts';
import { nameOf, pathOf, type RefreshStage } from './environment.ts';

/** `index.json`: the index as built, and how fast it answers. */
export interface IndexFigures {
  readonly description: IndexDescription;
  readonly buildSeconds: number;
  /** Of the index file; null for exact search, which has none. */
  readonly bytes: number | null;
  /** Microseconds of one search for the 10 best, one thread; ascending. */
  readonly latencies: readonly number[];
}

/** Most searches that are timed; a tenth of a second at 100 µs each. */
const timedSearches = 1000;
const timedSeconds = 2;

/** Published target embeddings → nearest-neighbour index, its recall and latency measured with the source embeddings as queries. */
export const indexStage: RefreshStage = {
  name: 'index',
  inputs: ({ configuration, seed }) => ({ index: configuration.index, seed }),
  run: async (folder, environment) => {
    const { configuration, context, seed } = environment;
    const { source, target, count, dimension } = await readEmbeddings(pathOf(environment, 'embeddings'));
    const started = context.clock.monotonic();
    const index = await buildIndex(target, count, dimension, configuration.index, context, { queries: source, seed });
    const path = join(folder, nameOf('index'));
    const saved = await index.save(path);
    const buildSeconds = (context.clock.monotonic() - started) / 1000;
    const latencies: number[] = [];
    const stride = Math.max(1, Math.floor(count / timedSearches));
    const deadline = context.clock.monotonic() + timedSeconds * 1000;
    for (let row = 0; row < count && context.clock.monotonic() < deadline; row += stride) {
      const before = context.clock.monotonic();
      index.search(source.subarray(row * dimension, (row + 1) * dimension), 10);
      latencies.push((context.clock.monotonic() - before) * 1000);
    }
    const figures: IndexFigures = {
      description: index.description,
      buildSeconds,
      bytes: saved ? (await stat(path)).size : null,
      latencies: latencies.sort((a, b) => a - b),
    };
    await writeJson(join(folder, nameOf('indexFigures')), figures);
  },
};
