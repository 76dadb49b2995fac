import { describe, expect, test } from 'vitest';
import { EventLoopLag } from '../../../serving/limits/lag.ts';

describe('lag', () => {
  test('is overload when it lasts', () => {
    const lag = new EventLoopLag(100);
    expect(lag.overloaded).toBe(false);
    lag.record(5000);
    expect(lag.overloaded).toBe(false);
    lag.record(101);
    expect(lag.overloaded).toBe(true);
    lag.record(1);
    expect(lag.overloaded).toBe(false);
  });
});
