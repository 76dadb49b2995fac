import { OnewayError } from '../errors.ts';
import { type Room, readSafetensors, writeSafetensors } from '../storage/index.ts';
import type { SparseFeatures } from './types.ts';

/** Writes a feature matrix as safetensors: `offsets`, `indices`, `values`, and the number of columns in the metadata. */
export function writeFeatures(path: string, features: SparseFeatures): Promise<void> {
  const { offsets, indices, values, columns } = features;
  return writeSafetensors(
    path,
    {
      offsets: { shape: [offsets.length], data: offsets },
      indices: { shape: [indices.length], data: indices },
      values: { shape: [values.length], data: values },
    },
    { kind: 'features', columns: String(columns) },
  );
}

/**
 * Reads a feature matrix.
 * @param room where it is put. @default memory of its own
 * @throws OnewayError `FILE_NOT_FOUND`; `FILE_CORRUPT` when it is cut, altered, or not a valid CSR matrix of finite values.
 */
export async function readFeatures(path: string, room?: Room): Promise<SparseFeatures> {
  const { tensors, metadata } = await readSafetensors(path, room);
  const corrupt = (reason: string) =>
    new OnewayError('FILE_CORRUPT', `${path} is no feature matrix: ${reason}.`, {
      hint: 'Run the step that wrote it again.',
      details: { file: path },
    });
  const offsets = tensors.offsets?.data;
  const indices = tensors.indices?.data;
  const values = tensors.values?.data;
  const columns = Number(metadata.columns);
  if (metadata.kind !== 'features' || !Number.isInteger(columns) || columns < 1)
    throw corrupt('its metadata are missing');
  if (!(offsets instanceof Uint32Array && indices instanceof Uint32Array && values instanceof Float32Array)) {
    throw corrupt('offsets, indices or values are missing or of another type');
  }
  const rows = offsets.length - 1;
  if (rows < 0 || offsets[0] !== 0 || offsets[rows] !== indices.length || values.length !== indices.length) {
    throw corrupt('offsets, indices and values do not fit together');
  }
  for (let row = 0; row < rows; row++) {
    if (offsets[row + 1]! < offsets[row]!) throw corrupt(`the offsets fall at row ${row}`);
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) {
      if (indices[i]! >= columns) throw corrupt(`row ${row} has column ${indices[i]} of ${columns}`);
      if (i > offsets[row]! && indices[i]! <= indices[i - 1]!) throw corrupt(`the columns of row ${row} do not ascend`);
      if (!Number.isFinite(values[i])) throw corrupt(`row ${row} has a value that is not finite`);
    }
  }
  return { rows, columns, offsets, indices, values };
}
