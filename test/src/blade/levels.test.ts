import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerIdleSources } from '../../../src/blade/levels.ts';
import type { Embeddings } from '../../../src/blade/types.ts';
import { Random } from '../../../src/random.ts';
import { quietContext } from '../../quiet-context.ts';
import { graphOf } from './helpers.ts';

const context = quietContext();

/** Noise with the two bias dimensions last. @param bias of every source */
function noise(count: number, seed: number, bias: number): Embeddings {
  const random = new Random(seed);
  const dimension = 6;
  const side = (at: number, own: number) => {
    const values = Float32Array.from({ length: count * dimension }, () => random.normal());
    for (let u = 0; u < count; u++) {
      values[u * dimension + 4] = at === 4 ? own : 1;
      values[u * dimension + 5] = at === 5 ? random.normal() : 1;
    }
    return values;
  };
  return { count, dimension, source: side(4, bias), target: side(5, 0) };
}

function expectedLinks({ count, dimension, source, target }: Embeddings, u: number): number {
  let links = 0;
  for (let v = 0; v < count; v++) {
    let sum = 0;
    for (let c = 0; c < dimension; c++) sum += source[u * dimension + c]! * target[v * dimension + c]!;
    if (v !== u) links += Math.exp(sum);
  }
  return links;
}

describe('the level of sources that lead nowhere', () => {
  it('is lowered to 0.3 expected edges by their bias alone; others keep theirs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 60 }),
        fc.integer(),
        fc.double({ min: -20, max: 60, noNaN: true }),
        async (count, seed, bias) => {
          const before = noise(count, seed, bias);
          const after = { ...before, source: before.source.slice(), target: before.target.slice() };
          await lowerIdleSources(after, graphOf(count, [[0, 1]]), context);
          expect(after.target).toEqual(before.target);
          for (let u = 0; u < count; u++) {
            for (let c = 0; c < 6; c++) {
              if (c !== 4 || u === 0) expect(after.source[u * 6 + c]).toBe(before.source[u * 6 + c]);
            }
            if (u > 0) expect(expectedLinks(after, u) / Math.min(0.3, expectedLinks(before, u))).toBeCloseTo(1, 3);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is finite for scores beyond what exp can hold', async () => {
    const far = noise(20, 1, 5000);
    await lowerIdleSources(far, graphOf(20, []), context);
    expect(far.source.every(Number.isFinite)).toBe(true);
    expect(expectedLinks(far, 3)).toBeCloseTo(0.3, 1);
  });

  it('is told by some of the targets where they are many', async () => {
    const many = noise(10_000, 2, 3);
    // All but two lead somewhere.
    await lowerIdleSources(
      many,
      graphOf(
        10_000,
        Array.from({ length: 9998 }, (_, u) => [u, u + 1] as const),
      ),
      context,
    );
    for (const u of [9998, 9999]) expect(Math.abs(Math.log(expectedLinks(many, u) / 0.3))).toBeLessThan(0.3);
    expect(many.source[4]).toBe(3);
  });

  it('stays as it is for one product alone, and for none', async () => {
    const one = noise(1, 3, 9);
    await lowerIdleSources(one, graphOf(1, []), context);
    expect(one.source[4]).toBe(9);
    await lowerIdleSources(noise(0, 3, 9), graphOf(0, []), context);
  });

  it('hears a signal', async () => {
    const stopped = { ...context, signal: AbortSignal.abort() };
    await expect(lowerIdleSources(noise(5, 1, 1), graphOf(5, []), stopped)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
