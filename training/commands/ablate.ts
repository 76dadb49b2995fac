import { join } from 'node:path';
import type { Command } from 'commander';
import { type CommandHost, throwIfAborted } from '../../src/context.ts';
import { writeFileAtomic } from '../../src/storage/index.ts';
import type { BackendPreference } from '../../src/tensor/index.ts';
import { ablationNames, ablations } from '../ablation/rows.ts';
import { taskNames } from '../evaluation/names.ts';
import type { EvaluationData } from '../evaluation/types.ts';
import { splitList } from './evaluate.ts';
import { backendOption, workersOption } from './options.ts';
import { readConfiguration } from './source.ts';

interface AblateOptions {
  readonly splits: readonly number[];
  readonly seeds: readonly number[];
  readonly rows?: readonly string[];
  readonly configuration?: string;
  readonly data?: string;
  readonly folder?: string;
  readonly html?: string;
  readonly backend: BackendPreference;
  readonly workers?: number;
  readonly json?: boolean;
}

/** `oneway ablate`: what each choice of the model is worth. */
export function ablateCommand(program: Command, host: CommandHost, data: EvaluationData): void {
  program
    .command('ablate')
    .description('measure what each choice of the model is worth: train it again without it')
    .argument('<task>', taskNames(data).join(', '))
    .option('--splits <list>', 'split numbers, such as 0-9 or 0,3', splitList, [0])
    .option('--seeds <list>', 'seeds, such as 1-3; every split is trained with every seed', splitList, [1])
    .option('--rows <list>', `comma-separated, of ${ablationNames.join(', ')}; by default all`, nameList)
    .option('--configuration <file>', 'JSON as of oneway refresh: the full model')
    .option('--data <folder>', 'folder of the public data sets; by default ONEWAY_SHARED_DATA')
    .option('--folder <folder>', 'where finished trainings are kept; given again, the work goes on')
    .option('--html <file>', 'write the result as a page of tables and plots')
    .addOption(backendOption())
    .addOption(workersOption())
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', notes)
    .action(async (task: string, options: AblateOptions) => {
      const { openBackend } = await import('../../src/tensor/index.ts');
      const { ablate, checkNames, renderAblation } = await import('../ablation/index.ts');
      if (options.rows !== undefined) checkNames(options.rows);
      const context = host.open({ json: options.json === true, workers: options.workers });
      const configuration = await readConfiguration(options.configuration);
      const backend = await openBackend({ prefer: options.backend }, context.logger);
      const result = await ablate(
        {
          task,
          splits: options.splits,
          seeds: options.seeds,
          rows: options.rows ?? null,
          ...(options.data === undefined ? {} : { data: options.data }),
          folder: options.folder ?? join('.oneway', 'ablate', task.replaceAll(/[^\w.-]+/g, '-')),
        },
        configuration,
        data,
        { context, backend },
      );
      if (options.html !== undefined) {
        const { renderAblationPage } = await import('../report/index.ts');
        const about = `splits ${options.splits.join(', ')}, seeds ${options.seeds.join(', ')}, ${backend.description}`;
        await writeFileAtomic(options.html, renderAblationPage(result, { title: task, about }));
      }
      host.print(options.json === true ? JSON.stringify(result) : renderAblation(result));
      throwIfAborted(context.signal);
    });
}

const notes = `
The full model and each row of the table below are trained and measured alike; differences are taken run by run (split and seed), then averaged.
Choose by validation; test is for the report. Fixed sampling gets the size with which all products together sample as many messages in an epoch
as under the adaptive rule; both totals are printed. A row that takes nothing out of these data or settings is skipped, with the reason.
Every finished training is a line of runs.jsonl in the folder: the same command goes on where it was stopped or killed, and may be given
more rows, splits or seeds.

${ablations.map(({ name, meaning }) => `  ${name.padEnd(16)} ${meaning}`).join('\n')}

Examples:
  $ oneway ablate amazon-beauty --splits 0-2
  $ oneway ablate dirlinkbench/amazon_photo --splits 0-4 --rows fixed-sampling,walks-for-all,one-hop --html ablation.html
`;

function nameList(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
