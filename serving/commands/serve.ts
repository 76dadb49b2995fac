import type { Command } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { GivenServingConfiguration, ServingConfiguration } from '../configuration/index.ts';
import { collectSeldom } from '../heap.ts';
import { lowerHelpers } from '../helper-threads.ts';
import type { RunningServer, ServerOptions } from '../server.ts';
import { wholeNumber } from './options.ts';

interface Options {
  readonly workspace?: string;
  readonly config?: string;
  readonly port?: number;
  readonly host?: string;
  readonly poll?: number;
  readonly printConfiguration?: boolean;
}

/** `oneway serve`: the related-products API over a workspace, until stopped. */
export function serveCommand(program: Command, host: CommandHost): void {
  program
    .command('serve')
    .description('serve the related-products API and its page; new releases are picked up as they are published')
    .option('--workspace <folder>', 'workspace whose current release is served')
    .option('--config <file>', 'configuration: JSON, comments allowed')
    .option('--port <number>', 'port to listen on; 0 chooses a free one', wholeNumber(0, 65_535))
    .option('--host <address>', 'address to listen on')
    .option('--poll <milliseconds>', 'how often to look for a new release', wholeNumber(10, 3_600_000))
    .option('--print-configuration', 'print the configuration with comments, as it would hold, and end')
    .addHelpText(
      'after',
      '\nEvery key of the configuration can also be set in the environment, such as ONEWAY_SERVER_PORT.\n\nExample:\n  $ oneway serve --workspace work --port 8080\n  $ oneway serve --print-configuration > serve.jsonc\n  $ oneway serve --config serve.jsonc\n',
    )
    .action(async (options: Options) => {
      const { defaultServingConfiguration, loadConfiguration, renderConfiguration } = await import(
        '../configuration/index.ts'
      );
      const configuration = await loadConfiguration({
        file: options.config ?? null,
        environment: process.env,
        options: given(options),
      });
      if (options.printConfiguration === true) {
        host.print(renderConfiguration(configuration).trimEnd());
        return;
      }
      if (configuration.workspace === '') {
        throw new OnewayError('CONFIGURATION_INVALID', 'No workspace was given.', {
          hint: 'Give it with --workspace, as "workspace" in the file, or as ONEWAY_WORKSPACE.',
          details: { path: 'workspace' },
        });
      }
      const context = host.open();
      const { level } = configuration.logging;
      // The host's own level stands unless another was asked for: --verbose and quiet hosts know better than a default.
      if (level !== defaultServingConfiguration.logging.level) context.logger.level = level;
      collectSeldom();
      lowerHelpers();
      await register(configuration);
      const { workspace } = configuration;
      const version = program.version() ?? '0.0.0';
      const server = await listening({ workspace, configuration, context, version }, configuration);
      const { address, release } = server;
      host.print(`Oneway serves at ${address}`);
      host.print(release === null ? '  no release yet: waiting for one' : `  release ${release}`);
      host.print(`  curl '${address}/v1/products?search='`);
      host.print(`  curl '${address}/v1/products/ID/related?k=10'`);
      host.print(`  explorer: ${address}/   API page: ${address}/docs   stop: Ctrl-C`);
      await stopped(context.signal);
      await server.close();
    });
}

function given({ workspace, port, host, poll }: Options): GivenServingConfiguration {
  return {
    ...(workspace === undefined ? {} : { workspace }),
    server: { ...(port === undefined ? {} : { port }), ...(host === undefined ? {} : { host }) },
    ...(poll === undefined ? {} : { releases: { pollMilliseconds: poll } }),
  };
}

/**
 * Lets a module register its OpenTelemetry SDK before anything is measured.
 * @throws OnewayError `CONFIGURATION_INVALID` when it cannot be loaded.
 */
async function register({ tracing }: ServingConfiguration): Promise<void> {
  if (!tracing.enabled || tracing.module === null) return;
  const { resolve } = await import('node:path');
  const { pathToFileURL } = await import('node:url');
  const isPath = /^[./]/.test(tracing.module);
  try {
    await import(isPath ? pathToFileURL(resolve(tracing.module)).href : tracing.module);
  } catch (error) {
    throw new OnewayError(
      'CONFIGURATION_INVALID',
      `tracing.module: ${tracing.module} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      { hint: 'Install it beside oneway, or give the path of a module of yours.', cause: error },
    );
  }
}

/** @throws OnewayError `ADDRESS_TAKEN`. */
async function listening(options: ServerOptions, { server }: ServingConfiguration): Promise<RunningServer> {
  const { startServer } = await import('../server.ts');
  try {
    return await startServer(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new OnewayError('ADDRESS_TAKEN', `Another program listens on ${server.host} port ${server.port}.`, {
      hint: 'Choose another with --port, or 0 for a free one.',
      cause: error,
    });
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
