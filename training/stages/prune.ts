import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '../../src/context.ts';
import { pruneReleases, type Workspace } from '../../src/release/index.ts';

/** Removes the oldest releases and run folders beyond what is to be kept; the current release and `run` always stay. */
export async function pruneWorkspace(
  workspace: Workspace,
  run: string,
  keep: { readonly keep: number; readonly keepRuns: number },
  context: RunContext,
): Promise<void> {
  const releases = await pruneReleases(workspace, keep.keep);
  if (releases.length > 0) context.logger.info({ releases }, 'old releases removed');
  const others: { readonly name: string; readonly modified: number }[] = [];
  for (const entry of await readdir(workspace.runs, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === run) continue;
    others.push({ name: entry.name, modified: (await stat(join(workspace.runs, entry.name))).mtimeMs });
  }
  others.sort((a, b) => b.modified - a.modified);
  const doomed = others.filter(({ name }, place) => name.startsWith('.trash-') || place >= keep.keepRuns - 1);
  for (const { name } of doomed) {
    // Renamed first: half a run folder must not look like a whole one.
    const trash = join(workspace.runs, `.trash-${name.replace(/^\.trash-/, '')}`);
    if (join(workspace.runs, name) !== trash) await rename(join(workspace.runs, name), trash);
    await rm(trash, { recursive: true, force: true });
  }
  if (doomed.length > 0) context.logger.info({ runs: doomed.map(({ name }) => name) }, 'old run folders removed');
}
