import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { OnewayError } from '../errors.ts';
import { hashJson, type OpenSafetensors, openSafetensors, type Tensor, writeSafetensors } from '../storage/index.ts';
import { holdsBest } from './best-copy.ts';
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
  /** −1 before the first. */
  bestScore: number;
  /** Validations since the best one. */
  stale: number;
  history: EpochRecord[];
}

const parts = ['values', 'mean', 'variance'] as const;

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
  for (const [name, parameter] of parameters) {
    const shape = [parameter.rows, parameter.width];
    for (const part of parts) tensors[`${name}.${part}`] = { shape, data: parameter[part] };
  }
  await writeSafetensors(path, tensors, { identity: hashJson(identity), state: JSON.stringify(state) });
}

/** Puts a checkpoint back into `parameters`; null when there is none, or it is of another run or damaged (then training starts over). */
export async function readCheckpoint(
  path: string,
  identity: unknown,
  parameters: Parameters,
): Promise<TrainingState | null> {
  if (!existsSync(path)) return null;
  let file: OpenSafetensors;
  try {
    file = await openSafetensors(path);
  } catch (error) {
    if (!(error instanceof OnewayError)) throw error;
    await rm(path, { force: true });
    return null;
  }
  try {
    if (file.metadata.identity !== hashJson(identity) || !fits(file, parameters)) return null;
    const state = JSON.parse(file.metadata.state ?? '{}') as TrainingState;
    if (state.bestEpoch > 0 && !(await holdsBest(path, identity, state.bestEpoch))) return null;
    for (const [name, parameter] of parameters) {
      for (const part of parts) await file.read(`${name}.${part}`, parameter[part]);
    }
    return state;
  } finally {
    file.close();
  }
}

/** Asked before anything is read: a training that starts over must not find half of another in its parameters. */
function fits({ tensors }: OpenSafetensors, parameters: Parameters): boolean {
  return [...parameters].every(([name, { rows, width }]) =>
    parts.every((part) => {
      const { dtype, shape } = tensors.get(`${name}.${part}`) ?? { dtype: null, shape: [] };
      return dtype === 'F32' && shape[0] === rows && shape[1] === width;
    }),
  );
}
