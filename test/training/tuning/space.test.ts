import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultBladeConfiguration } from '../../../src/blade/index.ts';
import { Random } from '../../../src/random.ts';
import { bladeWith, fold, unfold } from '../../../training/overlay.ts';
import { defaultSearchSpace, draw, searchSpaceOf } from '../../../training/tuning/index.ts';
import { drawDistinct } from '../../../training/tuning/space.ts';

const base = defaultBladeConfiguration;

describe('the search space', () => {
  it('by default fits the model, and every point drawn from it does', () => {
    expect(searchSpaceOf(defaultSearchSpace, base, 'default')).toBe(defaultSearchSpace);
    for (const [key, drawn] of Object.entries(defaultSearchSpace)) {
      const value = fold(base)[key] as number;
      const values: readonly unknown[] = Object.values(drawn)[0] ?? [];
      if ('choice' in drawn) expect(values, key).toContain(value);
      else expect(value >= Number(values[0]) && value <= Number(values[1]), key).toBe(true);
    }
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const point = draw(defaultSearchSpace, new Random(seed));
        expect(Object.keys(point).sort()).toEqual(Object.keys(defaultSearchSpace).sort());
        bladeWith(base, unfold(point), 'drawn');
      }),
      { numRuns: 200 },
    );
  });

  it('of the documentation is accepted', () => {
    const page = readFileSync(new URL('../../../docs/tuning.md', import.meta.url), 'utf8');
    const example: unknown = JSON.parse(/^```json\n([\s\S]*?)^```/m.exec(page)![1]!);
    expect(searchSpaceOf(example, base, 'docs/tuning.md')).toEqual(example);
  });

  it('draws within its ranges, ends included', () => {
    const space = searchSpaceOf(
      {
        'optimiser.penalty': { linear: [1, 3] },
        'optimiser.learningRate': { log: [0.001, 0.1] },
        'neighbourhood.hops': { integer: [1, 3] },
        'neighbourhood.maximum': { logInteger: [1, 4] },
        'loss.weights': { choice: ['uniform', 'strength'] },
      },
      base,
      'test',
    );
    const points = Array.from({ length: 400 }, (_, seed) => draw(space, new Random(seed)));
    const all = (key: string) => [...new Set(points.map((point) => point[key]))].sort();
    expect(all('neighbourhood.hops')).toEqual([1, 2, 3]);
    expect(all('neighbourhood.maximum')).toEqual([1, 2, 3, 4]);
    expect(all('loss.weights')).toEqual(['strength', 'uniform']);
    const rates = points.map((point) => point['optimiser.learningRate'] as number);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.001);
    expect(Math.max(...rates)).toBeLessThanOrEqual(0.1);
    // Uniform in the logarithm: about half below the geometric mean.
    expect(rates.filter((rate) => rate < 0.01).length).toBeGreaterThan(140);
    expect(rates.filter((rate) => rate < 0.01).length).toBeLessThan(260);
  });

  it('gives the other keys the same values when a key is added', () => {
    const one = { 'optimiser.penalty': { linear: [0, 4] as [number, number] } };
    const two = { ...one, dimension: { choice: [16, 32] } };
    const random = new Random(3);
    expect(draw(two, random)['optimiser.penalty']).toBe(draw(one, random)['optimiser.penalty']);
  });

  it('is drawn without repetition and without the settings as they are', () => {
    const space = searchSpaceOf({ dimension: { choice: [16, 32, base.dimension] } }, base, 'test');
    const points = drawDistinct(space, 10, base, new Random(1));
    expect(points.map((point) => point.dimension).sort()).toEqual([16, 32]);
  });

  it.each([
    ['unknown key', { 'optimiser.momentum': { linear: [0, 1] } }, 'momentum'],
    ['a table, not a key', { optimiser: { choice: [1] } }, 'optimiser'],
    ['above the range', { 'neighbourhood.hops': { integer: [1, 9] } }, 'hops'],
    ['below the range', { 'optimiser.learningRate': { linear: [-1, 0.1] } }, 'learningRate'],
    ['fractions of a whole number', { dimension: { linear: [16, 64] } }, 'dimension'],
    ['no such choice', { features: { choice: ['own', 'all'] } }, 'features'],
    ['upside down', { dimension: { integer: [64, 16] } }, 'dimension'],
    ['one point', { dimension: { integer: [16, 16] } }, 'dimension'],
    ['logarithm of zero', { 'optimiser.penalty': { log: [0, 1] } }, 'penalty'],
    ['a bound that is no whole number', { 'neighbourhood.hops': { integer: [1, 2.5] } }, 'hops'],
    ['two kinds at once', { dimension: { integer: [16, 32], choice: [16] } }, 'dimension'],
    ['no kind', { dimension: {} }, 'dimension'],
    ['nothing to choose from', { dimension: { choice: [] } }, 'dimension'],
    ['the yardstick', { 'validation.queries': { integer: [1, 100] } }, 'validation.queries'],
    ['the rungs’ own', { 'optimiser.epochs': { integer: [1, 100] } }, 'optimiser.epochs'],
    ['empty', {}, 'empty'],
    ['a list', [], 'search space'],
    ['no table', 7, 'search space'],
    ['nothing', null, 'search space'],
  ])('is refused when it is %s', (_, given, said) => {
    expect(() => searchSpaceOf(given, base, 'space.json')).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining(said) }),
    );
    expect(() => searchSpaceOf(given, base, 'space.json')).toThrow('space.json');
  });
});
