import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chanceOf, meanChance, pairCounts, plainPrior } from '../../../src/lookup/chance.ts';
import { estimatePrior, type ScoredPair } from '../../../src/lookup/chance-prior.ts';
import { Intervals } from '../../../src/lookup/interval.ts';
import { Random } from '../../../src/random.ts';

const priors = fc.record({
  intercept: fc.double({ min: -5, max: 5, noNaN: true }),
  slope: fc.double({ min: 0, max: 3, noNaN: true }),
  customers: fc.double({ min: 1, max: 200, noNaN: true }),
  pairs: fc.nat(),
});
const logits = fc.double({ min: -30, max: 30, noNaN: true });
const counts = fc.tuple(fc.nat(3000), fc.nat(3000), fc.nat(3000)).map((each) => pairCounts(...each));
const intervals = new Intervals();

describe('the chance of a pair', () => {
  test('its interval always holds it', () => {
    fc.assert(
      fc.property(priors, logits, counts, (prior, logit, pair) => {
        const chance = chanceOf(prior, logit, pair);
        const { low, high } = intervals.of(chance);
        expect(chance.mean).toBeGreaterThan(0);
        expect(chance.mean).toBeLessThan(1);
        expect(low).toBeLessThanOrEqual(chance.mean);
        expect(high).toBeGreaterThanOrEqual(chance.mean);
      }),
    );
  });

  test('rises with the score and with the customers who went that way', () => {
    fc.assert(
      fc.property(priors, logits, logits, counts, fc.nat(500), (prior, one, other, { concerned, followed }, more) => {
        const pair = { concerned: concerned + more, followed };
        const less = chanceOf(prior, Math.min(one, other), pair);
        const much = chanceOf(prior, Math.max(one, other), pair);
        expect(much.mean).toBeGreaterThanOrEqual(less.mean);
        const turned = chanceOf(prior, one, { ...pair, followed: followed + more });
        expect(turned.mean).toBeGreaterThanOrEqual(chanceOf(prior, one, pair).mean);
      }),
    );
  });

  test('evidence that agrees narrows the interval', () => {
    const share = fc.double({ min: 0.02, max: 0.98, noNaN: true });
    const strengths = fc.double({ min: 1, max: 200, noNaN: true });
    fc.assert(
      fc.property(share, strengths, fc.integer({ min: 1, max: 2000 }), (m, customers, concerned) => {
        const prior = { ...plainPrior, customers };
        const logit = Math.log(m / (1 - m));
        const before = intervals.of(chanceOf(prior, logit, { concerned: 0, followed: 0 }));
        const after = intervals.of(
          chanceOf(prior, logit, { concerned, followed: concerned * chanceOf(prior, logit, none).mean }),
        );
        // Both are rounded outwards to thousandths.
        expect(after.high - after.low).toBeLessThanOrEqual(before.high - before.low + 0.0021);
      }),
    );
  });

  test('much evidence is the chance, whatever the score says', () => {
    const { mean, customers } = chanceOf(plainPrior, 8, { concerned: 20_000, followed: 5000 });
    expect(mean).toBeCloseTo(0.25, 3);
    const { low, high } = intervals.of({ mean, customers });
    expect(low).toBeGreaterThan(0.24);
    expect(high).toBeLessThan(0.26);
  });

  test('a score of −∞, and scores that say nothing', () => {
    expect(chanceOf(plainPrior, Number.NEGATIVE_INFINITY, none).mean).toBeGreaterThan(0);
    expect(chanceOf({ ...plainPrior, slope: 0 }, Number.NEGATIVE_INFINITY, none).mean).toBe(0.5);
  });

  test('nobody is counted twice who bought and viewed', () => {
    expect(pairCounts(3, 1, 10)).toEqual({ followed: 3, concerned: 10 });
    expect(pairCounts(3, 9, 10)).toEqual({ followed: 3, concerned: 12 });
    expect(pairCounts(0, 0, 0)).toEqual(none);
  });
});

describe('the mean of several', () => {
  test('of one is that one; of equals the same chance on more customers', () => {
    const one = { mean: 0.3, customers: 10, weight: 7 };
    expect(meanChance([one])).toMatchObject({ mean: 0.3, customers: 10 });
    const { mean, customers } = meanChance([one, one]);
    expect(mean).toBeCloseTo(0.3, 12);
    expect(customers).toBeCloseTo(21, 8);
  });

  test('lies between the least and the greatest, nearer to the heavier', () => {
    const light = { mean: 0.9, customers: 5, weight: 1 };
    const heavy = { mean: 0.1, customers: 5, weight: 9 };
    expect(meanChance([light, heavy]).mean).toBeCloseTo(0.18, 10);
  });
});

describe('the prior', () => {
  /** Pairs whose share scatters around σ(intercept + slope · logit) like a Beta distribution of that strength. */
  function scattered(intercept: number, slope: number, strength: number, count: number): ScoredPair[] {
    const random = new Random(5);
    return Array.from({ length: count }, () => {
      const logit = 6 * random.uniform() - 3;
      const m = 1 / (1 + Math.exp(-intercept - slope * logit));
      // Pólya's urn: draws of a share from Beta(κm, κ(1 − m)).
      const concerned = 1 + random.integer(60);
      let followed = 0;
      for (let i = 0; i < concerned; i++) {
        if (random.uniform() < (strength * m + followed) / (strength + i)) followed++;
      }
      return { logit, concerned, followed };
    });
  }

  test.each([
    [0, 1, 4],
    [-1, 0.4, 30],
    [0.7, 1.5, 12],
  ])('finds intercept %d, slope %d and strength %d again', (intercept, slope, strength) => {
    const prior = estimatePrior(scattered(intercept, slope, strength, 6000))!;
    expect(prior.intercept).toBeCloseTo(intercept, 0);
    expect(Math.abs(prior.slope - slope)).toBeLessThan(0.15);
    expect(Math.abs(Math.log(prior.customers / strength))).toBeLessThan(0.2);
    expect(prior.pairs).toBe(6000);
  });

  test('covers: of new pairs nine in ten lie in their interval before anything is known of them', () => {
    const prior = estimatePrior(scattered(-0.5, 1, 20, 4000))!;
    const random = new Random(9);
    let held = 0;
    for (let i = 0; i < 2000; i++) {
      const logit = 4 * random.uniform() - 2;
      const m = 1 / (1 + Math.exp(0.5 - logit));
      let followed = 0;
      for (let n = 0; n < 3000; n++) if (random.uniform() < (20 * m + followed) / (20 + n)) followed++;
      const { low, high } = intervals.of(chanceOf(prior, logit, none));
      if (followed / 3000 >= low && followed / 3000 <= high) held++;
    }
    expect(held / 2000).toBeGreaterThan(0.87);
    expect(held / 2000).toBeLessThan(0.94);
  });

  test('scores that say nothing, or the contrary, give a flat line', () => {
    expect(estimatePrior(scattered(0.3, -1, 10, 3000))).toMatchObject({ slope: 0 });
    const shares = Array.from({ length: 100 }, () => ({ logit: 2, concerned: 10, followed: 3 }));
    const prior = estimatePrior(shares)!;
    expect(prior.slope).toBe(0);
    expect(1 / (1 + Math.exp(-prior.intercept))).toBeCloseTo(0.3, 3);
    expect(prior.customers).toBe(200);
  });

  test('stays within bounds for whatever it is given', () => {
    const pair = fc.record({
      logit: fc.double(),
      concerned: fc.nat(50),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 0, maxLength: 200 }), (raw) => {
        const pairs = raw.map(({ logit, concerned, share }) => ({
          logit,
          concerned,
          followed: Math.round(share * concerned),
        }));
        const prior = estimatePrior(pairs);
        const told = pairs.filter(({ logit, concerned }) => concerned > 0 && Number.isFinite(logit)).length;
        expect(prior === null).toBe(told < 50);
        if (prior === null) return;
        expect(Number.isFinite(prior.intercept)).toBe(true);
        expect(prior.slope).toBeGreaterThanOrEqual(0);
        expect(prior.slope).toBeLessThan(Number.POSITIVE_INFINITY);
        expect(prior.customers).toBeGreaterThanOrEqual(1);
        expect(prior.customers).toBeLessThanOrEqual(200);
      }),
      { numRuns: 60 },
    );
  });

  test('all one way: finite, and sure of it', () => {
    const pairs = Array.from({ length: 400 }, (_, i) => ({
      logit: (i % 20) - 10,
      concerned: 20,
      followed: i % 20 >= 10 ? 20 : 0,
    }));
    const prior = estimatePrior(pairs)!;
    expect(chanceOf(prior, 5, none).mean).toBeGreaterThan(0.95);
    expect(chanceOf(prior, -5, none).mean).toBeLessThan(0.05);
  });
});

const none = { concerned: 0, followed: 0 };
