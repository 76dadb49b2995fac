import { type Command, Option } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import type { Answer } from '../../src/lookup/index.ts';
import { wholeNumber } from './options.ts';
import { formatTable } from './table.ts';

interface RecommendOptions {
  readonly workspace: string;
  readonly release?: string;
  readonly count: number;
  readonly similar?: boolean;
  readonly before?: boolean;
  readonly json?: boolean;
}

/** `oneway recommend <id>`: what goes well after a product, from the release that serves. */
export function recommendCommand(program: Command, host: CommandHost): void {
  program
    .command('recommend')
    .description('print what goes well after a product, what it goes after, or what is similar to it')
    .argument('<id>', "the product's id in the catalogue")
    .requiredOption('--workspace <folder>', 'folder of runs and releases')
    .option('--release <id>', 'another release than the current one')
    .option('-k, --count <number>', 'how many', wholeNumber(1, 200), 10)
    .option('--similar', 'similar products instead of related ones')
    .addOption(
      new Option('--before', 'what the product goes after, instead of what goes after it').conflicts('similar'),
    )
    .option('--json', 'print the whole answer as one JSON object')
    .addHelpText('after', '\nExample:\n  $ oneway recommend 85123A --workspace work -k 5\n')
    .action(async (id: string, options: RecommendOptions) => {
      const { Recommender } = await import('../../src/lookup/index.ts');
      const { openRelease, Workspace } = await import('../../src/release/index.ts');
      host.open({ json: options.json === true, quiet: true });
      const release = await openRelease(new Workspace(options.workspace), options.release);
      const recommender = new Recommender(release);
      const direction = options.before === true ? ('before' as const) : ('after' as const);
      const settings = { direction, k: options.count };
      const answer = options.similar === true ? recommender.similar(id, settings) : recommender.related(id, settings);
      if (options.json === true) host.print(JSON.stringify(answer));
      else printAnswer(answer, host);
    });
}

function printAnswer(answer: Answer, host: CommandHost): void {
  const { context, relation, direction, results } = answer;
  const asked = context
    .flatMap(({ id, title }) => [id, title])
    .filter((part) => part !== null && part !== '')
    .join(' ');
  host.print(`${direction === 'before' ? 'goes before' : `${relation} to`} ${asked} (release ${answer.release})`);
  if (results.length === 0) {
    host.print('nothing may be shown');
    return;
  }
  host.print('');
  host.print(
    formatTable(
      [
        { title: '#', align: 'right' },
        { title: 'id', width: 24 },
        { title: 'title', width: 56 },
        { title: 'score', align: 'right' },
        { title: 'chance', align: 'right' },
        { title: 'with or after', align: 'right' },
        { title: 'with or before', align: 'right' },
        { title: 'from' },
      ],
      results.map((result, position) => [
        String(position + 1),
        result.product.id,
        result.product.title,
        result.score === null ? '–' : result.score.toFixed(3),
        chanceOf(result),
        count(result.why.boughtAfter),
        count(result.why.boughtBefore),
        result.channel,
      ]),
    ),
  );
  if (answer.fallback !== null) host.print(`\n${answer.fallback.explanation}`);
}

/** With its 90 % interval, such as `93 % (85–99)`. */
function chanceOf({ probability, interval }: Answer['results'][number]): string {
  if (probability === null || interval === null) return '–';
  const whole = (share: number): string => String(Math.round(100 * share));
  return `${whole(probability)} % (${whole(interval.low)}–${whole(interval.high)})`;
}

function count(customers: number | null): string {
  return customers === null ? '–' : String(customers);
}
