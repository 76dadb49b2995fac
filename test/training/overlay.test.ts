import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultBladeConfiguration } from '../../src/blade/index.ts';
import { bladeWith, differenceOf, fold, unfold } from '../../training/overlay.ts';

describe('overlays', () => {
  it('fold what unfold made', () => {
    const key = fc.array(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.uniqueArray(key, { selector: (path) => path[0] }), (paths) => {
        const flat = Object.fromEntries(paths.map((path, i) => [path.join('.'), i]));
        expect(fold(unfold(flat))).toEqual(flat);
      }),
    );
    expect(unfold({ 'a.b': 1, 'a.c.d': 2, 'a.c.e': 3 })).toEqual({ a: { b: 1, c: { d: 2, e: 3 } } });
  });

  it('change what they name and nothing else', () => {
    const changed = bladeWith(defaultBladeConfiguration, unfold({ 'optimiser.penalty': 0.5, dimension: 8 }), 'test');
    expect(differenceOf(defaultBladeConfiguration, changed)).toEqual({ dimension: 8, optimiser: { penalty: 0.5 } });
    expect(differenceOf(changed, changed)).toBeUndefined();
  });

  it.each([{ 'optimiser.penality': 1 }, { 'optimiser.penalty': -1 }, { dimension: 1.5 }, { ['__proto__']: 1 }])(
    'are refused when the model has no such setting: %j',
    (flat) => {
      expect(() => bladeWith(defaultBladeConfiguration, unfold(flat), 'test')).toThrow(
        expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
      );
    },
  );
});
