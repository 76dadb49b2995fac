import { freemem } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import { readJson } from '../../src/storage/index.ts';
import type { BackendPreference } from '../../src/tensor/index.ts';
import { baselines, coldBaselines, refinements } from '../baselines/index.ts';
import { allModelNames, taskNames } from '../evaluation/names.ts';
import type { EvaluationData, Metrics } from '../evaluation/types.ts';
import { backendOption, seedNumber, workersOption } from './options.ts';

interface EvaluateOptions {
  readonly splits: readonly number[];
  readonly seed: number;
  readonly models?: readonly string[];
  readonly configuration?: string;
  readonly data?: string;
  readonly backend: BackendPreference;
  readonly workers?: number;
  readonly cold?: boolean;
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
    .option('--models <list>', `comma-separated, of ${allModelNames.join(', ')}; by default all`, nameList)
    .option('--configuration <file>', 'JSON as of oneway refresh; blade, graph and features count here')
    .option('--data <folder>', 'folder of the public data sets; by default ONEWAY_SHARED_DATA')
    .option('--cold', 'also ask about products without edges: another training; amazon-beauty does without being told')
    .option('--no-cold', 'leave the cold start out')
    .addOption(backendOption())
    .addOption(workersOption())
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', () => `${notes}\nMethods beside the model:\n${methods()}\n`)
    .action(async (task: string, options: EvaluateOptions) => {
      const { openBackend } = await import('../../src/tensor/index.ts');
      const { presetOf, refreshConfigurationOf } = await import('../configuration.ts');
      const { presetNames } = await import('../presets.ts');
      const { evaluateTask, renderResult } = await import('../evaluation/index.ts');
      const context = host.open({ json: options.json === true, workers: options.workers });
      const given = options.configuration === undefined ? {} : await readJson(options.configuration);
      const configuration = refreshConfigurationOf(given, options.configuration);
      const others =
        presetOf(given) === undefined ? presetNames.filter((preset) => preset !== configuration.preset) : [];
      const backend = await openBackend({ prefer: options.backend }, context.logger);
      const result = await evaluateTask(
        {
          task,
          splits: options.splits,
          seed: options.seed,
          alternatives: others.map((preset) => refreshConfigurationOf({ ...(given as object), preset })),
          ...(options.cold === undefined ? {} : { cold: options.cold }),
          ...(options.models === undefined ? {} : { models: options.models }),
          ...(options.data === undefined ? {} : { folder: options.data }),
        },
        configuration,
        data,
        {
          context,
          backend,
          memoryBytes: freemem(),
          measured: (split, model, metrics) => context.logger.info({ split, model, ...headline(metrics) }, 'measured'),
        },
      );
      host.print(options.json === true ? JSON.stringify(result) : renderResult(result));
    });
}

/** What a line of the log says of one model on one split. */
function headline(metrics: Metrics): Metrics {
  const shown = Object.entries(metrics).filter(([name]) => !name.includes(' '));
  return Object.fromEntries(shown.map(([name, value]) => [name, Number(value.toPrecision(5))]));
}

const notes = `
Tasks: amazon-beauty (75/5/20 by edge, co-views as the second relation, cold start), dirlinkbench/<folder> (its published splits),
snap/<file> and any list of directed edges by its path (75/5/20 by edge; split i is another draw), online-retail (by time).

Edges: each test edge u→v asks u; all products but u and its training targets are ranked, other test targets included. HR@k and MRR@k are means
over test edges. dir: one-way test edges against their reverse; a claim about direction is made against degree-product. Hits@K and MRR: test
edges against all non-edges at once, across queries.

Cold start: a quarter of the products is held out whole (5 validation, 20 test); each is answered from its features, all known products ranked.

Time: the last 20 % of the time is test, the 10 % before it validation; nothing after the cut reaches graph, features or counts. The query is what a
customer bought before, the answers what he bought new afterwards. next@k: share of customers whose next invoice holds one of the top k.

Every method chooses its parameters on validation. docs/evaluation.md says all of it. Examples:
  $ oneway evaluate amazon-beauty --splits 0-2
  $ oneway evaluate dirlinkbench/amazon_photo --splits 0-9 --models oneway,ease,degree-product --json
  $ oneway evaluate snap/cit-HepPh --models three-hop,degree-product
  $ oneway evaluate ./edges.csv.gz --splits 0-4 --seed 7
`;

function methods(): string {
  // Two answer for new products as well; what they are for others says enough.
  const all = [...coldBaselines, ...baselines, ...refinements];
  const lines = new Map(all.map(({ name, description }) => [name, description]));
  const width = Math.max(...[...lines.keys()].map((name) => name.length));
  return [...lines].map(([name, description]) => `  ${name.padEnd(width)}  ${description}`).join('\n');
}

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
