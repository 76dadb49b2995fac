import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { OnewayError } from '../errors.ts';
import { temporaryPath } from '../storage/index.ts';
import type { Workspace } from './workspace.ts';

const lockContent = Type.Object({
  token: Type.String(),
  pid: Type.Integer({ minimum: 1 }),
  host: Type.String(),
  /** Tells two processes with the same number apart; null where the system does not say. */
  birth: Type.Union([Type.String(), Type.Null()]),
});
type LockContent = Static<typeof lockContent>;

export interface Lock {
  /** Gives the lock back; more than once is fine. */
  release(): Promise<void>;
}

/**
 * Takes the lock `<workspace>/<name>.lock`, which holds the taker's process number. A lock whose process has ended (killed, power cut) is taken
 * over. One taken on another machine cannot be judged and stands.
 * @throws OnewayError `WORKSPACE_BUSY` while another holder lives.
 */
export async function acquireLock(workspace: Workspace, name: string): Promise<Lock> {
  const path = join(workspace.root, `${name}.lock`);
  await mkdir(workspace.root, { recursive: true });
  const mine: LockContent = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    birth: await birthOf(process.pid),
  };
  const draft = temporaryPath(path);
  await writeFile(draft, JSON.stringify(mine), { flag: 'wx' });
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      // A hard link appears with its content or not at all.
      if (await tryLink(draft, path)) return { release: () => giveBack(path, mine.token) };
      const holder = await readLock(path);
      if (holder === 'absent') continue;
      if (holder !== 'unreadable' && (await isAlive(holder))) throw busy(path, name, holder);
      await takeAway(path, holder);
    }
    throw busy(path, name, null);
  } finally {
    await rm(draft, { force: true });
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readLock(path: string): Promise<LockContent | 'absent' | 'unreadable'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(lockContent, value) ? value : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

/** Moves a dead holder's lock aside. Should a quicker process have put its own in the place meanwhile, that one is put back. */
async function takeAway(path: string, dead: LockContent | 'unreadable'): Promise<void> {
  const aside = temporaryPath(path);
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = await readLock(aside);
  if (typeof moved === 'object' && (dead === 'unreadable' || moved.token !== dead.token)) await tryLink(aside, path);
  await rm(aside, { force: true });
}

async function giveBack(path: string, token: string): Promise<void> {
  const holder = await readLock(path);
  if (typeof holder === 'object' && holder.token === token) await rm(path, { force: true });
}

async function isAlive(holder: LockContent): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to someone else.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const birth = await birthOf(holder.pid);
  return birth === null || holder.birth === null || birth === holder.birth;
}

/** Boot and start time of a process, from Linux' procfs: process numbers are used again, in containers at once. */
async function birthOf(pid: number): Promise<string | null> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the start time is field 22, the 20th after it.
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return started === undefined ? null : `${boot}:${started}`;
  } catch {
    return null;
  }
}

function busy(path: string, name: string, holder: LockContent | null): OnewayError {
  const who = holder === null ? 'others' : `process ${holder.pid} on ${holder.host}`;
  return new OnewayError('WORKSPACE_BUSY', `${path} is held by ${who}.`, {
    hint: `Wait until it is done. If that machine is gone, delete the file.`,
    details: { file: path, name, ...(holder === null ? {} : { pid: holder.pid, host: holder.host }) },
  });
}
