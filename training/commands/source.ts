import type { Command } from 'commander';
import { type CatalogueMapping, catalogueMapping } from '../../src/catalogue/index.ts';
import { OnewayError } from '../../src/errors.ts';
import { type Adapter, type EventMapping, eventMapping, type IngestRequest } from '../../src/events/index.ts';
import { readJson } from '../../src/storage/index.ts';
import type { RefreshConfiguration } from '../configuration.ts';

/** The options by which a command is told a shop's own files. */
export interface SourceOptions {
  readonly adapter?: string;
  readonly eventMapping?: string;
  readonly catalogueMapping?: string;
  readonly events?: readonly string[];
  readonly catalogue?: readonly string[];
}

export function sourceOptions(command: Command, adapters: readonly Adapter[]): Command {
  return command
    .option('--adapter <name>', `known shape of the files: ${adapters.map((one) => one.name).join(', ')}`)
    .option('--event-mapping <file>', 'JSON: which columns of your event files are what')
    .option('--catalogue-mapping <file>', 'JSON: which columns of your catalogue files are what')
    .option('--events <files...>', 'CSV, TSV, JSON lines (each also .gz) or Parquet')
    .option('--catalogue <files...>', 'the same forms; without it the catalogue is derived from the events');
}

/** The defaults with the user's file laid over them. @throws OnewayError `CONFIGURATION_INVALID`, `FILE_NOT_FOUND`. */
export async function readConfiguration(path: string | undefined): Promise<RefreshConfiguration> {
  const { defaultRefreshConfiguration, refreshConfigurationOf } = await import('../configuration.ts');
  if (path === undefined) return defaultRefreshConfiguration;
  return refreshConfigurationOf(await asConfigurationError(() => readJson(path)), path);
}

/** @param usage says that the command line is wrong, and does not return. */
export async function readSource(
  options: SourceOptions,
  adapters: readonly Adapter[],
  usage: (message: string) => never,
): Promise<IngestRequest> {
  const events = options.events ?? usage('name at least one event file: --events <files...>');
  if ((options.adapter === undefined) === (options.eventMapping === undefined)) {
    usage('say how the files are shaped, by either --adapter <name> or --event-mapping <file>');
  }
  const adapter = adapters.find((one) => one.name === options.adapter);
  if (options.adapter !== undefined && adapter === undefined) {
    usage(`there is no adapter '${options.adapter}'; there are ${adapters.map((one) => one.name).join(', ')}`);
  }
  return {
    events,
    ...(options.catalogue === undefined ? {} : { catalogue: options.catalogue }),
    ...(adapter === undefined ? {} : { adapter }),
    ...(options.eventMapping === undefined ? {} : { eventMapping: await readEventMapping(options.eventMapping) }),
    ...(options.catalogueMapping === undefined
      ? {}
      : { catalogueMapping: await readCatalogueMapping(options.catalogueMapping) }),
  };
}

async function readEventMapping(path: string): Promise<EventMapping> {
  return asConfigurationError(() => readJson(path, eventMapping));
}

async function readCatalogueMapping(path: string): Promise<CatalogueMapping> {
  return asConfigurationError(() => readJson(path, catalogueMapping));
}

/** The user wrote these files: a fault in them is one of configuration, not of a broken file of ours. */
export async function asConfigurationError<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof OnewayError) || error.code !== 'FILE_CORRUPT') throw error;
    throw new OnewayError('CONFIGURATION_INVALID', error.message, {
      hint: 'Correct the file; oneway refresh --help shows examples.',
      details: error.details,
      cause: error,
    });
  }
}
