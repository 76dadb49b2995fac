import type { Command } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import type { Check } from './doctor-checks.ts';
import { formatTable } from './table.ts';

interface DoctorOptions {
  readonly workspace?: string;
  readonly json?: boolean;
}

/** `oneway doctor`: what this machine offers, and what to do where something is missing. Exit code 1 only on a failed check. */
export function doctorCommand(program: Command, host: CommandHost): void {
  program
    .command('doctor')
    .description('check this machine: Node, backends, index, database, memory, disk, data')
    .option('--workspace <folder>', 'also check the current release of a workspace')
    .option('--json', 'print the checks as JSON')
    .addHelpText('after', '\nExample:\n  $ oneway doctor --workspace .oneway/demo/workspace\n')
    .action(async (options: DoctorOptions) => {
      host.open({ json: options.json === true, quiet: true });
      const check = await import('./doctor-checks.ts');
      const checks: Check[] = [
        check.checkNode(process.versions.node),
        ...(await check.checkBackends()),
        await check.checkHnsw(),
        await check.checkDatabase(),
        check.checkCores(),
        check.checkMemory(),
        await check.checkDisk(options.workspace ?? '.'),
        check.checkSharedData(process.env.ONEWAY_SHARED_DATA ?? '../shared/data'),
      ];
      if (options.workspace !== undefined) checks.push(await check.checkWorkspace(options.workspace));
      if (options.json === true) host.print(JSON.stringify(checks));
      else printChecks(checks, host);
      if (checks.some(({ verdict }) => verdict === 'fail')) process.exitCode = 1;
    });
}

function printChecks(checks: readonly Check[], host: CommandHost): void {
  const columns = [{ title: 'verdict' }, { title: 'check' }, { title: 'found' }];
  host.print(
    formatTable(
      columns,
      checks.map((check) => [check.verdict, check.name, check.detail]),
    ),
  );
  const advice = checks.filter((check) => check.advice !== '');
  if (advice.length > 0) host.print('');
  for (const check of advice) host.print(`${check.name}: ${check.advice}`);
}
