import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { defaultGraphConfiguration, graphConfiguration } from '../../../src/graph/index.ts';

describe('graphConfiguration', () => {
  it('has a default for every field, and survives JSON', () => {
    expect(Object.keys(defaultGraphConfiguration)).toEqual(Object.keys(graphConfiguration.properties));
    expect(Value.Check(graphConfiguration, JSON.parse(JSON.stringify(defaultGraphConfiguration)))).toBe(true);
    expect(defaultGraphConfiguration).toMatchObject({
      windowDays: 90,
      eventWeights: { view: 0, favourite: 0, cart: 0, purchase: 1 },
    });
  });

  it.each([
    { windowDay: 3 },
    { windowDays: 0 },
    { windowDays: Number.NaN },
    { minimumSupport: 0 },
    { maximumOutDegree: 1.5 },
    { eventWeights: { view: 0, favourite: 0, cart: 0, purchase: 1, rental: 1 } },
    { eventWeights: { view: -1, favourite: 0, cart: 0, purchase: 1 } },
  ])('refuses %o', (change) => {
    expect(Value.Check(graphConfiguration, { ...defaultGraphConfiguration, ...change })).toBe(false);
  });
});
