import { OnewayError } from '../errors.ts';
import type { Room } from './room.ts';
import { readSafetensors, type Tensor, type TensorData, writeSafetensors } from './safetensors.ts';

/** Typed arrays by name, in groups of any depth. */
export type Columns = { readonly [name: string]: TensorData | Columns };

/** Writes each array as a tensor named by its path, such as `brands.offsets`. */
export async function writeColumns(path: string, format: string, columns: object): Promise<void> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, data] of flat(columns as Columns)) tensors[name] = { shape: [data.length], data };
  await writeSafetensors(path, tensors, { format, version: '1' });
}

/**
 * Reads what {@link writeColumns} has written.
 * @param template columns of the same names and types, of any length
 * @param room where they are put. @default memory of their own
 * @throws OnewayError `FILE_NOT_FOUND`; `FILE_CORRUPT` naming the first array that is missing, of another type or unknown.
 */
export async function readColumns<Found extends object>(
  path: string,
  format: string,
  template: Found,
  room?: Room,
): Promise<Found> {
  const { tensors, metadata } = await readSafetensors(path, room);
  if (metadata.format !== format || metadata.version !== '1') throw columnsCorrupt(path, `it is not ${format} 1`);
  const left = new Set(Object.keys(tensors));
  const take = (group: Columns, prefix: string): Columns =>
    Object.fromEntries(
      Object.entries(group).map(([name, like]) => {
        const place = `${prefix}${name}`;
        if (!ArrayBuffer.isView(like)) return [name, take(like, `${place}.`)];
        const data = tensors[place]?.data;
        if (data?.constructor !== like.constructor)
          throw columnsCorrupt(path, `${place} is missing or of another type`);
        left.delete(place);
        return [name, data];
      }),
    );
  const found = take(template as Columns, '');
  for (const name of left) throw columnsCorrupt(path, `${name} is unknown`);
  return found as Found;
}

function* flat(group: Columns, prefix = ''): Generator<[name: string, data: TensorData]> {
  for (const [name, part] of Object.entries(group)) {
    if (ArrayBuffer.isView(part)) yield [`${prefix}${name}`, part];
    else yield* flat(part, `${prefix}${name}.`);
  }
}

export function columnsCorrupt(path: string, reason: string): OnewayError {
  return new OnewayError('FILE_CORRUPT', `${path} does not hold what it should: ${reason}.`, {
    hint: 'The file was altered or written by another version; run the refresh again.',
    details: { file: path, reason },
  });
}

/** Whether offsets begin at 0, never fall, and end at `end`. @param count of stretches */
export function areOffsets(offsets: Uint32Array, count: number, end: number): boolean {
  if (offsets.length !== count + 1 || offsets[0] !== 0 || offsets[count] !== end) return false;
  for (let i = 0; i < count; i++) if (offsets[i]! > offsets[i + 1]!) return false;
  return true;
}

/** Whether every value is below `bound`, and none below zero. */
export function areBelow(values: Uint32Array | Int32Array, bound: number): boolean {
  for (let i = 0; i < values.length; i++) if (values[i]! >= bound || values[i]! < 0) return false;
  return true;
}
