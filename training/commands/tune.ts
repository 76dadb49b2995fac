import { join } from 'node:path';
import type { Command } from 'commander';
import { type CommandHost, type RunContext, throwIfAborted } from '../../src/context.ts';
import type { Adapter } from '../../src/events/index.ts';
import { Workspace } from '../../src/release/index.ts';
import { readJson } from '../../src/storage/index.ts';
import type { BackendPreference } from '../../src/tensor/index.ts';
import type { RefreshConfiguration } from '../configuration.ts';
import { taskNames } from '../evaluation/names.ts';
import type { EvaluationData } from '../evaluation/types.ts';
import type { TuningSubject } from '../tuning/index.ts';
import { splitList } from './evaluate.ts';
import { backendOption, seedNumber, wholeNumber, workersOption } from './options.ts';
import { asConfigurationError, readConfiguration, readSource, type SourceOptions, sourceOptions } from './source.ts';

interface TuneOptions extends SourceOptions {
  readonly workspace?: string;
  readonly splits: readonly number[];
  readonly data?: string;
  readonly space?: string;
  readonly printSpace?: boolean;
  readonly trials: number;
  readonly budget?: number;
  readonly minutes?: number;
  readonly seed: number;
  readonly configuration?: string;
  readonly folder?: string;
  readonly backend: BackendPreference;
  readonly workers?: number;
  readonly json?: boolean;
}

/** What the composer of the command line knows and this room may not import. */
export interface TuneRooms {
  readonly adapters: readonly Adapter[];
  readonly data: EvaluationData;
}

/** `oneway tune`: the configuration that validation likes best, as a file for `oneway refresh`. */
export function tuneCommand(program: Command, host: CommandHost, rooms: TuneRooms): void {
  const command = program
    .command('tune')
    .description('search the model’s settings by successive halving, judged on validation only')
    .argument('[task]', `${taskNames(rooms.data).join(', ')}; or a shop’s own files by --workspace and --events`)
    .option('--workspace <folder>', 'a shop’s folder of runs and releases');
  sourceOptions(command, rooms.adapters)
    .option('--splits <list>', 'splits of the task, such as 0-2; trials are judged by their mean', splitList, [0])
    .option('--data <folder>', 'folder of the public data sets; by default ONEWAY_SHARED_DATA')
    .option('--space <file>', 'JSON: what is searched; by default what --print-space prints')
    .option('--print-space', 'print the search space as JSON and stop')
    .option('--trials <number>', 'trials, the first with the settings as they are', wholeNumber(1, 10_000), 27)
    .option(
      '--budget <epochs>',
      'epochs of a trial in the last rung; by default the configuration’s',
      wholeNumber(1, 10_000),
    )
    .option('--minutes <number>', 'begin no training after so many minutes', wholeNumber(0, 100_000))
    .option('--seed <number>', 'the same seed gives the same trials and figures', seedNumber, 1)
    .option('--configuration <file>', 'JSON as of oneway refresh: where the search begins')
    .option('--folder <folder>', 'where trials and the best settings go; given again, the search goes on')
    .addOption(backendOption())
    .addOption(workersOption())
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', notes)
    .action(async (task: string | undefined, options: TuneOptions) => {
      const usage = (message: string): never => command.error(`error: ${message}`, { exitCode: 2 });
      const configuration = await readConfiguration(options.configuration);
      const { defaultSearchSpace, renderTuning, searchSpaceOf, tune } = await import('../tuning/index.ts');
      const { space: file } = options;
      const given = file === undefined ? defaultSearchSpace : await asConfigurationError(() => readJson(file));
      const space = searchSpaceOf(given, configuration.blade, file ?? 'the default search space');
      if (options.printSpace === true) {
        host.print(JSON.stringify(space, null, 2));
        return;
      }
      if ((task === undefined) === (options.workspace === undefined)) {
        usage('say what to learn from: either a task, or --workspace with --events and how they are shaped');
      }
      const { openBackend } = await import('../../src/tensor/index.ts');
      const context = host.open({ json: options.json === true, workers: options.workers });
      const subject =
        task === undefined
          ? await shopSubject(options, configuration, rooms, context, usage)
          : await taskSubject(task, options, configuration, rooms.data, context);
      const backend = await openBackend({ prefer: options.backend }, context.logger);
      const home = options.workspace ?? join('.oneway', 'tune');
      const folder = options.folder ?? join(home, task === undefined ? 'tune' : task.replaceAll(/[^\w.-]+/g, '-'));
      const result = await tune(
        subject,
        {
          seed: options.seed,
          trials: options.trials,
          budget: options.budget ?? configuration.blade.optimiser.epochs,
          space,
          minutes: options.minutes ?? null,
          folder,
        },
        configuration,
        { context, backend },
      );
      host.print(options.json === true ? JSON.stringify(result) : renderTuning(result));
      throwIfAborted(context.signal);
    });
}

const notes = `
Each trial is a point of the search space laid over the settings; trial 0 is the settings as they are. Successive halving: all trials train for
a few epochs, the best third for three times as many, and so on up to --budget. Trial 0 takes part in every rung, so what is found is never worse
on validation. Judged by HitRate@10 + MRR@10 on validation; test is never looked at. Every finished training is a line of trials.jsonl in the folder:
the same command goes on where it was stopped or killed; another space, seed or number of trials wants another folder.
best.json there is a configuration for oneway refresh and oneway evaluate.

Examples:
  $ oneway tune amazon-beauty --trials 27
  $ oneway tune dirlinkbench/amazon_photo --space space.json --trials 9 --budget 24 --minutes 60
  $ oneway tune --workspace work --adapter online-retail --events online_retail.csv.gz
  $ oneway refresh --workspace work --adapter online-retail --events online_retail.csv.gz --configuration work/tune/best.json

space.json names keys below blade and how their values are drawn, for example
  { "optimiser.learningRate": { "log": [0.002, 0.03] }, "dimension": { "choice": [32, 64, 128] },
    "optimiser.penalty": { "log": [1, 40] }, "neighbourhood.hops": { "integer": [1, 3] } }
`;

async function taskSubject(
  task: string,
  options: TuneOptions,
  { graph, features }: RefreshConfiguration,
  data: EvaluationData,
  context: RunContext,
): Promise<TuningSubject> {
  const { openStudies } = await import('../study/index.ts');
  const request = { task, seed: options.seed, ...(options.data === undefined ? {} : { folder: options.data }) };
  const studyOf = await openStudies(request, options.splits, { graph, features }, data, context);
  const studies: { split: number; study: Awaited<ReturnType<typeof studyOf>> }[] = [];
  for (const split of options.splits) studies.push({ split, study: await studyOf(split) });
  return { name: task, data: { graph, features }, studies };
}

async function shopSubject(
  options: TuneOptions,
  configuration: RefreshConfiguration,
  rooms: TuneRooms,
  context: RunContext,
  usage: (message: string) => never,
): Promise<TuningSubject> {
  const { openShopStudy } = await import('../study/index.ts');
  const source = await readSource(options, rooms.adapters, usage);
  const { seed, backend } = options;
  const workspace = new Workspace(options.workspace!);
  const study = await openShopStudy({ source, seed, backend }, configuration, workspace, context);
  return { name: 'shop', data: study.data, studies: [{ split: 0, study }] };
}
