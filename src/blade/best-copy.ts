import { existsSync } from 'node:fs';
import { OnewayError } from '../errors.ts';
import { hashJson, type OpenSafetensors, openSafetensors, type Tensor, writeSafetensors } from '../storage/index.ts';
import { type Parameters, withoutMoments } from './parameters.ts';

/** The values of the best epoch so far, which training has no need of until its end. */
export interface BestCopy {
  keep(parameters: Parameters, epoch: number): Promise<void>;
  /** The values that were kept last, as parameters of the same shapes without moments; they are kept no more. */
  take(parameters: Parameters): Promise<Parameters>;
}

/** The file beside a checkpoint that the best values wait in. */
export function bestPath(checkpoint: string): string {
  return `${checkpoint}.best`;
}

/** Beside a checkpoint where there is one: a third of what training holds need not be in memory. */
export function bestCopy(checkpoint: string | undefined, identity: unknown): BestCopy {
  return checkpoint === undefined ? inMemory() : inFile(bestPath(checkpoint), identity);
}

/**
 * Whether the file beside a checkpoint holds values of this run's epoch, or of a later one: a run killed between the two writes goes on from the
 * checkpoint, comes to the later epoch again, and writes the same.
 */
export async function holdsBest(checkpoint: string, identity: unknown, epoch: number): Promise<boolean> {
  const path = bestPath(checkpoint);
  if (!existsSync(path)) return false;
  let file: OpenSafetensors;
  try {
    file = await openSafetensors(path);
  } catch (error) {
    if (error instanceof OnewayError) return false;
    throw error;
  }
  file.close();
  return file.metadata.identity === hashJson(identity) && Number(file.metadata.epoch) >= epoch;
}

function inMemory(): BestCopy {
  const kept = new Map<string, Float32Array>();
  return {
    keep: async (parameters) => {
      for (const [name, { values }] of parameters) {
        const copy = kept.get(name);
        if (copy === undefined) kept.set(name, values.slice());
        else copy.set(values);
      }
    },
    // Nothing of a large model is held more often than it must be: what was copied is let go.
    take: (parameters) =>
      withoutMoments(parameters, async (name, values) => {
        values.set(kept.get(name)!);
        kept.delete(name);
      }),
  };
}

function inFile(path: string, identity: unknown): BestCopy {
  return {
    keep: (parameters, epoch) => {
      const tensors = [...parameters].map(([name, { rows, width, values }]): [string, Tensor] => [
        name,
        { shape: [rows, width], data: values },
      ]);
      return writeSafetensors(path, Object.fromEntries(tensors), { identity: hashJson(identity), epoch: `${epoch}` });
    },
    take: async (parameters) => {
      const file = await openSafetensors(path);
      try {
        return await withoutMoments(parameters, file.read);
      } finally {
        file.close();
      }
    },
  };
}
