import type { Metrics, Spread } from './types.ts';

/** Mean and sample standard deviation of each metric. A metric that some splits lack is taken over those that have it. */
export function spreadOf(runs: readonly Metrics[]): Readonly<Record<string, Spread>> {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run)))];
  return Object.fromEntries(
    names.map((name) => {
      const values = runs.map((run) => run[name]).filter((value) => value !== undefined);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return [name, { mean, std: values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)) }];
    }),
  );
}
