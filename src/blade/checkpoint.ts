import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { OnewayError } from '../errors.ts';
import { hashJson, readSafetensors, type Tensor, writeSafetensors } from '../storage/index.ts';
import type { Parameters } from './parameters.ts';
import type { EpochRecord } from './types.ts';

/** Where a training run stands between two epochs. Everything drawn later depends on (seed, epoch, step) alone, so this is all. */
export interface TrainingState {
  /** Epochs finished. */
  epoch: number;
  /** Steps finished. */
  step: number;
  /** Epoch of the best validation so far, 0 before the first. */
  bestEpoch: number;
  bestScore: number;
  /** Validations since the best one. */
  stale: number;
  history: EpochRecord[];
  /** The values of every parameter at the best epoch. */
  best: Map<string, Float32Array>;
}

/**
 * Writes parameters, both moments and the state atomically.
 * @param identity whatever the run depends on; a checkpoint of another identity is not resumed.
 */
export async function writeCheckpoint(
  path: string,
  identity: unknown,
  parameters: Parameters,
  state: TrainingState,
): Promise<void> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, { rows, width, values, mean, variance }] of parameters) {
    const shape = [rows, width];
    tensors[`${name}.values`] = { shape, data: values };
    tensors[`${name}.mean`] = { shape, data: mean };
    tensors[`${name}.variance`] = { shape, data: variance };
    const best = state.best.get(name);
    if (best !== undefined) tensors[`${name}.best`] = { shape, data: best };
  }
  const { best: _, ...plain } = state;
  await writeSafetensors(path, tensors, { identity: hashJson(identity), state: JSON.stringify(plain) });
}

/** Puts a checkpoint back into `parameters`; null when there is none, or it is of another run or damaged (then training starts over). */
export async function readCheckpoint(
  path: string,
  identity: unknown,
  parameters: Parameters,
): Promise<TrainingState | null> {
  if (!existsSync(path)) return null;
  let file: Awaited<ReturnType<typeof readSafetensors>>;
  try {
    file = await readSafetensors(path);
  } catch (error) {
    if (!(error instanceof OnewayError)) throw error;
    await rm(path, { force: true });
    return null;
  }
  if (file.metadata.identity !== hashJson(identity)) return null;
  const plain = JSON.parse(file.metadata.state ?? '{}') as Omit<TrainingState, 'best'>;
  const best = new Map<string, Float32Array>();
  for (const [name, parameter] of parameters) {
    for (const part of ['values', 'mean', 'variance'] as const) {
      const saved = file.tensors[`${name}.${part}`];
      if (saved === undefined || saved.data.length !== parameter[part].length) return null;
      parameter[part].set(saved.data as Float32Array);
    }
    const kept = file.tensors[`${name}.best`];
    if (kept !== undefined) best.set(name, kept.data as Float32Array);
  }
  return { ...plain, best };
}
