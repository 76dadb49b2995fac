import type { Command } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import type { Adapter } from '../../src/events/index.ts';
import { Workspace } from '../../src/release/index.ts';
import type { BackendPreference } from '../../src/tensor/index.ts';
import type { RefreshOutcome } from '../refresh.ts';
import { backendOption, runName, seedNumber, workersOption } from './options.ts';
import { readConfiguration, readSource, type SourceOptions, sourceOptions } from './source.ts';
import { formatTable } from './table.ts';

interface RefreshOptions extends SourceOptions {
  readonly workspace?: string;
  readonly configuration?: string;
  readonly seed: number;
  readonly run?: string;
  readonly fresh?: boolean;
  readonly backend: BackendPreference;
  readonly workers?: number;
  readonly printConfiguration?: boolean;
  readonly json?: boolean;
}

/** What the composer of the command line knows and this room may not import. */
export interface RefreshRooms {
  readonly adapters: readonly Adapter[];
}

const examples = `
Examples:
  $ oneway refresh --workspace work --adapter online-retail --events online_retail.csv.gz
  $ oneway refresh --workspace work --event-mapping mapping.json --events 'events-1.parquet' 'events-2.parquet' --catalogue products.csv
  $ oneway refresh --print-configuration > refresh.json

mapping.json names the columns of your event files, for example
  { "customer": "user_id", "product": "sku", "time": "created_at", "type": "event" }
A run that was stopped goes on after its last finished stage when the same command is given again.
`;

/** `oneway refresh`: events and catalogue in, a verified release out. */
export function refreshCommand(program: Command, host: CommandHost, rooms: RefreshRooms): void {
  const command = program
    .command('refresh')
    .description('learn from event and catalogue files and publish a release')
    .option('--workspace <folder>', 'folder of runs and releases; made when absent');
  sourceOptions(command, rooms.adapters)
    .option('--configuration <file>', 'JSON laid over the defaults')
    .option('--seed <number>', 'the same seed on the same input gives the same embeddings', seedNumber, 1)
    .option('--run <id>', 'name of the run; by default derived from the input', runName)
    .option('--fresh', 'do every stage again, also the finished ones')
    .addOption(backendOption())
    .addOption(workersOption())
    .option('--print-configuration', 'print the whole configuration as JSON and stop')
    .option('--json', 'print the outcome as one JSON object')
    .addHelpText('after', examples);
  command.action(async (options: RefreshOptions) => {
    const configuration = await readConfiguration(options.configuration);
    if (options.printConfiguration === true) {
      host.print(JSON.stringify(configuration, null, 2));
      return;
    }
    const usage = (message: string): never => command.error(`error: ${message}`, { exitCode: 2 });
    const workspace = options.workspace ?? usage('name the workspace: --workspace <folder>');
    const source = await readSource(options, rooms.adapters, usage);
    const { refresh } = await import('../refresh.ts');
    const outcome = await refresh(
      {
        source,
        seed: options.seed,
        backend: options.backend,
        ...(options.run === undefined ? {} : { run: options.run }),
        fresh: options.fresh === true,
      },
      configuration,
      new Workspace(workspace),
      host.open({ json: options.json === true, workers: options.workers }),
    );
    if (options.json === true) host.print(JSON.stringify(outcome));
    else printOutcome(outcome, workspace, host);
  });
}

function printOutcome(outcome: RefreshOutcome, workspace: string, host: CommandHost): void {
  const rows = outcome.stages.map((stage) => [
    stage.stage,
    stage.resumed ? 'reused' : `${stage.seconds.toFixed(1)} s`,
    `${(stage.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`,
  ]);
  host.print(
    formatTable(
      [{ title: 'stage' }, { title: 'time', align: 'right' }, { title: 'peak memory', align: 'right' }],
      rows,
    ),
  );
  host.print('');
  host.print(`release    ${outcome.release}`);
  host.print(`report     ${outcome.report}`);
  host.print(`serve it   oneway serve --workspace ${workspace}`);
}
