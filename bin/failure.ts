/**
 * How a command ends: exit codes, and what is printed of an error.
 * @module
 */
import { CommanderError } from 'commander';
import { OnewayError } from '../src/errors.ts';

export const exitCodes = {
  done: 0,
  /** A coded error, or a defect. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** A release gate refused to publish; the old release still serves. */
  gate: 3,
  /** Stopped by SIGINT, as shells count it (128 + 2). */
  interrupted: 130,
} as const;

export interface Failure {
  readonly exitCode: number;
  /** Lines for standard error; empty when everything was said already. */
  readonly text: string;
}

/** @param verbose adds the stack and the particulars. */
export function describeFailure(error: unknown, verbose: boolean): Failure {
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? exitCodes.done : exitCodes.usage, text: '' };
  }
  if (error instanceof OnewayError) {
    const lines = [`error ${error.code}: ${error.message}`];
    if (error.hint !== undefined) lines.push(`  hint: ${error.hint}`);
    if (verbose) {
      if (Object.keys(error.details).length > 0) lines.push(`  details: ${JSON.stringify(error.details)}`);
      lines.push(describeStack(error));
    }
    const exitCode =
      error.code === 'ABORTED'
        ? exitCodes.interrupted
        : error.code === 'GATE_FAILED'
          ? exitCodes.gate
          : exitCodes.failed;
    return { exitCode, text: `${lines.join('\n')}\n` };
  }
  const message = error instanceof Error ? error.message : String(error);
  const text = verbose ? describeStack(error) : '  hint: Run it again with --verbose for the stack.';
  return { exitCode: exitCodes.failed, text: `error INTERNAL: ${message}\n${text}\n` };
}

function describeStack(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${describeStack(error.cause)}`;
}
