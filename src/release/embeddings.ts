import type { Embeddings } from '../blade/index.ts';
import { OnewayError } from '../errors.ts';
import { type Room, readSafetensors, writeSafetensors } from '../storage/index.ts';

const format = 'oneway-embeddings';

/** Writes tensors `source` and `target`, each F32 [count, dimension]. @throws RangeError when the arrays do not fit. */
export async function writeEmbeddings(path: string, embeddings: Embeddings): Promise<void> {
  const shape = [embeddings.count, embeddings.dimension];
  await writeSafetensors(
    path,
    { source: { shape, data: embeddings.source }, target: { shape, data: embeddings.target } },
    { format, version: '1' },
  );
}

/** @param room where they are put. @default memory of their own. @throws OnewayError `FILE_NOT_FOUND`, `FILE_CORRUPT`. */
export async function readEmbeddings(path: string, room?: Room): Promise<Embeddings> {
  const { tensors, metadata } = await readSafetensors(path, room);
  const { source, target } = tensors;
  if (
    metadata.format !== format ||
    source === undefined ||
    target === undefined ||
    !(source.data instanceof Float32Array) ||
    !(target.data instanceof Float32Array) ||
    source.shape.length !== 2 ||
    source.shape.join() !== target.shape.join()
  ) {
    throw new OnewayError('FILE_CORRUPT', `${path} does not hold a source and a target embedding of the same shape.`, {
      hint: 'It is another file or of another version; run the refresh again.',
      details: { file: path },
    });
  }
  return { count: source.shape[0]!, dimension: source.shape[1]!, source: source.data, target: target.data };
}
