import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKey } from '../serving/access/keys.ts';
import { buildApp } from '../serving/index.ts';
import { Workspace } from '../src/release/index.ts';
import { fuzz as ask } from '../test/serving/fuzzing.ts';
import { plantedParts, publishPlanted } from '../test/src/lookup/planted-release.ts';
import { type BenchOptions, context, type Row, row } from './bench.ts';

/** Requests between two fresh starts: catalogue changes wear a shop out. */
const round = 5000;

/** Requests made from the OpenAPI document, 50,000 unless told; fails at the first that breaks something. */
export async function fuzz({ size }: BenchOptions): Promise<readonly Row[]> {
  const total = size ?? 50_000;
  const statuses = new Map<number, number>();
  const parts = plantedParts({
    change: (product) => ({
      ...product,
      hidden: product.id.endsWith('7'),
      stock: product.id.endsWith('3') ? 0 : product.stock,
    }),
  });
  const { key, entry } = createKey('fuzz', ['admin']);
  const started = performance.now();
  const names = ['first', 'second'];
  for (let done = 0, seed = 1; done < total; done += round, seed++) {
    const folder = await mkdtemp(join(tmpdir(), 'oneway-fuzz-'));
    const workspace = new Workspace(folder);
    for (const name of names) await publishPlanted(workspace, name, parts, { index: 'hnsw', columns: true });
    const app = buildApp({
      workspace: folder,
      context,
      configuration: {
        access: { keys: [entry] },
        rateLimit: { requests: null },
        ruleSets: names.map((id) => ({ id, rules: { filter: { price: { atMost: 100, orUnknown: true } } } })),
      },
    });
    await app.ready();
    await app.releases.check();
    try {
      const found = await ask(app, {
        runs: Math.min(round, total - done),
        seed,
        products: parts.catalogue.products,
        names,
        headers: { 'x-api-key': key },
        patienceMilliseconds: 30_000,
      });
      for (const [status, count] of found.statuses) statuses.set(status, (statuses.get(status) ?? 0) + count);
    } finally {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    }
  }
  return [
    row(`${total} requests`, 's', (performance.now() - started) / 1000),
    ...[...statuses].sort(([a], [b]) => a - b).map(([status, count]) => row(`answered with ${status}`, '', count)),
  ];
}
