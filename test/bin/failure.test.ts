import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../bin/failure.ts';
import { OnewayError } from '../../src/errors.ts';

describe('describeFailure', () => {
  it('prints code, message and hint of a coded error, without a stack', () => {
    const failure = describeFailure(new OnewayError('EVENTS_EMPTY', 'No event.', { hint: 'Give more.' }), false);
    expect(failure).toEqual({ exitCode: 1, text: 'error EVENTS_EMPTY: No event.\n  hint: Give more.\n' });
  });

  it('adds details, stack and cause when asked', () => {
    const cause = new Error('the root');
    const error = new OnewayError('FILE_CORRUPT', 'Cut.', { cause, details: { file: 'a.csv' } });
    const { text } = describeFailure(error, true);
    expect(text).toContain('"file":"a.csv"');
    expect(text).toContain('failure.test');
    expect(text).toContain('caused by: Error: the root');
  });

  it.each([
    ['GATE_FAILED', 3],
    ['ABORTED', 130],
    ['WORKSPACE_BUSY', 1],
  ] as const)('%s ends with %i', (code, exitCode) => {
    expect(describeFailure(new OnewayError(code, 'x'), false).exitCode).toBe(exitCode);
  });

  it('calls anything else a defect', () => {
    expect(describeFailure(new TypeError('x is not a function'), false)).toMatchObject({ exitCode: 1 });
    expect(describeFailure('a string', false).text).toContain('error INTERNAL: a string');
  });

  it('ends with 2 on a wrong command line and with 0 on help', () => {
    expect(describeFailure(new CommanderError(1, 'commander.unknownOption', 'x'), false).exitCode).toBe(2);
    expect(describeFailure(new CommanderError(0, 'commander.helpDisplayed', 'x'), false).exitCode).toBe(0);
  });
});
