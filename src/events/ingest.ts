import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { type CatalogueMapping, catalogueFileName, catalogueMapping } from '../catalogue/index.ts';
import { type RunContext, throwIfAborted } from '../context.ts';
import { type Database, withDatabase } from '../database/index.ts';
import { OnewayError } from '../errors.ts';
import { moveFileDurable, writeJson } from '../storage/index.ts';
import { Account, refuseBadRows } from './account.ts';
import type { Adapter, CatalogueSource, EventSource } from './adapter.ts';
import { applyChanges, type CatalogueChange } from './apply-changes.ts';
import { catalogueSource, eventSource, ownAdapter } from './compile.ts';
import type { IngestConfiguration } from './configuration.ts';
import { describeLog, writeTables } from './encode.ts';
import { eventFileName } from './log.ts';
import { type EventMapping, eventMapping } from './mapping.ts';
import { openRawFile, type RawFile } from './raw-file.ts';
import type { IngestReport, RowAccount } from './report.ts';
import { stageCatalogue } from './stage-catalogue.ts';
import { createStagedEvents, describeProducts, stageEvents } from './stage-events.ts';

/** What to read. Paths may be CSV, TSV or JSON lines (plain or .gz), or Parquet. */
export interface IngestRequest {
  /** At least one file. */
  readonly events: readonly string[];
  /** Without it the catalogue is derived from the events where the adapter knows how, else it holds bare ids. */
  readonly catalogue?: readonly string[];
  /** @default our own schema */
  readonly adapter?: Adapter;
  /** Takes the place of the adapter's reading of events. */
  readonly eventMapping?: EventMapping;
  /** Takes the place of the adapter's reading of the catalogue. */
  readonly catalogueMapping?: CatalogueMapping;
  /** Event files beside those of the user, each read in its own way. @default none */
  readonly further?: readonly { readonly path: string; readonly source: EventSource }[];
  /** What was said of products since the catalogue was written, each once. @default nothing */
  readonly changes?: readonly CatalogueChange[];
}

/** Name of the report inside an ingest folder; it is written last, so where it stands the other files are whole. */
export const ingestReportName = 'ingest.json';

/**
 * Reads event and catalogue files into `folder`: `events.parquet` (customer, product, type, time; sorted), `catalogue.parquet`,
 * and `ingest.json`. Every row of the input is kept or counted by kind. Memory is bounded; what does not fit spills into the folder.
 * The three files appear together at the end, or not at all.
 * @throws OnewayError `FILE_NOT_FOUND`, `EVENTS_INVALID`, `CATALOGUE_INVALID`, `EVENTS_EMPTY`, `TOO_MANY_BAD_ROWS`, `CONFIGURATION_INVALID`, `ABORTED`.
 */
export async function ingest(
  request: IngestRequest,
  configuration: IngestConfiguration,
  folder: string,
  context: RunContext,
): Promise<IngestReport> {
  const started = context.clock.monotonic();
  const adapter = adapterOf(request);
  const workFolder = join(folder, '.ingest');
  await rm(workFolder, { recursive: true, force: true });
  await mkdir(workFolder, { recursive: true });
  try {
    const draft = await withDatabase(
      {
        memoryLimit: `${configuration.memoryMebibytes}MiB`,
        threads: configuration.threads,
        spillFolder: join(workFolder, 'spill'),
        signal: context.signal,
      },
      (database) => read(request, adapter, configuration, workFolder, database, context),
    );
    const seconds = (context.clock.monotonic() - started) / 1000;
    const report: IngestReport = { ...draft, seconds: Math.round(seconds * 1000) / 1000 };
    await rm(join(folder, ingestReportName), { force: true });
    for (const name of [eventFileName, catalogueFileName])
      await moveFileDurable(join(workFolder, name), join(folder, name));
    await writeJson(join(folder, ingestReportName), report);
    context.logger.info(
      { rows: report.events.rows, kept: report.events.kept, seconds: report.seconds },
      'events are read',
    );
    return report;
  } catch (error) {
    throwIfAborted(context.signal);
    throw error;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

function adapterOf(request: IngestRequest): Adapter {
  const base = request.adapter ?? ownAdapter;
  const check = (name: string, schema: typeof eventMapping | typeof catalogueMapping, value: unknown) => {
    const [first] = Value.Errors(schema, value);
    if (first === undefined) return;
    throw new OnewayError('CONFIGURATION_INVALID', `${name}${first.instancePath} is wrong: ${first.message}.`, {
      hint: `Fields of ${name}: ${Object.keys(schema.properties).join(', ')}.`,
    });
  };
  if (request.eventMapping !== undefined) check('eventMapping', eventMapping, request.eventMapping);
  if (request.catalogueMapping !== undefined) check('catalogueMapping', catalogueMapping, request.catalogueMapping);
  const { derived, ...rest } = base;
  return {
    ...rest,
    ...(request.eventMapping === undefined
      ? derived === undefined
        ? {}
        : { derived }
      : { name: 'mapping', events: eventSource(request.eventMapping) }),
    ...(request.catalogueMapping === undefined ? {} : { catalogue: catalogueSource(request.catalogueMapping) }),
  };
}

async function read(
  request: IngestRequest,
  adapter: Adapter,
  configuration: IngestConfiguration,
  workFolder: string,
  database: Database,
  context: RunContext,
): Promise<Omit<IngestReport, 'seconds'>> {
  if (request.events.length === 0) {
    throw new OnewayError('EVENTS_EMPTY', 'No event file is named.', { hint: 'Give at least one event file.' });
  }
  const { progress, signal } = context;
  const open = async (
    path: string,
    label: string,
    code: 'EVENTS_INVALID' | 'CATALOGUE_INVALID',
    headerless?: readonly string[],
  ) => {
    let bytes = 0;
    const advance = (more: number) => {
      bytes += more;
      progress.update(bytes);
    };
    const total = (await stat(path).catch(() => null))?.size;
    progress.start(`Reading ${path}`, { unit: 'bytes', ...(total === undefined ? {} : { total }) });
    return openRawFile(path, database, {
      code,
      samples: configuration.samplesPerKind,
      workFolder,
      label,
      progress: { signal, advance },
      ...(headerless === undefined ? {} : { headerless: { columns: headerless, required: adapter.events.columns } }),
    });
  };

  const catalogue = await readCatalogueFiles(request, adapter.catalogue, configuration, database, context, open);

  const account = new Account(configuration.samplesPerKind);
  await createStagedEvents(database);
  const files: RawFile[] = [];
  const sources = [...request.events.map((path) => ({ path, source: adapter.events })), ...(request.further ?? [])];
  for (const [number, { path, source }] of sources.entries()) {
    const file = await open(path, `events-${number}`, 'EVENTS_INVALID', source.headerless);
    await fileErrors(path, 'EVENTS_INVALID', () => stageEvents(database, file, number, source, account));
    progress.end();
    throwIfAborted(signal);
    if (number < request.events.length) files.push(file);
  }
  const events = account.close();
  if (events.rows === 0) {
    throw new OnewayError('EVENTS_EMPTY', `There is no row in ${request.events.join(', ')}.`, {
      hint: 'Check that the export of the events ran to its end.',
      details: { files: request.events },
    });
  }
  refuseBadRows(events, 'event', configuration);
  if (events.kept === 0) {
    const left = events.excluded.map(({ kind, count }) => `${count} ${kind}`).join(', ');
    throw new OnewayError('EVENTS_EMPTY', `None of the ${events.rows} event rows is usable (${left}).`, {
      hint: 'Check that the adapter fits the file.',
      details: { files: request.events, excluded: events.excluded },
    });
  }

  progress.start('Encoding events');
  if (catalogue === null) {
    await describeProducts(
      database,
      adapter.derived === undefined ? [] : files,
      adapter.events,
      adapter.derived ?? { where: 'false' },
    );
  }
  throwIfAborted(signal);
  await applyChanges(database, request.changes ?? []);
  await writeTables(database, workFolder);
  throwIfAborted(signal);
  const log = await describeLog(database);
  progress.end();
  const catalogueChanges = request.changes?.length ?? 0;
  return { version: 1, adapter: adapter.name, events, catalogue, catalogueChanges, ...log };
}

async function readCatalogueFiles(
  request: IngestRequest,
  source: CatalogueSource | undefined,
  configuration: IngestConfiguration,
  database: Database,
  context: RunContext,
  open: (path: string, label: string, code: 'CATALOGUE_INVALID') => Promise<RawFile>,
): Promise<RowAccount | null> {
  const paths = request.catalogue ?? [];
  if (paths.length === 0) return null;
  const files: RawFile[] = [];
  for (const [number, path] of paths.entries())
    files.push(await open(path, `catalogue-${number}`, 'CATALOGUE_INVALID'));
  const account = new Account(configuration.samplesPerKind);
  await fileErrors(paths.join(', '), 'CATALOGUE_INVALID', () =>
    stageCatalogue(database, files, source ?? ownAdapter.catalogue!, account),
  );
  context.progress.end();
  throwIfAborted(context.signal);
  const closed = account.close();
  refuseBadRows(closed, 'catalogue', configuration);
  if (closed.kept === 0) {
    throw new OnewayError('CATALOGUE_INVALID', `There is no product in ${paths.join(', ')}.`, {
      hint: 'Check that the export of the catalogue ran to its end, or leave the catalogue out.',
      details: { files: paths },
    });
  }
  return closed;
}

/** Gives DuckDB's errors about a file our code, so that they name the file. */
async function fileErrors<T>(
  path: string,
  code: 'EVENTS_INVALID' | 'CATALOGUE_INVALID',
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OnewayError || /^(Out of Memory|INTERRUPT)/i.test((error as Error).message)) throw error;
    throw new OnewayError(code, `${path} cannot be read: ${(error as Error).message.split('\n')[0]}`, {
      hint: 'Check that the file is whole and that the column mapping fits it.',
      cause: error,
      details: { file: path },
    });
  }
}
