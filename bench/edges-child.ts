/**
 * One way from an event file to edges, in a process of its own so that its memory is its own: prints an {@link EdgesRun} as a JSON line.
 * usage: edges-child.js <ours|duckdb> <events.parquet> <empty folder>
 * @module
 */
import { join } from 'node:path';
import { sqlText, withDatabase } from '../src/database/index.ts';
import { defaultIngestConfiguration, ingest, readEventLog } from '../src/events/index.ts';
import {
  buildProductGraph,
  defaultGraphConfiguration,
  type GraphConfiguration,
  pairEvents,
} from '../src/graph/index.ts';
import { context, peakMemory } from './bench.ts';

export interface EdgesRun {
  /** Wall time of each part, in order. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly processorSeconds: number;
  readonly edges: number;
  readonly peakMemoryBytes: number;
}

/** What the SQL computes: counts and decayed weights, without what we add to them. */
const plain: GraphConfiguration = {
  ...defaultGraphConfiguration,
  togetherWeight: 0,
  customerNormalisation: 0,
  minimumOrderShare: 0,
  minimumSurprise: 0,
  maximumOutDegree: 1_000_000,
};

const [, , side = '', events = '', folder = ''] = process.argv;
const seconds: Record<string, number> = {};

async function part<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const begun = performance.now();
  const result = await work();
  seconds[name] = (performance.now() - begun) / 1000;
  return result;
}

/** As a refresh does it, every row accounted for, up to rows both ways. */
async function ours(): Promise<number> {
  const configuration = { ...defaultIngestConfiguration, memoryMebibytes: 1024 };
  const { products } = await part('ingest', () => ingest({ events: [events] }, configuration, folder, context));
  const log = await part('read', () => readEventLog(folder, products.total));
  const pairing = await part('pair', () => pairEvents(log, plain, context));
  const graph = await part('rows', () => buildProductGraph(pairing, products.total));
  return graph.bought.edgeCount;
}

/** Portable SQL over the strings: first purchases joined with later ones, pruned, written as a table. */
async function duckdb(): Promise<number> {
  const { windowDays, halfLifeDays, minimumSupport } = plain;
  const file = join(folder, 'edges.parquet');
  return withDatabase({ memoryLimit: '2GB', spillFolder: join(folder, 'spill') }, async ({ run, rows }) => {
    await part('sql', () =>
      run(`COPY (
        WITH events AS (SELECT customer, product, time FROM read_parquet(${sqlText(events)})),
        firsts AS (SELECT customer, product, min(time) AS time FROM events GROUP BY customer, product),
        pairs AS (
          SELECT u.customer, u.product AS u, v.product AS v, min(v.time - u.time) AS gap
          FROM firsts u JOIN events v ON u.customer = v.customer
          WHERE v.time > u.time AND v.time - u.time <= ${windowDays ?? 36_500} * 86400 AND u.product <> v.product
          GROUP BY u.customer, u.product, v.product)
        SELECT u, v, sum(power(2, -floor(gap / 3600) / ${(halfLifeDays ?? 1e9) * 24})) AS weight, count(*) AS customers
        FROM pairs GROUP BY u, v HAVING count(*) >= ${minimumSupport}) TO ${sqlText(file)} (FORMAT parquet)`),
    );
    const [count] = await rows(`SELECT CAST(count(*) AS DOUBLE) AS n FROM read_parquet(${sqlText(file)})`);
    return count!.n as number;
  });
}

const edges = await (side === 'ours' ? ours() : duckdb());
const { user, system } = process.cpuUsage();
const run: EdgesRun = { seconds, processorSeconds: (user + system) / 1e6, edges, peakMemoryBytes: peakMemory() };
process.stdout.write(`${JSON.stringify(run)}\n`);
