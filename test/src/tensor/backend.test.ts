import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { backendStatuses, openBackend } from '../../../src/tensor/index.ts';

const logger = pino({ level: 'silent' });

describe('backends', () => {
  it('always finds one under auto', async () => {
    const backend = await openBackend({ prefer: 'auto' }, logger);
    expect(backend.description).toContain('4.22');
    expect(backend.tf.memory().numTensors).toBeGreaterThanOrEqual(0);
  });

  it('says of each whether it loads here, and why not', async () => {
    const statuses = await backendStatuses();
    expect(statuses.map((status) => status.name)).toEqual(['native-gpu', 'native', 'webgpu', 'wasm', 'cpu']);
    for (const status of statuses) expect(status.detail.length).toBeGreaterThan(0);
    expect(statuses.find((status) => status.name === 'wasm')?.available).toBe(true);
  });

  it('refuses a backend by name that is not there', async () => {
    const absent = (await backendStatuses()).find((status) => !status.available);
    if (absent === undefined) return;
    await expect(openBackend({ prefer: absent.name }, logger)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining(absent.name),
    });
  });
});
