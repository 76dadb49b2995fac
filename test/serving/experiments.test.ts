import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Experiment, variantOf } from '../../serving/experiments/experiment.ts';

const experiment = (changes: Partial<Experiment> = {}): Experiment => ({
  name: 'spring',
  status: 'running',
  share: 1,
  variants: [
    { name: 'control', weight: 1, release: null, rules: null },
    { name: 'b', weight: 2, release: null, rules: null },
    { name: 'c', weight: 1, release: null, rules: null },
  ],
  ...changes,
});
const draw = (one: Experiment, count: number) => {
  const counts: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const name = variantOf(one, `visitor-${i}`)?.name ?? 'outside';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

test('is the documented hash', () => {
  const hash = createHash('sha256').update('spring:ann').digest();
  const place = (hash.readUInt32BE(4) / 2 ** 32) * 4;
  expect(variantOf(experiment(), 'ann')?.name).toBe(place < 1 ? 'control' : place < 3 ? 'b' : 'c');
});

test('draws by weight: chi-square below the 99.9 % quantile of two degrees of freedom', () => {
  const count = 40_000;
  const found = draw(experiment(), count);
  const expected = { control: count / 4, b: count / 2, c: count / 4 };
  const square = Object.entries(expected).reduce((sum, [name, e]) => sum + (found[name]! - e) ** 2 / e, 0);
  expect(square).toBeLessThan(13.8);
});

test('the share takes part, and taking part says nothing about the variant', () => {
  const found = draw(experiment({ share: 0.25 }), 40_000);
  expect(found.outside! / 40_000).toBeCloseTo(0.75, 1);
  expect(Math.abs(found.b! / (found.control! + found.c!) - 1)).toBeLessThan(0.1);
});

test('another salt draws independently', () => {
  const one = experiment();
  const other = experiment({ salt: 'again' });
  let same = 0;
  for (let i = 0; i < 20_000; i++)
    if (variantOf(one, `v${i}`) !== null && variantOf(one, `v${i}`)!.name === variantOf(other, `v${i}`)!.name) same++;
  // 1/16 + 1/4 + 1/16
  expect(Math.abs(same / 20_000 - 0.375)).toBeLessThan(0.02);
});

test('every visitor has one variant, the same every time, and a larger share only adds visitors', () => {
  fc.assert(
    fc.property(fc.string(), fc.double({ min: 0.01, max: 1, noNaN: true }), (visitor, share) => {
      const whole = variantOf(experiment(), visitor);
      expect(whole).not.toBeNull();
      const part = variantOf(experiment({ share }), visitor);
      expect(part === null || part.name === whole!.name).toBe(true);
      const wider = variantOf(experiment({ share: Math.min(1, share * 1.5) }), visitor);
      if (part !== null) expect(wider).not.toBeNull();
    }),
  );
});
