import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandHost } from '../src/context.ts';
import { wholeNumber } from '../training/commands/options.ts';
import type { DemoOptions } from './demo.ts';

/** `oneway demo`, which `npm start` runs. */
export function demoCommand(program: Command, host: CommandHost): void {
  program
    .command('demo')
    .description('simulate a shop, learn from it and serve it: the whole path in about two minutes')
    .option('--folder <folder>', 'where shop and workspace go', join('.oneway', 'demo'))
    .option('--products <number>', 'products of the shop', wholeNumber(200, 1_000_000), 2000)
    .option('--port <number>', 'port of the service; the next free one when it is taken', wholeNumber(0, 65_535), 8080)
    .option('--no-serve', 'stop after the refresh')
    .addHelpText('after', '\nExample:\n  $ oneway demo --products 5000 --port 9000\n')
    .action(async (options: DemoOptions) => {
      const { demonstrate } = await import('./demo.ts');
      await demonstrate(options, host);
    });
}
