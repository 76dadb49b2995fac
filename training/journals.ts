import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import Type from 'typebox';
import type { RunContext } from '../src/context.ts';
import { OnewayError } from '../src/errors.ts';
import type { CatalogueChange } from '../src/events/index.ts';
import { feedbackFolder, type SegmentSignature, signSegments } from '../src/feedback/index.ts';
import { Journal, listSegments, removeSegmentsBefore, type Segment } from '../src/journal/index.ts';
import { pendingChanges } from '../src/overlay/index.ts';
import type { Workspace } from '../src/release/index.ts';
import { readJson, writeJson } from '../src/storage/index.ts';
import type { RefreshConfiguration } from './configuration.ts';

/** What a refresh takes from the workspace's own journals, beside the user's files. */
export interface Journals {
  /** Sealed segments of the feedback, in order. */
  readonly segments: readonly Segment[];
  /** Of the same; what a stage goes by. */
  readonly feedback: readonly SegmentSignature[];
  /** Products changed since the catalogue was written. */
  readonly changes: readonly CatalogueChange[];
}

const recordName = 'journals.json';
const recordSchema = Type.Object({
  /** Hash of all else that decides the run. */
  base: Type.String(),
  feedback: Type.Array(Type.Object({ name: Type.String(), bytes: Type.Integer(), sha256: Type.String() })),
  changes: Type.Unknown(),
});

const minute = 60_000;
const day = 86_400_000;

/**
 * The journals as they are now: feedback in sealed segments (what a service that runs is writing comes with the next refresh), and the changes that a catalogue of
 * `catalogueAsOf` cannot have. But where a run of the same request was begun and has not come to its report, what that run began with: so it goes on instead of beginning again.
 * @param base of all else that decides the run
 * @param catalogueAsOf when the catalogue files were written, in epoch milliseconds; null without any
 */
export async function readJournals(
  workspace: Workspace,
  base: string,
  catalogueAsOf: number | null,
  configuration: RefreshConfiguration,
  context: RunContext,
): Promise<Journals> {
  const { feedback, catalogue } = configuration;
  const begun = await unfinishedRun(workspace, base);
  if (feedback.read) await sealIfIdle(workspace, context);
  const sealed = feedback.read
    ? (await listSegments(join(workspace.root, feedbackFolder))).filter((segment) => segment.sealed)
    : [];
  if (begun !== null) {
    const named = new Map(sealed.map((segment) => [segment.path.split(/[\\/]/).at(-1)!, segment]));
    const segments = begun.feedback.flatMap(({ name }) => named.get(name) ?? []);
    if (segments.length === begun.feedback.length) return { ...begun, segments };
  }
  const settled = catalogueAsOf === null ? Number.NEGATIVE_INFINITY : catalogueAsOf - catalogue.settleMinutes * minute;
  return {
    segments: sealed,
    feedback: await signSegments(sealed),
    changes: catalogue.changes ? await pendingChanges(workspace, settled) : [],
  };
}

/** Notes in a run's folder what it began with. */
export async function recordJournals(folder: string, base: string, journals: Journals): Promise<void> {
  const { feedback, changes } = journals;
  await writeJson(join(folder, recordName), { base, feedback, changes });
}

/** Deletes feedback that is kept no longer: what a published run has learned from and is older than the configuration says. @returns segments that went */
export async function forgetFeedback(
  workspace: Workspace,
  { segments }: Journals,
  { feedback }: RefreshConfiguration,
  { clock, logger }: RunContext,
): Promise<number> {
  const before = clock.now().getTime() - feedback.keepDays * day;
  return removeSegmentsBefore(join(workspace.root, feedbackFolder), segments, before, logger);
}

/** While no service writes the journal, nobody else seals it. */
async function sealIfIdle(workspace: Workspace, context: RunContext): Promise<void> {
  const segments = await listSegments(join(workspace.root, feedbackFolder));
  if (segments.every(({ sealed }) => sealed)) return;
  try {
    await (await Journal.open(workspace, feedbackFolder, { logger: context.logger })).close();
  } catch (error) {
    if (!(error instanceof OnewayError) || !error.code.startsWith('JOURNAL')) throw error;
    context.logger.info('feedback of the last minutes is still being written; it comes with the next refresh');
  }
}

async function unfinishedRun(
  workspace: Workspace,
  base: string,
): Promise<Pick<Journals, 'feedback' | 'changes'> | null> {
  const runs = await readdir(workspace.runs).catch(() => []);
  let newest: { readonly modified: number; readonly record: Pick<Journals, 'feedback' | 'changes'> } | null = null;
  for (const name of runs) {
    if (name.startsWith('.')) continue;
    const folder = join(workspace.runs, name);
    const found = await readJson(join(folder, recordName), recordSchema).catch(() => null);
    if (found?.base !== base || (await stat(join(folder, 'report')).catch(() => null)) !== null) continue;
    const modified = (await stat(join(folder, recordName))).mtimeMs;
    if (newest !== null && newest.modified >= modified) continue;
    newest = { modified, record: { feedback: found.feedback, changes: found.changes as readonly CatalogueChange[] } };
  }
  return newest?.record ?? null;
}
