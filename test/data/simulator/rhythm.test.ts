import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activityAt, logNormal, nextActive, poisson } from '../../../data/simulator/rhythm.ts';
import { Random } from '../../../src/random.ts';

const time = fc.integer({ min: 0, max: 4_000_000_000 });

describe('rhythm of people', () => {
  it('is a weight in (0, 1] with a week’s period, more in the evening than at night', () => {
    fc.assert(
      fc.property(time, (t) => {
        expect(activityAt(t)).toBeGreaterThan(0);
        expect(activityAt(t)).toBeLessThanOrEqual(1);
        expect(activityAt(t + 7 * 86_400)).toBe(activityAt(t));
      }),
    );
    const sunday = 1_736_035_200;
    const thursday = 1_736_380_800;
    expect(activityAt(sunday + 20 * 3600)).toBeGreaterThan(5 * activityAt(sunday + 3 * 3600));
    expect(activityAt(sunday)).toBeGreaterThan(activityAt(thursday));
  });

  it('never goes back in time', () => {
    fc.assert(
      fc.property(time, fc.nat(), (t, seed) => {
        expect(nextActive(t, new Random(seed))).toBeGreaterThanOrEqual(t);
      }),
    );
  });

  it('draws log-normal delays around their median and Poisson counts around their mean', () => {
    const random = new Random(11);
    const delays = Array.from({ length: 4001 }, () => logNormal(60, 1, random)).sort((a, b) => a - b);
    expect(delays[0]).toBeGreaterThan(0);
    expect(delays[2000]!).toBeGreaterThan(52);
    expect(delays[2000]!).toBeLessThan(69);
    for (const mean of [0, 0.3, 4, 80]) {
      let sum = 0;
      for (let i = 0; i < 4000; i++) sum += poisson(mean, random);
      expect(Math.abs(sum / 4000 - mean)).toBeLessThan(5 * Math.sqrt(mean / 4000) + 1e-9);
    }
  });
});
