import { OnewayError } from '../../src/errors.ts';
import type { EdgeList } from '../../src/graph/index.ts';
import { readSafetensors, type Tensor, writeSafetensors } from '../../src/storage/index.ts';

/** Edges that the measured model never sees. */
export interface HeldOut {
  readonly validation: EdgeList;
  readonly test: EdgeList;
}

const parts = ['validation', 'test'] as const;

export async function writeHeldOut(path: string, heldOut: HeldOut): Promise<void> {
  const tensors: Record<string, Tensor> = {};
  for (const part of parts) {
    const edges = heldOut[part];
    const shape = [edges.source.length];
    tensors[`${part}.source`] = { shape, data: edges.source };
    tensors[`${part}.target`] = { shape, data: edges.target };
    tensors[`${part}.weight`] = { shape, data: edges.weight };
    tensors[`${part}.count`] = { shape, data: edges.count };
  }
  await writeSafetensors(path, tensors);
}

/** @throws OnewayError `FILE_CORRUPT` when a column is missing or of another type. */
export async function readHeldOut(path: string): Promise<HeldOut> {
  const { tensors } = await readSafetensors(path);
  const whole = (name: string): Uint32Array => {
    const data = tensors[name]?.data;
    if (data instanceof Uint32Array) return data;
    throw missing(path, name);
  };
  const edges = (part: (typeof parts)[number]): EdgeList => {
    const weight = tensors[`${part}.weight`]?.data;
    if (!(weight instanceof Float32Array)) throw missing(path, `${part}.weight`);
    return { source: whole(`${part}.source`), target: whole(`${part}.target`), weight, count: whole(`${part}.count`) };
  };
  return { validation: edges('validation'), test: edges('test') };
}

function missing(path: string, name: string): OnewayError {
  return new OnewayError('FILE_CORRUPT', `${path} has no column ${name}.`, {
    hint: 'Delete the run folder and refresh again.',
  });
}
