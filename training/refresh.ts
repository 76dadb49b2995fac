import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RunContext } from '../src/context.ts';
import { OnewayError } from '../src/errors.ts';
import type { IngestRequest } from '../src/events/index.ts';
import { acquireLock, type Workspace } from '../src/release/index.ts';
import { hashJson, readJson } from '../src/storage/index.ts';
import { type Backend, type BackendPreference, openBackend } from '../src/tensor/index.ts';
import type { RefreshConfiguration } from './configuration.ts';
import { forgetFeedback, type Journals, readJournals, recordJournals } from './journals.ts';
import { packageVersion, runStages, type StageOutcome } from './pipeline/index.ts';
import type { Gate } from './report/index.ts';
import {
  type FileSignature,
  pathOf,
  pruneWorkspace,
  type RefreshEnvironment,
  refreshStages,
  type Verdicts,
} from './stages/index.ts';

export interface RefreshRequest {
  readonly source: IngestRequest;
  /** 32 bits. The same seed on the same input gives the same embeddings. */
  readonly seed: number;
  readonly backend: BackendPreference;
  /** Name of the run. @default derived from files, configuration and seed, so that the same request resumes */
  readonly run?: string;
  /** Do finished stages again. @default false */
  readonly fresh?: boolean;
}

export interface RefreshOutcome {
  readonly run: string;
  /** The release that is current now. */
  readonly release: string;
  /** Path of the quality report. */
  readonly report: string;
  readonly gates: readonly Gate[];
  readonly stages: readonly StageOutcome[];
}

/**
 * The whole refresh: ingest → graph → train → embed → index → evaluate → report → publish. The old release serves until the new one has
 * passed its gates and is whole on disk; whatever fails, it stays as it was. A run that was stopped or killed goes on after its last
 * finished stage when the same request is made again.
 * @throws OnewayError `WORKSPACE_BUSY` while another refresh runs there; `GATE_FAILED` (the report is in the run's folder); `ABORTED` on
 * the signal; `FILE_NOT_FOUND` and what the stages throw.
 */
export async function refresh(
  request: RefreshRequest,
  configuration: RefreshConfiguration,
  workspace: Workspace,
  context: RunContext,
): Promise<RefreshOutcome> {
  const environment = await prepareRun(request, configuration, workspace, context);
  const { run, folder } = environment;
  const lock = await acquireLock(workspace, 'refresh');
  try {
    await recordJournals(folder, environment.base, environment.journals);
    context.logger.info({ run, seed: request.seed }, `refresh: run ${run}`);
    const stages = await runStages(refreshStages, folder, environment, context, { fresh: request.fresh === true });
    const verdicts = (await readJson(pathOf(environment, 'gates'))) as Verdicts;
    await forgetFeedback(workspace, environment.journals, configuration, context);
    await pruneWorkspace(workspace, run, configuration.release, context);
    return { run, release: verdicts.release, report: pathOf(environment, 'report'), gates: verdicts.gates, stages };
  } finally {
    await lock.release();
  }
}

/**
 * What the stages of a refresh are given, and the run folder that the request stands for. Makes nothing yet, but seals the feedback that no service is writing.
 * @throws OnewayError `FILE_NOT_FOUND` for an input file that is not there.
 */
export async function prepareRun(
  request: RefreshRequest,
  configuration: RefreshConfiguration,
  workspace: Workspace,
  context: RunContext,
): Promise<RefreshEnvironment> {
  const files = await signaturesOf([...request.source.events, ...(request.source.catalogue ?? [])]);
  const catalogueAsOf = oldest(files.slice(request.source.events.length));
  const base = baseOf(request, files, configuration);
  const journals = await readJournals(workspace, base, catalogueAsOf, configuration, context);
  const run = request.run ?? runIdOf(base, journals);
  return {
    source: request.source,
    files,
    catalogueAsOf,
    base,
    journals,
    configuration,
    seed: request.seed,
    backendPreference: request.backend,
    workspace,
    run,
    folder: workspace.run(run),
    context,
    backend: openOnce(request.backend, context),
  };
}

function openOnce(prefer: BackendPreference, context: RunContext): () => Promise<Backend> {
  let opened: Promise<Backend> | null = null;
  return () => {
    opened ??= openBackend({ prefer }, context.logger);
    return opened;
  };
}

async function signaturesOf(paths: readonly string[]): Promise<readonly FileSignature[]> {
  return Promise.all(
    paths.map(async (path) => {
      const found = await stat(path).catch(() => null);
      if (found === null || !found.isFile()) {
        throw new OnewayError('FILE_NOT_FOUND', `There is no file ${path}.`, {
          hint: 'Check the path; every input file is named, not its folder.',
          details: { file: path },
        });
      }
      return { name: basename(path), bytes: found.size, modifiedMs: Math.floor(found.mtimeMs) };
    }),
  );
}

/** When the oldest of some files was written; null of none. */
function oldest(files: readonly FileSignature[]): number | null {
  return files.length === 0 ? null : Math.min(...files.map(({ modifiedMs }) => modifiedMs));
}

/** Of all that decides a run, but for the workspace's own journals. */
function baseOf(
  { source, seed, backend }: RefreshRequest,
  files: readonly FileSignature[],
  configuration: RefreshConfiguration,
): string {
  const { adapter, eventMapping, catalogueMapping } = source;
  const version = packageVersion();
  return hashJson({ files, adapter, eventMapping, catalogueMapping, configuration, seed, backend, version });
}

function runIdOf(base: string, { feedback, changes }: Journals): string {
  const whole = feedback.length === 0 && changes.length === 0 ? base : hashJson({ base, feedback, changes });
  return `run-${whole.slice(0, 12)}`;
}
