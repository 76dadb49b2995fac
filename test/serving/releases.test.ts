import { cp, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startServer } from '../../serving/index.ts';
import { rollback, Workspace } from '../../src/release/index.ts';
import { context, plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { testApp, until } from './world.ts';

const parts = plantedParts();
const related = '/v1/products/phone-0001/related';

describe('hot pick-up', () => {
  test('alive and not ready without a release, ready once one appears', async () => {
    const { workspace, app } = await testApp();
    expect((await app.inject('/health/live')).statusCode).toBe(200);
    for (const url of ['/health/ready', related, '/v1/products', '/v1/release', '/report']) {
      const response = await app.inject(url);
      expect([response.statusCode, response.json().error.code]).toEqual([503, 'NOT_READY']);
      expect(response.headers['retry-after']).toBe('1');
    }
    expect((await app.inject('/')).statusCode).toBe(200);
    await publishPlanted(workspace, 'first', parts);
    await until(async () => (await app.inject('/health/ready')).statusCode === 200);
    expect((await app.inject(related)).json().release).toBe('first');
    expect((await app.inject('/report')).json().error.code).toBe('FILE_NOT_FOUND');
  });

  test('a swap under load loses no request, and all later ones see the new release', async () => {
    const { workspace, app } = await testApp(async (w) => {
      await publishPlanted(w, 'second', parts);
      await publishPlanted(w, 'first', parts);
    });
    expect(app.releases.current().id).toBe('first');
    const statuses: Promise<number>[] = [];
    const ask = (): void => {
      statuses.push(app.inject(related).then((response) => response.statusCode));
    };
    for (let i = 0; i < 200; i++) ask();
    const link = `${workspace.current}.new`;
    await symlink(join('releases', 'second'), link);
    await rename(link, workspace.current);
    await until(() => {
      for (let i = 0; i < 5; i++) ask();
      return app.releases.current().id === 'second';
    });
    for (let i = 0; i < 200; i++) ask();
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([200]));
    expect((await app.inject(related)).json().release).toBe('second');
  });

  test('a rollback is followed', async () => {
    const { workspace, app } = await testApp(async (w) => {
      await publishPlanted(w, 'first', parts);
      await publishPlanted(w, 'second', parts);
    });
    expect(app.releases.current().id).toBe('second');
    await rollback(workspace);
    await until(() => app.releases.current().id === 'first');
  });
});

describe('a broken release is refused and the old one stays', () => {
  /** Publishes 'second' and spoils it in one step, as `current` would see it after a fault of the disk. */
  async function spoil(workspace: Workspace, change: (folder: string) => Promise<void>): Promise<void> {
    await publishPlanted(aside(workspace), 'second', parts);
    const folder = aside(workspace).release('second');
    await change(folder);
    await cp(folder, workspace.release('second'), { recursive: true });
    await rm(workspace.current);
    await rename(aside(workspace).current, workspace.current);
  }
  const aside = (workspace: Workspace): Workspace => new Workspace(join(workspace.root, 'aside'));

  test.each<[string, string, (folder: string) => Promise<void>]>([
    ['a cut file', 'FILE_CORRUPT', (folder) => truncate(join(folder, 'embeddings.safetensors'), 1000)],
    ['a lost file', 'RELEASE_INVALID', (folder) => rm(join(folder, 'graph.safetensors'))],
    ['no manifest', 'RELEASE_INVALID', (folder) => rm(join(folder, 'manifest.json'))],
    ['a manifest that is no JSON', 'FILE_CORRUPT', (folder) => writeFile(join(folder, 'manifest.json'), '{')],
    [
      'an empty folder',
      'RELEASE_INVALID',
      async (folder) => {
        for (const name of await readdir(folder)) await rm(join(folder, name));
      },
    ],
  ])('%s', async (_name, code, change) => {
    const { workspace, app } = await testApp((w) => publishPlanted(w, 'first', parts));
    await spoil(workspace, change);
    await until(() => app.releases.refused !== null);
    expect(app.releases.refused).toEqual({ release: 'second', code });
    const ready = await app.inject('/health/ready');
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toEqual({ status: 'ready', release: 'first', refused: { release: 'second', code } });
    expect((await app.inject(related)).json().release).toBe('first');
    await publishPlanted(workspace, 'third', parts);
    await until(() => app.releases.current().id === 'third');
    expect(app.releases.refused).toBeNull();
  });

  test('current is no link of ours', async () => {
    const { workspace, app } = await testApp((w) => publishPlanted(w, 'first', parts));
    await rm(workspace.current);
    await writeFile(workspace.current, 'first');
    await until(() => app.releases.refused !== null);
    expect(app.releases.refused?.code).toBe('RELEASE_INVALID');
    expect((await app.inject(related)).statusCode).toBe(200);
  });
});

describe('the server', () => {
  test('listens, answers, and stops; the port is free again', async () => {
    const { workspace } = await testApp((w) => publishPlanted(w, 'first', parts));
    const server = await startServer({ workspace: workspace.root, port: 0, context });
    expect(server.release).toBe('first');
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const response = await fetch(`${server.address}${related}`);
    expect(response.status).toBe(200);
    await server.close();
    await server.close();
    await expect(fetch(server.address)).rejects.toThrow();
  });

  test('stops when its signal fires', async () => {
    const { workspace } = await testApp();
    const controller = new AbortController();
    const server = await startServer({
      workspace: workspace.root,
      port: 0,
      context: { ...context, signal: controller.signal },
    });
    expect(server.release).toBeNull();
    expect((await fetch(`${server.address}/health/ready`)).status).toBe(503);
    controller.abort();
    await until(() =>
      fetch(server.address).then(
        () => false,
        () => true,
      ),
    );
  });

  test('bytes that are no HTTP get an error body too', async () => {
    const { workspace } = await testApp();
    const server = await startServer({ workspace: workspace.root, port: 0, context });
    const { connect } = await import('node:net');
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(server.address).port), '127.0.0.1', () => socket.write('garbage\r\n\r\n'));
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString();
      });
      socket.on('close', () => resolve(received));
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    expect(JSON.parse(text.split('\r\n\r\n')[1]!).error.code).toBe('REQUEST_INVALID');
    await server.close();
  });
});
