import { lstat, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OnewayError } from '../errors.ts';
import { syncFolder, temporaryPath } from '../storage/index.ts';

const releaseId = /^[A-Za-z0-9][\w.-]{0,127}$/;

/** Where everything of one shop lies. Only names: nothing is made or read. */
export class Workspace {
  /** Absolute. */
  readonly root: string;
  /** A folder per run: what its stages left. */
  readonly runs: string;
  /** A folder per release. */
  readonly releases: string;
  /** Symbolic link to the release that is served; swapped in one step. */
  readonly current: string;

  constructor(root: string) {
    this.root = resolve(root);
    this.runs = join(this.root, 'runs');
    this.releases = join(this.root, 'releases');
    this.current = join(this.root, 'current');
  }

  run(id: string): string {
    return join(this.runs, checkId(id, 'run'));
  }

  release(id: string): string {
    return join(this.releases, checkId(id, 'release'));
  }

  /** Where a release is put together before it gets its name. */
  staging(id: string): string {
    return join(this.releases, `.staging-${checkId(id, 'release')}`);
  }
}

function checkId(id: string, what: 'run' | 'release'): string {
  if (releaseId.test(id)) return id;
  throw new OnewayError('RELEASE_UNKNOWN', `${JSON.stringify(id)} cannot be the name of a ${what}.`, {
    hint: 'Names have letters, digits, dots, dashes and underscores, at most 128, and begin with a letter or digit.',
    details: { id },
  });
}

/** Id of the release that `current` points at; null when there is none. @throws OnewayError `RELEASE_INVALID` when it is not a link of ours. */
export async function currentRelease(workspace: Workspace): Promise<string | null> {
  let target: string;
  try {
    target = await readlink(workspace.current);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw foreignCurrent(workspace, 'it is not a symbolic link');
  }
  const id = basename(target);
  if (resolve(workspace.root, dirname(target)) !== workspace.releases || !releaseId.test(id)) {
    throw foreignCurrent(workspace, `it points at ${target}`);
  }
  return id;
}

function foreignCurrent(workspace: Workspace, reason: string): OnewayError {
  return new OnewayError('RELEASE_INVALID', `${workspace.current} is not ours: ${reason}.`, {
    hint: 'Move it away, then publish or roll back: either makes it anew.',
    details: { file: workspace.current, reason },
  });
}

/** Points `current` at a release: a link beside it, renamed over it, made durable. Readers see the old one or the new one. */
export async function pointCurrentAt(workspace: Workspace, id: string): Promise<void> {
  const kind = await lstat(workspace.current).catch(() => null);
  if (kind !== null && !kind.isSymbolicLink()) throw foreignCurrent(workspace, 'it is not a symbolic link');
  const link = temporaryPath(workspace.current);
  await symlink(join('releases', checkId(id, 'release')), link, 'dir');
  try {
    await rename(link, workspace.current);
  } catch (error) {
    await rm(link, { force: true });
    throw error;
  }
  await syncFolder(workspace.root);
}
