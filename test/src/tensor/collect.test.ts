import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { collectShared } from '../../../src/tensor/index.ts';

/** Whether an array in shared memory that nobody holds is gone after that. */
async function goneAfter(bytes: number): Promise<boolean> {
  let gone = false;
  const registry = new FinalizationRegistry(() => {
    gone = true;
  });
  (() => registry.register(new Float32Array(new SharedArrayBuffer(1 << 20)), 0))();
  // A reference on the stack of this turn may still be seen.
  await delay(10);
  collectShared(bytes);
  await delay(50);
  return gone;
}

describe('collectShared', () => {
  it('lets go of memory that nobody holds', async () => {
    expect(await goneAfter(1 << 30)).toBe(true);
  });

  it('does nothing for little', async () => {
    expect(await goneAfter(1 << 20)).toBe(false);
  });
});
