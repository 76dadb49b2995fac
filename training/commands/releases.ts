import type { Command } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import {
  listReleases,
  openRelease,
  pruneReleases,
  type ReleaseSummary,
  rollback,
  Workspace,
} from '../../src/release/index.ts';
import { wholeNumber } from './options.ts';
import { formatTable } from './table.ts';

interface WorkspaceOption {
  readonly workspace: string;
  readonly json?: boolean;
}

/** `oneway releases list | rollback | verify | prune`. */
export function releasesCommand(program: Command, host: CommandHost): void {
  const releases = program
    .command('releases')
    .description('list, verify, roll back and prune releases')
    .addHelpText(
      'after',
      '\nExamples:\n  $ oneway releases list --workspace work\n  $ oneway releases rollback --workspace work\n  $ oneway releases prune --keep 3 --workspace work\n',
    );
  const sub = (name: string, description: string, example: string): Command =>
    releases
      .command(name)
      .description(description)
      .requiredOption('--workspace <folder>', 'folder of runs and releases')
      .option('--json', 'print the result as JSON')
      .addHelpText('after', `\nExample:\n  $ oneway releases ${example}\n`);
  const say = (options: WorkspaceOption, value: unknown, line: string) =>
    host.print(options.json === true ? JSON.stringify(value) : line);

  sub('list', 'every release, newest first', 'list --workspace work').action(async (options: WorkspaceOption) => {
    const found = await listReleases(new Workspace(options.workspace));
    say(options, found, found.length === 0 ? 'no release yet' : tableOf(found));
  });

  sub('verify', 'read a release as a server would: hashes, dimensions, counts', 'verify --workspace work')
    .argument('[id]', 'release; the current one when left out')
    .action(async (id: string | undefined, options: WorkspaceOption) => {
      const { logger } = host.open({ json: options.json === true, quiet: true });
      const { manifest } = await openRelease(new Workspace(options.workspace), id, { logger });
      const files = Object.keys(manifest.files).length;
      say(options, manifest, `${manifest.id} is whole: ${files} files, ${manifest.counts.products} products`);
    });

  sub('rollback', 'make an earlier release current again', 'rollback --workspace work')
    .argument('[id]', 'release; the one before the current when left out')
    .action(async (id: string | undefined, options: WorkspaceOption) => {
      const manifest = await rollback(new Workspace(options.workspace), id);
      say(options, { current: manifest.id }, `${manifest.id} is current`);
    });

  sub('prune', 'remove the oldest releases', 'prune --keep 3 --workspace work')
    .requiredOption('--keep <number>', 'how many to keep; the current one always stays', wholeNumber(1))
    .action(async (options: WorkspaceOption & { readonly keep: number }) => {
      const removed = await pruneReleases(new Workspace(options.workspace), options.keep);
      say(options, { removed }, removed.length === 0 ? 'nothing to remove' : `removed ${removed.join(', ')}`);
    });
}

function tableOf(releases: readonly ReleaseSummary[]): string {
  return formatTable(
    [
      { title: '' },
      { title: 'release' },
      { title: 'created' },
      { title: 'products', align: 'right' },
      { title: 'edges', align: 'right' },
      { title: 'MiB', align: 'right' },
      { title: 'state' },
    ],
    releases.map(({ id, current, createdAt, manifest, bytes, problem }) => [
      current ? '*' : '',
      id,
      createdAt,
      String(manifest?.counts.products ?? '–'),
      String(manifest?.counts.boughtEdges ?? '–'),
      (bytes / 2 ** 20).toFixed(1),
      problem === null ? 'whole' : `${problem.code}: ${problem.message}`,
    ]),
  );
}
