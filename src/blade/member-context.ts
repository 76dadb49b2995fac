import type { RunContext } from '../context.ts';

/** The same context, whose progress says which member of so many it is about; the context itself for a single one. */
export function memberContext(context: RunContext, at: number, count: number): RunContext {
  if (count === 1) return context;
  const { progress } = context;
  return {
    ...context,
    progress: {
      start: (task, options) => progress.start(`${task} (model ${at + 1} of ${count})`, options),
      update: (done, note) => progress.update(done, note),
      end: (note) => progress.end(note),
    },
  };
}
