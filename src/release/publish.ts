import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type RunContext, throwIfAborted } from '../context.ts';
import { OnewayError } from '../errors.ts';
import {
  copyFileDurable,
  hashJson,
  removeTemporaryFiles,
  sha256File,
  syncFolder,
  writeJson,
} from '../storage/index.ts';
import { acquireLock } from './lock.ts';
import {
  checkManifest,
  type Manifest,
  type ManifestGate,
  manifestFileName,
  manifestSchemaVersion,
  releaseInvalid,
  sealManifest,
} from './manifest.ts';
import { isPlainName, measureParts, openRelease } from './open.ts';
import { readParts } from './parts.ts';
import { pinnedRelease } from './pin.ts';
import { currentRelease, pointCurrentAt, type Workspace } from './workspace.ts';

/** What only the run knows; the rest of the manifest is measured on the files. */
export interface ManifestDraft
  extends Pick<
    Manifest,
    'run' | 'dataWindow' | 'catalogueAsOf' | 'configuration' | 'seed' | 'index' | 'chance' | 'versions'
  > {
  /** @default the run's */
  readonly id?: string;
  /** Gates with all verdicts; more fields than the manifest's are left out. */
  readonly gates: readonly ManifestGate[];
}

/**
 * Copies the files of a release-to-be, name → path, into the workspace's staging folder, durably. What an earlier attempt left there is removed.
 * @returns the folder, for {@link publishRelease}
 */
export async function stageRelease(
  workspace: Workspace,
  id: string,
  files: Readonly<Record<string, string>>,
  context: RunContext,
): Promise<string> {
  const staging = workspace.staging(id);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  for (const [name, path] of Object.entries(files)) {
    throwIfAborted(context.signal);
    if (!isPlainName(name) || name === manifestFileName) {
      throw releaseInvalid(staging, `${JSON.stringify(name)} cannot be the name of a file in it`, { file: name });
    }
    if (!(await stat(path).catch(() => null))?.isFile()) {
      throw new OnewayError('FILE_NOT_FOUND', `${path}, to be published as ${name}, does not exist.`, {
        hint: 'Run the stage that makes it again.',
        details: { file: path },
      });
    }
    await copyFileDurable(path, join(staging, name));
  }
  return staging;
}

/**
 * Publishes a folder of release files: gates, copy into staging (unless it is there already), hashes, every part against every other, manifest
 * last, rename to its name, then `current`. All of it is durable step by step, so a crash at any moment leaves `current` at a whole release: the old
 * one until the last step, then the new one. Publishing a release again that a crash left unpointed-at only points at it. `parent` is the release
 * current before.
 * @throws OnewayError `GATE_FAILED`; `RELEASE_INVALID`, `FILE_CORRUPT`, `INDEX_INVALID`, `EMBEDDINGS_INVALID`; `WORKSPACE_BUSY`; `ABORTED`.
 * After any of them `current` is as before and the staging folder is gone.
 */
export async function publishRelease(
  workspace: Workspace,
  stagedFolder: string,
  draft: ManifestDraft,
  context: RunContext,
): Promise<Manifest> {
  const id = draft.id ?? draft.run;
  const staging = workspace.staging(id);
  if (draft.gates.some(({ verdict }) => verdict === 'failed')) {
    await rm(staging, { recursive: true, force: true });
    throw gatesFailed(draft.gates);
  }
  const lock = await acquireLock(workspace, 'publish');
  try {
    const steps = new Steps(context);
    await mkdir(workspace.releases, { recursive: true });
    await syncFolder(workspace.root);
    await sweep(workspace, resolve(stagedFolder));
    const earlier = await publishedBefore(workspace, id, stagedFolder);
    if (earlier !== null) {
      await pointUnlessPinned(workspace, id, context);
      await rm(staging, { recursive: true, force: true });
      steps.end(id);
      return earlier;
    }
    if (resolve(stagedFolder) !== staging) {
      const files = (await payload(stagedFolder)).map((name) => [name, join(stagedFolder, name)] as const);
      await stageRelease(workspace, id, Object.fromEntries(files), context);
    }
    steps.next('copied');
    const manifest = await buildManifest(workspace, id, staging, draft, context);
    steps.next('verified');
    await writeJson(join(staging, manifestFileName), manifest);
    steps.next('manifest written');
    await rename(staging, workspace.release(id));
    await syncFolder(workspace.releases);
    steps.next('named');
    await pointUnlessPinned(workspace, id, context);
    steps.end(id);
    return manifest;
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  } finally {
    await lock.release();
  }
}

/** A pin that names no release any more binds nobody. */
async function pointUnlessPinned(workspace: Workspace, id: string, context: RunContext): Promise<void> {
  const pinned = await pinnedRelease(workspace);
  const stands = pinned !== null && (await stat(workspace.release(pinned)).catch(() => null)) !== null;
  if (stands && pinned !== id) {
    context.logger.warn({ release: id, pinned }, 'release published; the workspace is pinned to another, which stays');
  }
  await pointCurrentAt(workspace, stands ? pinned : id);
}

/** Reports a step once it is done and stops between steps. */
class Steps {
  readonly #context: RunContext;
  #done = 0;

  constructor(context: RunContext) {
    this.#context = context;
    context.progress.start('publish', { total: 5, unit: 'steps' });
  }

  next(note: string): void {
    this.#context.progress.update(++this.#done, note);
    throwIfAborted(this.#context.signal);
  }

  end(id: string): void {
    this.#context.progress.update(5, 'current');
    this.#context.progress.end(id);
    this.#context.logger.info({ release: id }, 'release published');
  }
}

function gatesFailed(gates: readonly ManifestGate[]): OnewayError {
  const failed = gates.filter(({ verdict }) => verdict === 'failed');
  const list = failed.map(({ name, reason }) => (reason === '' ? name : `${name} (${reason})`)).join('; ');
  return new OnewayError('GATE_FAILED', `The release is not published: ${list}.`, {
    hint: 'The report shows the figures; the release before it stays in service. Fix the data or change the gate.',
    details: { gates: failed.map(({ name, value, threshold }) => ({ name, value, threshold })) },
  });
}

/**
 * The manifest of a whole release of this id with the same files; a broken one is removed.
 * @throws OnewayError `RELEASE_INVALID` when it has other files: a release never changes.
 */
async function publishedBefore(workspace: Workspace, id: string, stagedFolder: string): Promise<Manifest | null> {
  const folder = workspace.release(id);
  if ((await stat(folder).catch(() => null)) === null) return null;
  let manifest: Manifest;
  try {
    manifest = (await openRelease(workspace, id)).manifest;
  } catch (error) {
    if (!(error instanceof OnewayError)) throw error;
    await discard(workspace, id);
    return null;
  }
  if (hashJson(await describeFiles(stagedFolder)) === hashJson(manifest.files)) return manifest;
  throw new OnewayError('RELEASE_INVALID', `Release ${id} exists with other files.`, {
    hint: 'A release never changes; publish under another id.',
    details: { id, folder },
  });
}

/** Files of a release-to-be, by name. */
async function describeFiles(folder: string): Promise<Manifest['files']> {
  const files: Manifest['files'] = {};
  for (const name of await payload(folder)) {
    const path = join(folder, name);
    files[name] = { bytes: (await stat(path)).size, sha256: await sha256File(path) };
  }
  return files;
}

/** Names of the files that make a release, without manifest and leftovers. */
async function payload(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== manifestFileName && isPlainName(entry.name))
    .map(({ name }) => name)
    .filter((name) => !name.endsWith('.tmp'))
    .sort();
}

/** Removes a release folder; renamed first, so that no reader meets half of one. */
export async function discard(workspace: Workspace, id: string): Promise<void> {
  const trash = join(workspace.releases, `.trash-${id}`);
  await rm(trash, { recursive: true, force: true });
  await rename(workspace.release(id), trash);
  await syncFolder(workspace.releases);
  await rm(trash, { recursive: true, force: true });
}

/** Removes what killed publications left. The caller holds the publish lock. */
async function sweep(workspace: Workspace, except: string): Promise<void> {
  await removeTemporaryFiles(workspace.root, basename(workspace.current));
  for (const name of await readdir(workspace.releases)) {
    const path = join(workspace.releases, name);
    if (path !== except && /^\.(staging|trash)-/.test(name)) await rm(path, { recursive: true, force: true });
  }
}

async function buildManifest(
  workspace: Workspace,
  id: string,
  staging: string,
  draft: ManifestDraft,
  context: RunContext,
): Promise<Manifest> {
  await rm(join(staging, manifestFileName), { force: true });
  await removeTemporaryFiles(staging);
  const files = await describeFiles(staging);
  throwIfAborted(context.signal);
  const parts = await readParts(staging, draft.index, files, { thorough: true });
  const parent = await currentRelease(workspace);
  const manifest = sealManifest({
    schemaVersion: manifestSchemaVersion,
    id,
    run: draft.run,
    parent: parent === id ? null : parent,
    createdAt: context.clock.now().toISOString(),
    dataWindow: draft.dataWindow,
    catalogueAsOf: draft.catalogueAsOf ?? null,
    configuration: draft.configuration,
    configurationSha256: hashJson(draft.configuration),
    seed: draft.seed,
    ...measureParts(parts),
    files,
    metric: 'inner-product',
    index: draft.index,
    ...(draft.chance === undefined ? {} : { chance: draft.chance }),
    gates: draft.gates.map(({ name, value, threshold, bound, verdict, reason }) => ({
      name,
      value: finite(value),
      threshold: finite(threshold),
      bound,
      verdict,
      reason,
    })),
    versions: draft.versions,
  });
  return checkManifest(staging, manifest);
}

/** JSON has no NaN. */
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
