import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { promote, rank } from '../../../training/tuning/halving.ts';
import { planRungs } from '../../../training/tuning/index.ts';

describe('planRungs', () => {
  it('is the bracket of the paper', () => {
    expect(planRungs(27, 81)).toEqual([
      { trials: 27, epochs: 3 },
      { trials: 9, epochs: 9 },
      { trials: 3, epochs: 27 },
      { trials: 1, epochs: 81 },
    ]);
    expect(planRungs(26, 24)).toEqual([
      { trials: 26, epochs: 3 },
      { trials: 8, epochs: 8 },
      { trials: 2, epochs: 24 },
    ]);
  });

  it.each([
    [0, 24],
    [1, 24],
    [2, 24],
    [50, 1],
    [50, 5],
  ])('has one rung with %i trials of %i epochs', (trials, budget) => {
    expect(planRungs(trials, budget)).toEqual([{ trials, epochs: budget }]);
  });

  it('ends with the budget, and each rung is longer and no fuller than the one before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 3000 }), (trials, budget) => {
        const rungs = planRungs(trials, budget);
        expect(rungs[0]!.trials).toBe(trials);
        expect(rungs.at(-1)!.epochs).toBe(budget);
        for (let i = 1; i < rungs.length; i++) {
          expect(rungs[i]!.epochs).toBeGreaterThan(rungs[i - 1]!.epochs);
          expect(rungs[i]!.trials).toBeLessThan(rungs[i - 1]!.trials);
          expect(rungs[i]!.trials).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });
});

describe('promotion', () => {
  const standings = [
    { trial: 0, objective: 0.1 },
    { trial: 1, objective: null },
    { trial: 2, objective: 0.4 },
    { trial: 3, objective: 0.4 },
    { trial: 4, objective: 0.2 },
  ];

  it('takes trial 0 and the best others, the lower number of equals', () => {
    expect(promote(standings, { trials: 1, epochs: 9 })).toEqual([0, 2]);
    expect(promote(standings, { trials: 3, epochs: 9 })).toEqual([0, 2, 3, 4]);
    expect(rank(standings).map(({ trial }) => trial)).toEqual([2, 3, 4, 0, 1]);
  });

  it('never takes a trial that failed', () => {
    expect(promote(standings, { trials: 9, epochs: 9 })).toEqual([0, 2, 3, 4]);
  });
});
