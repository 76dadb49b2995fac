import type { Command } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';

/** `oneway validate`: whether the service would start with this configuration, and what is unwise in it. */
export function validateCommand(program: Command, host: CommandHost): void {
  program
    .command('validate')
    .description('check a configuration of the service: file, environment, keys, workspace and release')
    .option('--config <file>', 'configuration: JSON, comments allowed')
    .option('--workspace <folder>', 'workspace, unless the configuration names it')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ oneway validate --config serve.jsonc\n')
    .action(async (options: { config?: string; workspace?: string; json?: boolean }) => {
      const { loadConfiguration } = await import('../configuration/index.ts');
      const { inspect } = await import('../configuration/inspect.ts');
      const context = host.open({ quiet: true });
      const configuration = await loadConfiguration({
        file: options.config ?? null,
        environment: process.env,
        options: options.workspace === undefined ? {} : { workspace: options.workspace },
      });
      const findings = await inspect(configuration, context);
      const wrong = findings.filter(({ severity }) => severity === 'error');
      if (options.json === true) host.print(JSON.stringify({ valid: wrong.length === 0, findings }));
      else {
        for (const { severity, key, message } of findings) host.print(`${severity.padEnd(7)}  ${key}: ${message}`);
        if (findings.length === 0) host.print('nothing to object to');
      }
      if (wrong.length === 0) return;
      throw new OnewayError('CONFIGURATION_INVALID', `The service could not serve with this: ${wrong.length} found.`, {
        hint: wrong.map(({ key, message }) => `${key}: ${message}`).join(' '),
        details: { findings },
      });
    });
}
