import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunContext, throwIfAborted } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { hashJson, readJson, syncFolder, writeJson } from '../../src/storage/index.ts';
import { type Stage, type StageOutcome, type StageRecord, stageRecord } from './stage.ts';
import { packageVersion } from './version.ts';

const recordName = 'stage.json';
const unfinished = '.tmp';

/**
 * Runs stages in order inside `folder`. Each writes into `<name>.tmp`, which is renamed to `<name>` when the stage is done: a folder
 * without the ending is whole. A stage whose hash (its inputs and all before it) is that of the folder on disk is skipped.
 * The caller holds the workspace's lock.
 * @param options.fresh runs finished stages again
 * @throws what a stage throws; finished stages stay. `ABORTED` when the signal fires.
 */
export async function runStages<E>(
  stages: readonly Stage<E>[],
  folder: string,
  environment: E,
  context: RunContext,
  options: { readonly fresh?: boolean } = {},
): Promise<readonly StageOutcome[]> {
  const version = packageVersion();
  await mkdir(folder, { recursive: true });
  await sweep(folder);
  const finished: StageOutcome[] = [];
  let previous = '';
  for (const stage of stages) {
    throwIfAborted(context.signal);
    const hash = hashJson({ version, stage: stage.name, inputs: stage.inputs(environment), previous });
    const place = join(folder, stage.name);
    const record = options.fresh === true ? null : await readRecord(place);
    if (record?.hash === hash && (stage.stillHolds === undefined || (await stage.stillHolds(place, environment)))) {
      context.logger.info({ stage: stage.name }, `${stage.name}: reused`);
      finished.push({ ...record, folder: place, resumed: true });
    } else {
      await discard(place);
      finished.push(await runStage(stage, place, hash, environment, finished, context));
    }
    previous = hash;
  }
  return finished;
}

async function runStage<E>(
  stage: Stage<E>,
  place: string,
  hash: string,
  environment: E,
  finished: readonly StageOutcome[],
  context: RunContext,
): Promise<StageOutcome> {
  const temporary = `${place}${unfinished}`;
  await mkdir(temporary);
  const started = context.clock.monotonic();
  context.logger.debug({ stage: stage.name }, `${stage.name}: starts`);
  await stage.run(temporary, environment, finished);
  const record: StageRecord = {
    stage: stage.name,
    hash,
    finishedAt: context.clock.now().toISOString(),
    seconds: (context.clock.monotonic() - started) / 1000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
  await writeJson(join(temporary, recordName), record);
  await rename(temporary, place);
  await syncFolder(join(place, '..'));
  context.logger.info({ stage: stage.name, seconds: record.seconds }, `${stage.name}: finished`);
  return { ...record, folder: place, resumed: false };
}

/** Removes what a killed run left half-done. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(unfinished)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** A whole folder turns into an unfinished one before it is taken apart, so that a crash in between leaves no half of it. */
async function discard(place: string): Promise<void> {
  const doomed = `${place}.old${unfinished}`;
  try {
    await rename(place, doomed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rm(doomed, { recursive: true, force: true });
}

async function readRecord(place: string): Promise<StageRecord | null> {
  try {
    return await readJson(join(place, recordName), stageRecord);
  } catch (error) {
    if (error instanceof OnewayError && (error.code === 'FILE_NOT_FOUND' || error.code === 'FILE_CORRUPT')) return null;
    throw error;
  }
}
