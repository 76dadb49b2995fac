import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultSimulatorConfiguration,
  simulatorConfiguration,
  simulatorConfigurationOf,
} from '../../../data/simulator/index.ts';

const invalid = { code: 'CONFIGURATION_INVALID' };
const refuse = (given: Record<string, unknown>) => () => simulatorConfigurationOf(given);

describe('simulator configuration', () => {
  it('documents every field with a default', () => {
    for (const [key, schema] of Object.entries(simulatorConfiguration.properties)) {
      const facts = schema as { description?: string; default?: unknown };
      expect(facts.description, key).toBeTruthy();
      expect(facts.default, key).toBeDefined();
    }
    expect(simulatorConfigurationOf()).toEqual(defaultSimulatorConfiguration);
    expect(defaultSimulatorConfiguration.products).toBe(2000);
  });

  it('round-trips through JSON', () => {
    const configuration = simulatorConfigurationOf({ seed: 7, format: 'parquet', robotShare: 0 });
    expect(simulatorConfigurationOf(JSON.parse(JSON.stringify(configuration)))).toEqual(configuration);
  });

  it('names an unknown key', () => {
    expect(refuse({ product: 5000 })).toThrow(expect.objectContaining({ ...invalid, details: { key: 'product' } }));
  });

  it.each([
    ['products', 199],
    ['products', 2_000_001],
    ['products', 300.5],
    ['products', Number.NaN],
    ['customers', 0],
    ['days', 6],
    ['seed', -1],
    ['format', 'tsv'],
    ['robotShare', 0.51],
    ['popularityExponent', Number.POSITIVE_INFINITY],
    ['conversion', '0.5'],
    ['seed', null],
  ])('refuses %s = %s', (key, value) => {
    expect(refuse({ [key]: value })).toThrow(expect.objectContaining({ ...invalid, details: { key, found: value } }));
  });

  it('refuses a log that ends after 32-bit seconds do', () => {
    expect(refuse({ startTime: 3_900_000_000, days: 3650 })).not.toThrow();
    expect(refuse({ startTime: 4_000_000_000 })).toThrow(expect.objectContaining(invalid));
  });

  it('throws a coded error or nothing, whatever is given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything(), { noNullPrototype: true }), (given) => {
        try {
          simulatorConfigurationOf(given);
        } catch (error) {
          expect(error).toMatchObject(invalid);
        }
      }),
    );
  });
});
