import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { Journal, listSegments, readSegment, removeSegmentsBefore } from '../../../src/journal/index.ts';
import { Workspace } from '../../../src/release/index.ts';
import { compiled } from '../../compiled.ts';
import { quietContext } from '../../quiet-context.ts';

const { logger } = quietContext();
const now = Date.now();
const dayMs = 86_400_000;
let child: Awaited<ReturnType<typeof compiled>>;
let workspace: Workspace;
let folder: string;

beforeAll(async () => {
  child = await compiled(join(import.meta.dirname, 'retention-child.ts'));
});
afterAll(() => child.remove());

/** Five segments of two entries, 50, 40, 30, 20 and 10 days old. */
beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), 'oneway-retention-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  workspace = new Workspace(root);
  const journal = await Journal.open(workspace, 'feedback', { logger });
  for (let i = 0; i < 5; i++) {
    await journal.append([{ i }, { i }]);
    await journal.seal();
  }
  await journal.close();
  folder = journal.folder;
  for (const [i, { path }] of (await listSegments(folder)).entries()) {
    await utimes(path, new Date(), new Date(now - (50 - 10 * i) * dayMs));
  }
});

const firsts = async () => (await listSegments(folder)).map(({ first }) => first);

test('removes what is older, and numbering goes on', async () => {
  const segments = await listSegments(folder);
  expect(await removeSegmentsBefore(folder, segments, now - 25 * dayMs, logger)).toBe(3);
  expect(await firsts()).toEqual([7, 9]);
  expect(await removeSegmentsBefore(folder, segments, now - 25 * dayMs, logger)).toBe(0);
  expect(await removeSegmentsBefore(folder, await listSegments(folder), now, logger)).toBe(1);
  const journal = await Journal.open(workspace, 'feedback', { logger });
  expect(await journal.append([{ i: 9 }])).toBe(11);
  await journal.close();
});

test('what was not named stays, and all that came after it', async () => {
  const [first, , third] = await listSegments(folder);
  expect(await removeSegmentsBefore(folder, [first!, third!], now, logger)).toBe(1);
  expect(await firsts()).toEqual([3, 5, 7, 9]);
  expect(await removeSegmentsBefore(folder, [], now, logger)).toBe(0);
  expect(await removeSegmentsBefore(join(folder, 'absent'), [], now, logger)).toBe(0);
});

test('killed half-way it leaves an unbroken rest, with which the next one goes on, beside a writer', async () => {
  for (const [killAfter, left] of [
    [1, [3, 5, 7, 9]],
    [2, [7, 9]],
  ] as const) {
    const process_ = spawn(process.execPath, [child.script, folder, String(now - 15 * dayMs), String(killAfter)]);
    expect((await once(process_, 'exit'))[1]).toBe('SIGKILL');
    expect(await firsts()).toEqual(left);
  }
  const journal = await Journal.open(workspace, 'feedback', { logger });
  await journal.append([{ i: 5 }]);
  expect(await removeSegmentsBefore(folder, await listSegments(folder), now - 15 * dayMs, logger)).toBe(1);
  await journal.close();
  expect(await firsts()).toEqual([9, 11]);
  for (const { path } of await listSegments(folder)) {
    for await (const line of readSegment(path)) expect(line).toHaveProperty('record');
  }
});
