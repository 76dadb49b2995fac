import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventLoopLag } from '../../../serving/limits/lag.ts';
import { clientOfAddress, RateLimiter } from '../../../serving/limits/rate-limiter.ts';

describe('a rate limit', () => {
  test('lets a burst through, then the average, and says how long to wait', () => {
    const limiter = new RateLimiter({ requests: 4, seconds: 2 });
    for (let i = 0; i < 4; i++) expect(limiter.take('a', 1000)).toBe(0);
    expect(limiter.take('a', 1000)).toBeCloseTo(500);
    expect(limiter.take('a', 1400)).toBeCloseTo(100);
    expect(limiter.take('a', 1500)).toBe(0);
    expect(limiter.take('a', 1500)).toBeCloseTo(500);
    expect(limiter.take('b', 1500)).toBe(0);
  });

  test('law: in no window more than twice the allowance, and whoever waits as told may pass', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.double({ min: 0, max: 3000, noNaN: true }), { maxLength: 300 }),
        (requests, gaps) => {
          const limiter = new RateLimiter({ requests, seconds: 1 });
          const passed: number[] = [];
          let now = 0;
          for (const gap of gaps) {
            now += gap / 100;
            const wait = limiter.take('a', now);
            if (wait === 0) passed.push(now);
            else {
              expect(wait).toBeLessThanOrEqual(1000 / requests + 1e-6);
              now += wait;
              expect(limiter.take('a', now)).toBe(0);
              passed.push(now);
            }
          }
          for (const [i, time] of passed.entries()) {
            expect(passed.slice(i).filter((other) => other < time + 1000).length).toBeLessThanOrEqual(2 * requests);
          }
        },
      ),
    );
  });

  test('memory is bounded, whoever asks', () => {
    const limiter = new RateLimiter({ requests: 10, seconds: 60 });
    for (let i = 0; i < 300_000; i++) limiter.take(`client ${i}`, i / 100);
    expect(limiter.size).toBeLessThanOrEqual(100_001);
  });

  test('of an IPv6 address the network counts', () => {
    expect(clientOfAddress('203.0.113.9')).toBe('203.0.113.9');
    expect(clientOfAddress('::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(clientOfAddress('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(clientOfAddress('2001:db8:1:2::9')).toBe(clientOfAddress('2001:0db8:0001:0002:ffff::1'));
    expect(clientOfAddress('2001:db8::1')).toBe('2001:db8:0:0::/64');
    expect(clientOfAddress('::1')).toBe('0:0:0:0::/64');
    expect(clientOfAddress('::')).toBe('0:0:0:0::/64');
  });
});

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
