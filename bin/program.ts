/**
 * The command line's tree: every room brings its own commands, this is where they meet.
 * @module
 */
import { Command } from 'commander';
import { adapters } from '../data/adapters/index.ts';
import { simulateCommand } from '../data/commands/simulate.ts';
import { evaluationData } from '../data/datasets/index.ts';
import { keysCommand } from '../serving/commands/keys.ts';
import { serveCommand } from '../serving/commands/serve.ts';
import { validateCommand } from '../serving/commands/validate.ts';
import type { CommandHost } from '../src/context.ts';
import { ablateCommand } from '../training/commands/ablate.ts';
import { doctorCommand } from '../training/commands/doctor.ts';
import { evaluateCommand } from '../training/commands/evaluate.ts';
import { recommendCommand } from '../training/commands/recommend.ts';
import { refreshCommand } from '../training/commands/refresh.ts';
import { releasesCommand } from '../training/commands/releases.ts';
import { reportCommand } from '../training/commands/report.ts';
import { tuneCommand } from '../training/commands/tune.ts';
import { packageVersion } from '../training/pipeline/index.ts';
import { demoCommand } from './demo-command.ts';

export function buildProgram(host: CommandHost): Command {
  const program = new Command('oneway')
    .description('Related products in the right direction: given a phone the case, never given the case the phone.')
    .version(packageVersion())
    .option('--verbose', 'log more, and print the stack of an error')
    .showHelpAfterError('(add --help for what is possible)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExample:\n  $ oneway simulate --out shop\n  $ oneway refresh --adapter oneway --events shop/events.csv --catalogue shop/catalogue.csv --workspace work\n  $ oneway serve --workspace work\n',
    );
  simulateCommand(program, host);
  refreshCommand(program, host, { adapters });
  evaluateCommand(program, host, evaluationData);
  tuneCommand(program, host, { adapters, data: evaluationData });
  ablateCommand(program, host, evaluationData);
  recommendCommand(program, host);
  reportCommand(program, host);
  serveCommand(program, host);
  validateCommand(program, host);
  keysCommand(program, host);
  releasesCommand(program, host);
  doctorCommand(program, host);
  demoCommand(program, host);
  return program;
}
