import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildApp } from '../../serving/index.ts';
import type { Answer } from '../../src/lookup/index.ts';
import type { Workspace } from '../../src/release/index.ts';
import { context, plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { call, temporaryWorkspace, testApp, withAdminKey } from './world.ts';

const parts = plantedParts();
const serviceOf = (prepare?: (workspace: Workspace) => Promise<unknown>) => testApp(prepare, withAdminKey);

describe('experiments', () => {
  test('visitors get their variant, of two releases side by side; the exposure id says which', async () => {
    const { app, workspace } = await serviceOf(async (w) => {
      await publishPlanted(w, 'first', parts);
      await publishPlanted(w, 'second', parts);
    });
    const body = { variants: [{ name: 'control' }, { name: 'older', release: 'first' }] };
    expect((await call(app, 'PUT', '/v1/admin/experiments/spring', body)).body).toMatchObject({
      name: 'spring',
      status: 'running',
      share: 1,
    });
    const seen = new Map<string, string>();
    for (let i = 0; i < 40; i++) {
      const answer = (await call(app, 'GET', `/v1/products/phone-0001/related?visitor=v${i}`)).body as Answer;
      seen.set(answer.variant!, answer.release);
      expect(answer.exposure.split('~').slice(1)).toEqual([answer.strategy, answer.variant, answer.release]);
      const basket = (await call(app, 'POST', '/v1/related', { basket: [{ id: 'phone-0001' }], visitor: `v${i}` }))
        .body as Answer;
      expect([basket.variant, basket.release]).toEqual([answer.variant, answer.release]);
    }
    expect(Object.fromEntries(seen)).toEqual({ 'spring.control': 'second', 'spring.older': 'first' });
    expect((await call(app, 'GET', '/v1/products/phone-0001/related')).body).toMatchObject({
      variant: null,
      release: 'second',
    });
    const { releases } = (await call(app, 'GET', '/v1/admin/releases')).body as {
      releases: { id: string; loaded: boolean }[];
    };
    expect(releases.map(({ id, loaded }) => [id, loaded])).toEqual([
      ['second', true],
      ['first', true],
    ]);
    expect((await call(app, 'PUT', '/v1/admin/experiments/spring', { ...body, status: 'stopped' })).status).toBe(200);
    expect((await call(app, 'GET', '/v1/products/phone-0001/related?visitor=v1')).body.variant).toBeNull();
    expect(app.releases.loaded('first')).toBeNull();
    expect(JSON.parse(await readFile(join(workspace.root, 'experiments.json'), 'utf8')).experiments).toHaveLength(1);
    expect((await call(app, 'DELETE', '/v1/admin/experiments/spring')).body.name).toBe('spring');
    expect((await call(app, 'DELETE', '/v1/admin/experiments/spring')).body.error.code).toBe('EXPERIMENT_UNKNOWN');
    expect((await call(app, 'GET', '/v1/admin/experiments')).body).toEqual({ experiments: [] });
  });

  test.each<[string, object, string]>([
    ['an unknown release', { variants: [{ name: 'a', release: 'gone' }] }, 'RELEASE_UNKNOWN'],
    ['two variants of a name', { variants: [{ name: 'a' }, { name: 'a' }] }, 'REQUEST_INVALID'],
    ['no variant', { variants: [] }, 'REQUEST_INVALID'],
    ['a weight of nothing', { variants: [{ name: 'a', weight: 0 }] }, 'REQUEST_INVALID'],
    ['an unknown rule set', { variants: [{ name: 'a', rules: 'nope' }] }, 'REQUEST_INVALID'],
    ['a name with a dot', { variants: [{ name: 'a.b' }] }, 'REQUEST_INVALID'],
  ])('refuses %s', async (_name, payload, code) => {
    const { app } = await serviceOf();
    expect((await call(app, 'PUT', '/v1/admin/experiments/x', payload)).body.error.code).toBe(code);
    expect((await call(app, 'GET', '/v1/admin/experiments')).body).toEqual({ experiments: [] });
  });

  test('one runs at a time', async () => {
    const { app } = await serviceOf();
    const variants = [{ name: 'a' }];
    await call(app, 'PUT', '/v1/admin/experiments/one', { variants });
    expect((await call(app, 'PUT', '/v1/admin/experiments/two', { variants })).body.error.code).toBe('REQUEST_INVALID');
    expect((await call(app, 'PUT', '/v1/admin/experiments/two', { variants, status: 'stopped' })).status).toBe(200);
  });

  test('the file may be edited; a broken one leaves what was in force', async () => {
    const { app, workspace } = await serviceOf((w) => publishPlanted(w, 'first', parts));
    const path = join(workspace.root, 'experiments.json');
    await writeFile(path, JSON.stringify({ experiments: [{ name: 'hand', variants: [{ name: 'only' }] }] }));
    await app.experiments.look();
    expect(app.experiments.choose('v').variant).toBe('hand.only');
    await writeFile(path, '{"experiments": [{');
    await app.experiments.look();
    expect(app.experiments.choose('v').variant).toBe('hand.only');
    await rm(path);
    await app.experiments.look();
    expect(app.experiments.choose('v').variant).toBeNull();
  });

  test('one to which no request names a visitor is told of, once', async () => {
    const { workspace, remove } = await temporaryWorkspace();
    onTestFinished(remove);
    await publishPlanted(workspace, 'first', parts);
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const app = buildApp({ workspace: workspace.root, context: { ...context, logger } });
    onTestFinished(() => app.close());
    await app.ready();
    await app.releases.check();
    const variant = { name: 'a', weight: 1, release: null, rules: null };
    const told = () => lines.filter((line) => line.includes('names its visitor')).length;
    const choose = (times: number, visitor?: string) => {
      for (let i = 0; i < times; i++) app.experiments.choose(visitor);
    };
    choose(5000);
    expect(told()).toBe(0);
    await app.experiments.put({ name: 'one', status: 'running', share: 1, variants: [variant] });
    choose(999);
    expect(told()).toBe(0);
    choose(2000);
    expect(told()).toBe(1);
    await app.experiments.put({ name: 'one', status: 'stopped', share: 1, variants: [variant] });
    await app.experiments.put({ name: 'two', status: 'running', share: 1, variants: [variant] });
    choose(500);
    choose(1, 'ann');
    choose(5000);
    expect(told()).toBe(1);
  });

  test('a variant whose release is broken gets the current one', async () => {
    const { app, workspace } = await serviceOf(async (w) => {
      await publishPlanted(w, 'first', parts);
      await publishPlanted(w, 'second', parts);
      await rm(join(w.release('first'), 'graph.safetensors'));
    });
    expect(
      (await call(app, 'PUT', '/v1/admin/experiments/x', { variants: [{ name: 'a', release: 'first' }] })).status,
    ).toBe(200);
    expect((await call(app, 'GET', '/v1/products/phone-0001/related?visitor=v')).body).toMatchObject({
      variant: null,
      release: 'second',
    });
    expect(workspace.root).toBe(app.workspace.root);
  });
});
