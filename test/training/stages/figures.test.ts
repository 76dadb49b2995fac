import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../../src/events/index.ts';
import { timelineOf } from '../../../training/stages/figures/data.ts';

const day = 86_400;

function logOf(times: readonly number[], types: readonly number[] = []): EventLog {
  return {
    customerCount: 1,
    productCount: 1,
    customer: new Uint32Array(times.length),
    product: new Uint32Array(times.length),
    type: Uint8Array.from(times, (_, i) => types[i] ?? 3),
    time: Uint32Array.from(times),
  };
}

describe('timelineOf', () => {
  const start = Date.UTC(2025, 0, 8, 12) / 1000;

  it('is null for an empty log', () => {
    expect(timelineOf(logOf([]))).toBeNull();
  });

  it.each([
    [0, 'hour', 1],
    [3 * day, 'hour', 73],
    [30 * day, 'day', 31],
    [365 * day, 'week', 53],
    [1000 * day, 'month', 34],
  ])('cuts %i seconds into periods of one %s', (span, unit, periods) => {
    const timeline = timelineOf(logOf([start, start + span]));
    expect(timeline?.unit).toBe(unit);
    expect(timeline?.starts).toHaveLength(periods);
    expect(timeline?.counts.purchase?.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(timeline?.counts.purchase?.at(-1)).toBeGreaterThan(0);
  });

  it('begins weeks on Mondays and months on their first', () => {
    const weeks = timelineOf(logOf([start, start + 200 * day]));
    for (const begin of weeks?.starts ?? []) expect(new Date(begin).getUTCDay()).toBe(1);
    const months = timelineOf(logOf([start, start + 900 * day]));
    for (const begin of months?.starts ?? []) expect(new Date(begin).getUTCDate()).toBe(1);
  });

  it('counts every event once, by type, wherever the log begins', () => {
    const times = [start + 5 * day, start, start + 40 * day, start + 40 * day];
    const timeline = timelineOf(logOf(times, [0, 3, 0, 2]));
    expect(Object.keys(timeline?.counts ?? {})).toEqual(['view', 'cart', 'purchase']);
    const total = Object.values(timeline?.counts ?? {}).flat();
    expect(total.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(timeline?.counts.purchase?.[0]).toBe(1);
    expect(timeline?.counts.view?.[5]).toBe(1);
  });
});
