import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { defaultRefreshConfiguration, refreshConfiguration, refreshConfigurationOf } from '../../training/index.ts';

describe('the refresh configuration', () => {
  it('has a complete default that its own schema gives', () => {
    expect(Value.Check(refreshConfiguration, defaultRefreshConfiguration)).toBe(true);
    expect(Value.Create(refreshConfiguration)).toEqual(defaultRefreshConfiguration);
    expect(refreshConfigurationOf()).toEqual(defaultRefreshConfiguration);
  });

  it('round-trips through JSON', () => {
    const text = JSON.stringify(defaultRefreshConfiguration);
    expect(refreshConfigurationOf(JSON.parse(text))).toEqual(defaultRefreshConfiguration);
  });

  it('lays a part over the defaults, table by table', () => {
    const whole = refreshConfigurationOf({ blade: { optimiser: { epochs: 3 } }, evaluation: { variants: [] } });
    expect(whole.blade.optimiser.epochs).toBe(3);
    expect(whole.blade.optimiser.batchSize).toBe(defaultRefreshConfiguration.blade.optimiser.batchSize);
    expect(whole.evaluation.variants).toEqual([]);
    expect(whole.evaluation.queries).toBe(defaultRefreshConfiguration.evaluation.queries);
  });

  it('lays a preset under what is given, and keeps a whole one as it is', () => {
    const whole = refreshConfigurationOf({ preset: 'next-purchase', graph: { windowDays: 30 } });
    expect(whole.graph).toMatchObject({ windowDays: 30, maximumOutDegree: 100 });
    expect(whole.blade.loss.labels).toBe('weight');
    expect(refreshConfigurationOf({ ...defaultRefreshConfiguration, preset: 'next-purchase' })).toEqual({
      ...defaultRefreshConfiguration,
      preset: 'next-purchase',
    });
  });

  it.each([
    [{ preset: 'best' }, 'preset'],
    [{ preset: null }, 'preset'],
    [{ grpah: {} }, 'grpah'],
    [{ blade: { optimiser: { epoch: 3 } } }, 'blade.optimiser.epoch'],
    [{ blade: { dimension: 0 } }, 'blade.dimension'],
    [{ blade: { dimension: '64' } }, 'blade.dimension'],
    [{ ingest: { maxRejectedShare: 2 } }, 'ingest.maxRejectedShare'],
    [{ ingest: { maxRejectedShareByKind: { 'time-invalid': 2 } } }, 'time-invalid'],
    [{ evaluation: { variants: ['smaller'] } }, 'evaluation.variants'],
    [{ evaluation: { baselines: ['ease', 'ease'] } }, 'evaluation.baselines'],
    [{ gates: { minimumHitRate: -0.1 } }, 'gates.minimumHitRate'],
    [{ graph: null }, 'graph'],
    [{ graph: [] }, 'graph'],
    [{ split: { train: 0.9 } }, 'split'],
    [{ split: { train: 0, validation: 0, test: 1 } }, 'split'],
    [{ '': 1 }, ''],
  ])('refuses %j and names the path', (given, path) => {
    let caught: unknown = null;
    try {
      refreshConfigurationOf(given, 'mine.json');
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: 'CONFIGURATION_INVALID' });
    expect((caught as Error).message).toContain(path);
    expect((caught as Error).message).toContain('mine.json');
  });

  it.each([[null], [3], ['text'], [[]], [true]])('refuses %j in place of a table', (given) => {
    expect(() => refreshConfigurationOf(given)).toThrowError(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
    );
  });

  it('does not let a key reach the prototype', () => {
    const given: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
    expect(() => refreshConfigurationOf(given)).toThrowError(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
    );
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
