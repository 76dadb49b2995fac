import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RecallProbe } from '../../../serving/metrics/recall-probe.ts';
import { openRelease, rollback } from '../../../src/release/index.ts';
import { context, plantedParts, publishPlanted } from '../../src/lookup/planted-release.ts';
import { readyApp, temporaryWorkspace, testApp, until } from '../world.ts';

const parts = plantedParts();

/** Series of a text in the Prometheus format: name with labels → value. */
async function read(app: FastifyInstance): Promise<Map<string, number>> {
  const response = await app.inject('/metrics');
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toContain('text/plain; version=0.0.4');
  const lines = response.body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name, value] = /^(\S+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      expect(Number.isNaN(Number(value)), line).toBe(false);
      return [name!, Number(value)];
    }),
  );
}

describe('/metrics', () => {
  test('counts requests by route, and lookups by how they were answered', async () => {
    const { app } = await testApp((workspace) => publishPlanted(workspace, 'first', parts));
    for (let i = 0; i < 3; i++) await app.inject(`/v1/products/phone-000${i + 1}/related?k=3`);
    await app.inject('/v1/products/phone-0001/related?k=200&minimumScore=50');
    await app.inject('/v1/products/nothing/related');
    await app.inject('/no/such/path');
    const series = await read(app);
    const count = (route: string, status: number) =>
      series.get(`oneway_http_request_seconds_count{method="GET",route="${route}",status="${status}"}`);
    expect(count('/v1/products/:id/related', 200)).toBe(4);
    expect(count('/v1/products/:id/related', 404)).toBe(1);
    expect(count('none', 404)).toBe(1);
    const sum = (name: string, label = '') =>
      [...series]
        .filter(([key]) => key.startsWith(`${name}{`) && key.includes(label))
        .reduce((total, [, n]) => total + n, 0);
    expect(sum('oneway_lookups_total', 'relation="related"')).toBe(4);
    expect(sum('oneway_lookup_fallbacks_total', 'TOO_FEW_RESULTS')).toBe(1);
    expect(sum('oneway_lookup_fewer_total')).toBe(1);
    expect(sum('oneway_lookup_results_total')).toBeGreaterThan(9);
    expect(series.get('oneway_ready')).toBe(1);
    expect(series.get('oneway_release_info{release="first"}')).toBe(1);
    expect(series.get('oneway_releases_loaded')).toBe(1);
    expect(series.get('oneway_release_changes_total{outcome="swapped"}')).toBe(1);
    expect(series.get('oneway_release_products{which="all"}')).toBe(120);
    expect(series.get('oneway_release_age_seconds')).toBeGreaterThanOrEqual(0);
    expect(series.get('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(series.get('oneway_event_loop_delay_seconds{quantile="0.99"}')).toBeGreaterThanOrEqual(0);
  });

  test('tells how long ago the last event came, also when it came before this process', async () => {
    const { app, workspace } = await testApp((w) => publishPlanted(w, 'first', parts));
    expect((await read(app)).get('oneway_feedback_age_seconds')).toBeUndefined();
    const segment = async (age: number, name: string) => {
      await mkdir(join(workspace.root, 'feedback'), { recursive: true });
      const path = join(workspace.root, 'feedback', name);
      await writeFile(path, '');
      await utimes(path, new Date(), new Date(Date.now() - age * 1000));
    };
    await segment(5000, '0000000000000001.ndjson');
    expect((await read(app)).get('oneway_feedback_age_seconds')).toBeCloseTo(5000, -2);
    await segment(50, '0000000000000009.open');
    const age = (await read(app)).get('oneway_feedback_age_seconds')!;
    expect(age).toBeGreaterThanOrEqual(50);
    expect(age).toBeLessThan(1000);
  });

  test('without a release nothing is made up', async () => {
    const { app } = await testApp();
    const series = await read(app);
    expect(series.get('oneway_ready')).toBe(0);
    for (const name of ['oneway_release_age_seconds', 'oneway_data_age_seconds', 'oneway_recall_at_10']) {
      expect(series.has(name), name).toBe(false);
    }
  });

  test('follows swaps, and forgets the release before', async () => {
    const { workspace, app } = await testApp(async (w) => {
      await publishPlanted(w, 'first', parts);
      await publishPlanted(w, 'second', parts);
    });
    await rollback(workspace);
    await until(() => app.releases.current().id === 'first');
    const series = await read(app);
    expect([...series.keys()].filter((name) => name.startsWith('oneway_release_info'))).toEqual([
      'oneway_release_info{release="first"}',
    ]);
    expect(series.get('oneway_release_changes_total{outcome="swapped"}')).toBe(2);
  });

  test('the number of series does not grow with what clients make up', async () => {
    const { app } = await testApp((workspace) => publishPlanted(workspace, 'first', parts));
    const ask = async (i: number) => {
      await app.inject(`/v1/products/made-up-${i}/related?k=${i}`);
      await app.inject({ url: `/nowhere/${i}`, headers: { 'user-agent': `robot ${i}`, 'x-request-id': `r${i}` } });
      await app.inject({ method: 'PROPFIND' as 'GET', url: `/${i}` });
    };
    for (let i = 0; i < 5; i++) await ask(i);
    const before = (await read(app)).size;
    for (let i = 5; i < 100; i++) await ask(i);
    expect((await read(app)).size).toBeLessThanOrEqual(before + 12 * 2);
  });

  test('can be switched off, and opened', async () => {
    const { workspace, remove } = await temporaryWorkspace();
    onTestFinished(remove);
    const off = await readyApp(workspace, 60_000, { metrics: { enabled: false } });
    expect((await off.inject('/metrics')).statusCode).toBe(404);
    await off.close();
    const open = await readyApp(workspace, 60_000, { metrics: { requireKey: false }, access: { anonymous: 'never' } });
    expect((await open.inject('/metrics')).statusCode).toBe(200);
    await open.close();
  });
});

describe('the recall probe', () => {
  async function probing(index: 'exact' | 'hnsw') {
    const { workspace, remove } = await temporaryWorkspace();
    onTestFinished(remove);
    await publishPlanted(workspace, 'first', parts, { index });
    const release = await openRelease(workspace);
    const registry = new Registry();
    const probe = new RecallProbe({ registry, context, release: () => release, seconds: 3600 });
    onTestFinished(() => probe.stop());
    return { release, registry, probe };
  }

  test('finds nothing to do before a lookup', async () => {
    const { probe, registry } = await probing('exact');
    expect(await probe.probe()).toBeNull();
    expect(await registry.metrics()).not.toMatch(/^oneway_recall_at_10 /m);
  });

  test.each(['exact', 'hnsw'] as const)('measures the %s index on what was asked', async (kind) => {
    const { probe, registry, release } = await probing(kind);
    for (const { id } of [...release.products].slice(0, 30)) {
      probe.saw(id);
      const recall = await probe.probe();
      expect(recall).toBeGreaterThan(0.9);
      expect(recall).toBeLessThanOrEqual(1);
    }
    expect(await registry.metrics()).toMatch(/^oneway_recall_at_10 (1|0\.9\d*)$/m);
    expect(await registry.metrics()).toMatch(/^oneway_recall_probes_total 30$/m);
  });

  test('sees an index that finds the wrong products', async () => {
    const { workspace, remove } = await temporaryWorkspace();
    onTestFinished(remove);
    await publishPlanted(workspace, 'first', parts);
    const release = await openRelease(workspace);
    const blind = {
      ...release,
      index: {
        ...release.index,
        count: 120,
        dimension: release.index.dimension,
        kind: 'hnsw' as const,
        search: () => ({ ids: new Uint32Array(10), scores: new Float32Array(10).fill(-1e9) }),
      },
    };
    const probe = new RecallProbe({ registry: new Registry(), context, release: () => blind, seconds: 3600 });
    probe.saw('phone-0001');
    expect(await probe.probe()).toBe(0);
    probe.saw('no such product');
    expect(await probe.probe()).toBeNull();
  });
});
