import autocannon from 'autocannon';
import { Random } from '../src/random.ts';
import { type BenchOptions, benchFolder, context, type Row, row } from './bench.ts';
import { serveInChild } from './child.ts';
import { syntheticRelease } from './synthetic-release.ts';

const connections = 16;

/** Related-lookups over HTTP, as many as go, from a release of 200,000 products unless told; the service is a process of its own. */
export async function lookups({ size, seconds }: BenchOptions): Promise<readonly Row[]> {
  const products = size ?? 200_000;
  const { workspace, ids } = await syntheticRelease(benchFolder, products, context);
  const service = await serveInChild(workspace.root);
  const rows: Row[] = [];
  try {
    for (const [name, path] of [
      ['related', (id: string) => `/v1/products/${id}/related?k=10`],
      ['similar', (id: string) => `/v1/products/${id}/similar?k=10`],
      ['live', () => '/health/live'],
    ] as const) {
      const paths = popularFirst(ids, 4096).map(path);
      await flood(service.address, paths, 2);
      const before = await service.processorSeconds();
      const result = await flood(service.address, paths, seconds ?? 10);
      const used = (await service.processorSeconds()) - before;
      const failed = result.non2xx + result.errors + result.timeouts;
      rows.push(
        row(
          `${name}, ${products} products, ${connections} connections: ${failed} failed, ${perRequest(used, result)} CPU-µs each`,
          '/s',
          result.requests.average,
        ),
        row(`${name}: p99`, 'ms', result.latency.p99),
      );
    }
    return [...rows, row('memory of the service', 'MiB', (await service.memory()).resident / 2 ** 20)];
  } finally {
    await service.stop();
  }
}

function flood(url: string, paths: readonly string[], duration: number): Promise<autocannon.Result> {
  return autocannon({ url, connections, duration, requests: paths.map((path) => ({ path })) });
}

function perRequest(seconds: number, result: autocannon.Result): string {
  return ((seconds * 1e6) / Math.max(1, result.requests.total)).toFixed(0);
}

/** Ids drawn as shops are visited: a few products very often (Zipf's law). */
export function popularFirst(ids: readonly string[], count: number): readonly string[] {
  const random = new Random(7);
  const spread = Math.log(ids.length + 1);
  return Array.from({ length: count }, () => {
    const rank = Math.floor(Math.exp(random.uniform() * spread)) - 1;
    // A prime step scatters the ranks over the catalogue.
    return ids[(Math.min(rank, ids.length - 1) * 7919) % ids.length]!;
  });
}
