import { copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { currentRelease, releaseFiles, Workspace } from '../../src/release/index.ts';

interface ReportOptions {
  readonly workspace: string;
  readonly release?: string;
  readonly out?: string;
}

/** `oneway report`: where the quality report of a release is. */
export function reportCommand(program: Command, host: CommandHost): void {
  program
    .command('report')
    .description('print the path of the quality report, or copy it')
    .requiredOption('--workspace <folder>', 'folder of runs and releases')
    .option('--release <id>', 'another release than the current one')
    .option('--out <file>', 'copy the report there')
    .addHelpText(
      'after',
      '\nExample:\n  $ xdg-open "$(oneway report --workspace work)"\n  $ oneway report --workspace work --out report.html\n',
    )
    .action(async (options: ReportOptions) => {
      const workspace = new Workspace(options.workspace);
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
    });
}
