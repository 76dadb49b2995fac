#!/usr/bin/env node
import { describeFailure, exitCodes } from './failure.ts';
/**
 * The command line `oneway`.
 * @module
 */
import { createHost } from './host.ts';
import { buildProgram } from './program.ts';

const controller = new AbortController();
let interrupted = false;

function interrupt(): void {
  if (interrupted) process.exit(exitCodes.interrupted);
  interrupted = true;
  process.stderr.write('\nstopping; once more stops at once\n');
  controller.abort();
}
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
});

const host = createHost({
  output: process.stdout,
  terminal: process.stderr,
  signal: controller.signal,
  verbose: () => program.opts<{ verbose?: boolean }>().verbose === true,
});
const program = buildProgram(host);

let exitCode: number = exitCodes.done;
try {
  await program.parseAsync(process.argv);
  exitCode = typeof process.exitCode === 'number' ? process.exitCode : exitCodes.done;
} catch (error) {
  host.screen.setLine('');
  const failure = describeFailure(error, program.opts<{ verbose?: boolean }>().verbose === true);
  if (failure.text !== '') process.stderr.write(failure.text);
  exitCode = failure.exitCode;
}
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
await new Promise<void>((resolve) => process.stderr.write('', () => resolve()));
process.exit(exitCode);
