import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRelease, Workspace } from '../../../src/release/index.ts';
import { testContext } from '../index/worlds.ts';
import { makeFiles, publish } from './fixtures.ts';

const project = resolve(import.meta.dirname, '../../..');
const context = testContext();
let root: string;
let compiled: string;
let indexFile: string;
let made: string;

/** Node 20 runs no TypeScript: the child is compiled to where it finds the packages. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'oneway-kill-'));
  const cache = join(project, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  compiled = await mkdtemp(join(cache, 'oneway-kill-'));
  await writeFile(join(compiled, 'package.json'), '{"type":"module"}');
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const options = ['--ignoreConfig', '--noCheck', '--skipLibCheck', '--types', 'node', '--target', 'es2023'];
  const modules = ['--module', 'nodenext', '--rewriteRelativeImportExtensions', '--rootDir', project];
  const entry = join(import.meta.dirname, 'publish-child.ts');
  await promisify(execFile)(process.execPath, [compiler, ...options, ...modules, '--outDir', compiled, entry]);
  made = join(root, 'made');
  indexFile = join(root, 'index.json');
  await writeFile(indexFile, JSON.stringify(await makeFiles(made, context, { seed: 2 })));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
  await rm(compiled, { recursive: true, force: true });
});

function publishInChild(workspace: Workspace, id: string, killAfter: number) {
  const script = join(compiled, 'test', 'src', 'release', 'publish-child.js');
  return spawn(process.execPath, [script, workspace.root, made, id, indexFile, String(killAfter)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

it('SIGKILL after each step leaves current at a whole release, and the next attempt finishes', async () => {
  const workspace = new Workspace(join(root, 'steps'));
  await publish(workspace, 'old', context);
  const seen: string[] = [];
  for (const step of [1, 2, 3, 4, 5]) {
    const [, signal] = await once(publishInChild(workspace, 'new', step), 'exit');
    expect(signal).toBe('SIGKILL');
    seen.push((await openRelease(workspace)).manifest.id);
  }
  expect(seen).toEqual(['old', 'old', 'old', 'old', 'new']);
  const [code] = await once(publishInChild(workspace, 'new', 0), 'exit');
  expect(code).toBe(0);
  expect((await openRelease(workspace)).manifest).toMatchObject({ id: 'new', parent: 'old' });
  expect((await readdir(workspace.releases)).sort()).toEqual(['new', 'old']);
  expect((await readdir(workspace.root)).sort()).toEqual(['current', 'releases', 'runs']);
});

it('SIGKILL at any moment leaves current at a whole release', async () => {
  const workspace = new Workspace(join(root, 'moments'));
  await publish(workspace, 'old', context);
  for (const [round, milliseconds] of [0, 30, 150].entries()) {
    const child = publishInChild(workspace, `new-${round}`, 0);
    const exit = once(child, 'exit');
    await once(child.stdout, 'data');
    await setTimeout(milliseconds);
    child.kill('SIGKILL');
    await exit;
    expect((await openRelease(workspace)).manifest.id).toMatch(/^(old|new-\d)$/);
  }
  const [code] = await once(publishInChild(workspace, 'last', 0), 'exit');
  expect(code).toBe(0);
  expect((await openRelease(workspace)).manifest.id).toBe('last');
  expect((await readdir(workspace.releases)).filter((name) => name.startsWith('.'))).toEqual([]);
});
