import { copyFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { CommandHost, RunContext } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { FeedbackFigures, Proportion } from '../../src/feedback/index.ts';
import { currentRelease, releaseFiles, Workspace } from '../../src/release/index.ts';
import { formatTable } from './table.ts';

interface ReportOptions {
  readonly workspace: string;
  readonly release?: string;
  readonly out?: string;
  readonly feedback?: boolean;
  readonly windowHours: number;
  readonly json?: boolean;
}

/** `oneway report`: where the quality report of a release is, or what became of its recommendations. */
export function reportCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('report')
    .description(
      'print the path of the quality report, or copy it; with --feedback what visitors did with recommendations',
    )
    .requiredOption('--workspace <folder>', 'folder of runs and releases')
    .option('--release <id>', 'another release than the current one')
    .option('--feedback', 'what became of recommendations, per release and variant, from the events taken in so far')
    .option(
      '--window-hours <number>',
      'with --feedback: how long after an exposure an action is credited to it',
      hours,
      24,
    )
    .option('--out <file>', 'copy the report there; with --feedback write its page')
    .option('--json', 'with --feedback: print the figures as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ xdg-open "$(oneway report --workspace work)"\n  $ oneway report --workspace work --out report.html\n  $ oneway report --feedback --workspace work --out feedback.html\n',
    );
  command.action(async (options: ReportOptions) => {
    const workspace = new Workspace(options.workspace);
    if (options.feedback !== true) {
      await printReport(workspace, options, host);
      return;
    }
    if (options.release !== undefined) {
      command.error('error: --feedback shows every release side by side; leave --release out', { exitCode: 2 });
    }
    const context = host.open({ json: options.json === true, quiet: true });
    const { figures, page } = await readFeedback(workspace, options, context);
    if (options.json === true) host.print(JSON.stringify(figures));
    else for (const line of describe(figures)) host.print(line);
    if (page !== null && options.json !== true) host.print(`page       ${page}`);
  });
}

async function printReport(workspace: Workspace, options: ReportOptions, host: CommandHost): Promise<void> {
  const release = options.release ?? (await currentRelease(workspace));
  if (release === null) {
    throw new OnewayError('RELEASE_UNKNOWN', `${workspace.root} has no current release.`, {
      hint: 'Publish one with oneway refresh; the report of a refused run is in its folder under runs.',
    });
  }
  const path = join(workspace.release(release), releaseFiles.report);
  if ((await stat(path).catch(() => null)) === null) {
    throw new OnewayError('FILE_NOT_FOUND', `The release has no report ${path}.`, {
      hint: 'oneway releases verify tells what else is missing.',
    });
  }
  if (options.out !== undefined) await copyFile(path, options.out);
  host.print(options.out ?? path);
}

async function readFeedback(
  workspace: Workspace,
  { out, windowHours }: ReportOptions,
  context: RunContext,
): Promise<{ figures: FeedbackFigures; page: string | null }> {
  const { workspaceFeedback } = await import('../feedback.ts');
  const figures = await workspaceFeedback(workspace, windowHours, context);
  if (out === undefined) return { figures, page: null };
  const { renderFeedbackPage } = await import('../report/index.ts');
  const { writeFileAtomic } = await import('../../src/storage/index.ts');
  const createdAt = context.clock.now().toISOString();
  await writeFileAtomic(out, renderFeedbackPage(figures, { title: basename(workspace.root), createdAt }));
  return { figures, page: out };
}

function describe({ from, to, groups, comparisons, events }: FeedbackFigures): string[] {
  if (groups.length === 0) {
    return [`no exposure yet; ${events.click} clicks, ${events.cart} carts, ${events.purchase} purchases`];
  }
  const right = (title: string) => ({ title, align: 'right' as const });
  const lines = [
    `${events.exposure} exposures from ${from} to ${to}; shares of exposures, 95 % intervals`,
    '',
    formatTable(
      [
        { title: 'release' },
        { title: 'variant' },
        ...['exposures', 'visitors', 'clicked', '', 'cart', '', 'bought', ''].map(right),
      ],
      groups.map(({ release, variant, exposures, visitors, perExposure }) => [
        release,
        variant ?? '–',
        String(exposures),
        String(visitors),
        ...share(perExposure.click),
        ...share(perExposure.cart),
        ...share(perExposure.purchase),
      ]),
    ),
    '',
  ];
  if (comparisons.length === 0) return lines;
  const points = (value: number) => `${value < 0 ? '' : '+'}${(value * 100).toFixed(2)}`;
  return [
    ...lines,
    'difference in visitors with at least one action, percentage points, 95 % intervals',
    '',
    formatTable(
      [
        { title: 'experiment' },
        { title: 'variant' },
        { title: 'against' },
        ...['clicked', '', 'cart', '', 'bought', ''].map(right),
      ],
      comparisons.map(({ experiment, variant, control, difference }) => [
        experiment,
        variant,
        control,
        ...[difference.click, difference.cart, difference.purchase].flatMap((one) =>
          one === null ? ['–', ''] : [points(one.value), `${points(one.low)} … ${points(one.high)}`],
        ),
      ]),
    ),
    '',
  ];
}

function share({ share, low, high }: Proportion): [string, string] {
  const percent = (value: number) => (value * 100).toFixed(2);
  return share === null ? ['–', ''] : [`${percent(share)} %`, `${percent(low)} … ${percent(high)}`];
}

function hours(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 8760) return value;
  throw new InvalidArgumentError('It must be a number above 0, at most 8760.');
}
