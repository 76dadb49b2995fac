import type { Progress, RunContext } from '../../src/context.ts';

/** The context with a name before every task and a word after every note: "trial 3: train … loss 0.31, best 0.74". */
export function withNote(context: RunContext, name: string, word = ''): RunContext {
  const { progress } = context;
  const noted = (note: string | undefined): string | undefined =>
    word === '' ? note : note === undefined ? word : `${note}, ${word}`;
  const wrapped: Progress = {
    start: (task, options) => progress.start(`${name}: ${task}`, options),
    update: (done, note) => call(progress.update.bind(progress, done), noted(note)),
    end: (note) => call(progress.end.bind(progress), noted(note)),
  };
  return { ...context, progress: wrapped };
}

/** An optional parameter is left out rather than given as undefined. */
function call(report: (note?: string) => void, note: string | undefined): void {
  if (note === undefined) report();
  else report(note);
}
