import { describe, expect, test } from 'vitest';
import { bothWays } from '../../../serving/explorer/service/both-ways.ts';
import type { Answer } from '../../../src/client/index.ts';

const rows = (chances: Readonly<Record<string, number | null>>) =>
  Object.entries(chances).map(([id, probability]) => ({
    product: { id },
    probability,
  })) as unknown as Answer['results'];

describe('both ways', () => {
  test('means over the products whose chance is known both ways, and how many would be better turned', () => {
    const found = bothWays(
      rows({ a: 0.9, b: 0.5, c: 0.1, d: null }),
      new Map([
        ['a', 0.1],
        ['b', 0.7],
        ['d', 0.3],
        ['c', null],
      ]),
    );
    expect(found).toMatchObject({ turned: 1, pairs: 2 });
    expect(found!.this).toBeCloseTo(0.7);
    expect(found!.other).toBeCloseTo(0.4);
  });

  test('nothing is said while nothing is known', () => {
    expect(bothWays(rows({ a: 0.9 }), null)).toBeNull();
    expect(bothWays(rows({}), new Map())).toBeNull();
  });
});
