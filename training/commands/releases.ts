import type { Command } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import {
  listReleases,
  openRelease,
  pinRelease,
  promote,
  pruneReleases,
  type ReleaseSummary,
  rollback,
  unpinRelease,
  Workspace,
} from '../../src/release/index.ts';
import { wholeNumber } from './options.ts';
import { formatTable } from './table.ts';

interface WorkspaceOption {
  readonly workspace: string;
  readonly json?: boolean;
}

/** `oneway releases list | verify | promote | rollback | pin | unpin | prune`. */
export function releasesCommand(program: Command, host: CommandHost): void {
  const releases = program
    .command('releases')
    .description('list, verify, promote, roll back, pin and prune releases')
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
      host.open({ json: options.json === true, quiet: true });
      const { manifest } = await openRelease(new Workspace(options.workspace), id);
      const files = Object.keys(manifest.files).length;
      say(options, manifest, `${manifest.id} is whole: ${files} files, ${manifest.counts.products} products`);
    });

  sub('rollback', 'make an earlier release current again', 'rollback --workspace work')
    .argument('[id]', 'release; the one before the current when left out')
    .action(async (id: string | undefined, options: WorkspaceOption) => {
      const manifest = await rollback(new Workspace(options.workspace), id);
      say(options, { current: manifest.id }, `${manifest.id} is current`);
    });

  sub('promote', 'make any release current', 'promote 20250131T040000000Z-1a2b3c4d --workspace work')
    .argument('<id>', 'release')
    .action(async (id: string, options: WorkspaceOption) => {
      const manifest = await promote(new Workspace(options.workspace), id);
      say(options, { current: manifest.id }, `${manifest.id} is current`);
    });

  sub('pin', 'keep a release current, whatever refreshes publish', 'pin --workspace work')
    .argument('[id]', 'release; the current one when left out')
    .action(async (id: string | undefined, options: WorkspaceOption) => {
      const manifest = await pinRelease(new Workspace(options.workspace), id);
      say(options, { current: manifest.id, pinned: manifest.id }, `${manifest.id} is current and stays so`);
    });

  sub('unpin', 'let the next publication become current again', 'unpin --workspace work').action(
    async (options: WorkspaceOption) => {
      const pinned = await unpinRelease(new Workspace(options.workspace));
      say(options, { unpinned: pinned }, pinned === null ? 'nothing was pinned' : `${pinned} is no longer pinned`);
    },
  );

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
    releases.map(({ id, current, pinned, createdAt, manifest, bytes, problem }) => [
      `${current ? '*' : ''}${pinned ? ' pinned' : ''}`,
      id,
      createdAt,
      String(manifest?.counts.products ?? '–'),
      String(manifest?.counts.boughtEdges ?? '–'),
      (bytes / 2 ** 20).toFixed(1),
      problem === null ? 'whole' : `${problem.code}: ${problem.message}`,
    ]),
  );
}
