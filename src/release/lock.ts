import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { OnewayError } from '../errors.ts';
import { temporaryPath } from '../storage/index.ts';
import type { Workspace } from './workspace.ts';

const lockContent = Type.Object({
  /** Names the guard file of a take-over. */
  token: Type.String({ pattern: '^[\\w-]{1,64}$' }),
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
  await mkdir(workspace.root, { recursive: true });
  return acquire(join(workspace.root, `${name}.lock`), await birthOf(process.pid));
}

/**
 * A dead holder's file is removed only under a lock of its own, named by the dead holder's token, and only while it is still that holder's:
 * so of many that find it one removes it, and none removes its successor's.
 */
async function acquire(path: string, birth: string | null): Promise<Lock> {
  const mine: LockContent = { token: randomUUID(), pid: process.pid, host: hostname(), birth };
  const draft = temporaryPath(path);
  await writeFile(draft, JSON.stringify(mine), { flag: 'wx' });
  try {
    for (;;) {
      // A hard link appears with its content or not at all.
      if (await tryLink(draft, path)) return { release: () => giveBack(path, mine.token) };
      const holder = await readLock(path);
      if (holder === 'absent') continue;
      if (holder !== 'unreadable' && (await isAlive(holder))) throw busy(path, holder);
      const guard = await acquire(`${path}.${tokenOf(holder)}`, birth);
      try {
        if (tokenOf(await readLock(path)) === tokenOf(holder)) await rm(path, { force: true });
      } finally {
        await guard.release();
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
}

function tokenOf(holder: LockContent | 'absent' | 'unreadable'): string {
  return typeof holder === 'string' ? holder : holder.token;
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

function busy(path: string, { pid, host }: LockContent): OnewayError {
  return new OnewayError('WORKSPACE_BUSY', `${path} is held by process ${pid} on ${host}.`, {
    hint: 'Wait until it is done. If that machine is gone, delete the file.',
    details: { file: path, pid, host },
  });
}
