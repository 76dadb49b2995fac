import { type Command, InvalidArgumentError } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { RunningServer, ServerOptions } from '../server.ts';

/** `oneway serve`: the related-products API over a workspace, until stopped. */
export function serveCommand(program: Command, host: CommandHost): void {
  program
    .command('serve')
    .description('serve the related-products API and its page; new releases are picked up as they are published')
    .requiredOption('--workspace <folder>', 'workspace whose current release is served')
    .option('--port <number>', 'port to listen on; 0 chooses a free one', wholeNumber(0, 65_535), 8080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--poll <milliseconds>', 'how often to look for a new release', wholeNumber(10, 3_600_000), 1000)
    .addHelpText('after', '\nExample:\n  $ oneway serve --workspace work --port 8080\n')
    .action(async (options: { workspace: string; port: number; host: string; poll: number }) => {
      const context = host.open();
      const server = await listening({
        workspace: options.workspace,
        port: options.port,
        host: options.host,
        configuration: { releases: { pollMilliseconds: options.poll } },
        context,
        version: program.version() ?? '0.0.0',
      });
      const { address, release } = server;
      host.print(`Oneway serves at ${address}`);
      host.print(release === null ? '  no release yet: waiting for one' : `  release ${release}`);
      host.print(`  curl '${address}/v1/products?search='`);
      host.print(`  curl '${address}/v1/products/ID/related?k=10'`);
      host.print(`  API page: ${address}/docs   stop: Ctrl-C`);
      await stopped(context.signal);
      await server.close();
    });
}

/** @throws OnewayError `ADDRESS_TAKEN`. */
async function listening(options: ServerOptions): Promise<RunningServer> {
  const { startServer } = await import('../server.ts');
  try {
    return await startServer(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new OnewayError('ADDRESS_TAKEN', `Another program listens on ${options.host} port ${options.port}.`, {
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

function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}
