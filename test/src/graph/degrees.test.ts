import { describe, expect, it } from 'vitest';
import { degreeExponent, fitPowerLaw } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';

/** Degrees whose tail is a power law with exponent alpha from dMin on (Clauset et al. 2009, appendix D). */
function powerLawDegrees(count: number, alpha: number, dMin: number, random: Random): Uint32Array {
  return Uint32Array.from({ length: count }, () =>
    Math.floor((dMin - 0.5) * (1 - random.uniform()) ** (-1 / (alpha - 1)) + 0.5),
  );
}

describe('degreeExponent', () => {
  it('is the formula', () => {
    const sum = Math.log(2 / 1.5) + Math.log(4 / 1.5) + Math.log(8 / 1.5);
    expect(degreeExponent(Uint32Array.of(0, 1, 2, 4, 8), 2)).toEqual({ alpha: 1 + 3 / sum, count: 3 });
  });

  it.each([2.1, 2.5, 3.2])('finds the exponent %d that the degrees were drawn with', (alpha) => {
    const degrees = powerLawDegrees(40_000, alpha, 5, new Random(7));
    expect(degreeExponent(degrees, 5).alpha).toBeCloseTo(alpha, 1);
  });

  it('says NaN when no degree reaches dMin, and refuses a dMin below 1', () => {
    expect(degreeExponent(new Uint32Array(4), 1)).toEqual({ alpha: Number.NaN, count: 0 });
    expect(degreeExponent(new Uint32Array(0), 1).count).toBe(0);
    expect(() => degreeExponent(new Uint32Array(4), 0)).toThrow(RangeError);
    expect(() => degreeExponent(new Uint32Array(4), Number.NaN)).toThrow(RangeError);
  });
});

describe('fitPowerLaw', () => {
  it('finds where the tail begins', () => {
    const random = new Random(3);
    const tail = powerLawDegrees(20_000, 2.4, 10, random);
    const body = Uint32Array.from({ length: 30_000 }, () => 1 + random.integer(9));
    const fit = fitPowerLaw(Uint32Array.of(...tail, ...body));
    expect(fit.dMin).toBeGreaterThanOrEqual(8);
    expect(fit.dMin).toBeLessThanOrEqual(20);
    expect(fit.alpha).toBeCloseTo(2.4, 1);
  });

  it('agrees with degreeExponent at its dMin', () => {
    const degrees = powerLawDegrees(2_000, 2.2, 2, new Random(11));
    const fit = fitPowerLaw(degrees);
    const exact = degreeExponent(degrees, fit.dMin);
    expect(fit.count).toBe(exact.count);
    expect(fit.alpha).toBeCloseTo(exact.alpha, 9);
  });

  it('does not take the bump at a degree cap for a tail', () => {
    const degrees = powerLawDegrees(20_000, 1.8, 1, new Random(5)).map((degree) => Math.min(degree, 100));
    const fit = fitPowerLaw(degrees);
    expect(fit.dMin).toBeLessThanOrEqual(25);
    expect(fit.alpha).toBeLessThan(2.5);
  });

  it('takes no degrees, isolated nodes and one node', () => {
    expect(fitPowerLaw(new Uint32Array(0)).count).toBe(0);
    expect(fitPowerLaw(new Uint32Array(5)).alpha).toBeNaN();
    expect(fitPowerLaw(Uint32Array.of(3))).toMatchObject({ dMin: 3, count: 1 });
  });
});
