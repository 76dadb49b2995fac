import { type Command, InvalidArgumentError } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import { readJson } from '../../src/storage/index.ts';
import type { BackendPreference } from '../../src/tensor/index.ts';
import { modelNames, taskNames } from '../evaluation/names.ts';
import type { EvaluationData } from '../evaluation/types.ts';
import { backendOption, seedNumber } from './options.ts';

interface EvaluateOptions {
  readonly splits: readonly number[];
  readonly seed: number;
  readonly models?: readonly string[];
  readonly configuration?: string;
  readonly data?: string;
  readonly backend: BackendPreference;
  readonly json?: boolean;
}

/** `oneway evaluate`: the model and the baselines on a public task. */
export function evaluateCommand(program: Command, host: CommandHost, data: EvaluationData): void {
  program
    .command('evaluate')
    .description('measure the model and simple methods on a public data set')
    .argument('<task>', taskNames(data).join(', '))
    .option('--splits <list>', 'split numbers, such as 0-9 or 0,3', splitList, [0])
    .option('--seed <number>', 'the same seed gives the same figures', seedNumber, 1)
    .option('--models <list>', `comma-separated, of ${modelNames.join(', ')}; by default all`, nameList)
    .option('--configuration <file>', 'JSON as of oneway refresh; blade, graph and features count here')
    .option('--data <folder>', 'folder of the public data sets; by default ONEWAY_SHARED_DATA')
    .addOption(backendOption())
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', notes)
    .action(async (task: string, options: EvaluateOptions) => {
      const { openBackend } = await import('../../src/tensor/index.ts');
      const { refreshConfigurationOf } = await import('../configuration.ts');
      const { evaluateTask, renderResult } = await import('../evaluation/index.ts');
      const context = host.open({ json: options.json === true });
      const given = options.configuration === undefined ? {} : await readJson(options.configuration);
      const configuration = refreshConfigurationOf(given, options.configuration);
      const backend = await openBackend({ prefer: options.backend }, context.logger);
      const result = await evaluateTask(
        {
          task,
          splits: options.splits,
          seed: options.seed,
          ...(options.models === undefined ? {} : { models: options.models }),
          ...(options.data === undefined ? {} : { folder: options.data }),
        },
        configuration,
        data,
        {
          context,
          backend,
          measured: (split, model, metrics) =>
            context.logger.info({ split, model, 'hr@10': metrics['hr@10'], 'mrr@10': metrics['mrr@10'] }, 'measured'),
        },
      );
      host.print(options.json === true ? JSON.stringify(result) : renderResult(result));
    });
}

const notes = `
Edges (amazon-beauty 75/5/20 by edge, DirLinkBench its published splits): each test edge u→v asks u; all products but u and its training
targets are ranked, other test targets included. HR@k and MRR@k are means over test edges. dir: one-way test edges against their reverse; a claim
about direction is made against degree-product. Hits@K and link MRR: positives against all negatives at once, across queries.

Time (online-retail): the last 20 % of the time is test, the 10 % before it validation; nothing after the cut reaches graph, features or counts.
The query is what a customer bought before (50 most recent products), the answers what he bought new afterwards. Each (customer, product) pair is ranked
without the customer's other answers; figures are averaged within a customer first, then over customers. next@k: share of customers whose
next invoice holds one of the top k. Ties cost their expected place; a product without evidence is not recommended.

Every method chooses its parameters on validation. Examples:
  $ oneway evaluate amazon-beauty --splits 0-2
  $ oneway evaluate dirlinkbench/amazon_photo --splits 0-9 --models oneway,ease,degree-product --json
`;

/** "0-9", "0,3" or both mixed; ascending, distinct. */
export function splitList(text: string): number[] {
  const splits = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first) throw new InvalidArgumentError('Write split numbers such as 0-9 or 0,3.');
    for (let split = first; split <= last; split++) splits.add(split);
  }
  return [...splits].sort((a, b) => a - b);
}

function nameList(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
