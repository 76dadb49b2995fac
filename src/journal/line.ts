import { crc32 } from './crc.ts';

/** A line of a journal: its number, and the record as it was given. */
export interface Entry {
  /** Ascends through all segments. */
  readonly sequence: number;
  readonly record: Readonly<Record<string, unknown>>;
}

/** Longer lines are no lines of ours. */
export const maximumLineBytes = 1 << 20;

const opening = '{"crc":"';
/** `{"crc":"xxxxxxxx",` */
const prefixBytes = opening.length + 8 + 2;

/**
 * A record as one line of JSON, `{"crc":"1a2b3c4d","sequence":7,…}` and a line feed: JSON lines for every tool. The checksum is that of all bytes
 * after its own member, the line feed left out.
 * @throws RangeError when the record is empty, has a member `crc` or `sequence`, or is too long.
 */
export function encodeLine({ sequence, record }: Entry): Buffer {
  const json = JSON.stringify(record);
  if (json === '{}' || 'crc' in record || 'sequence' in record) throw new RangeError('The record cannot be numbered.');
  const body = Buffer.from(`"sequence":${sequence},${json.slice(1)}`);
  const line = Buffer.concat([Buffer.from(`${opening}${crc32(body)}",`), body, Buffer.from('\n')]);
  if (line.length > maximumLineBytes) throw new RangeError(`The record has ${line.length} bytes.`);
  return line;
}

/** The entry of a line without its line feed; null when it is cut or altered. */
export function decodeLine(line: Buffer): Entry | null {
  if (line.length <= prefixBytes || line.length >= maximumLineBytes) return null;
  const prefix = line.toString('latin1', 0, prefixBytes);
  if (!prefix.startsWith(opening) || !prefix.endsWith('",')) return null;
  if (prefix.slice(opening.length, -2) !== crc32(line.subarray(prefixBytes))) return null;
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(line.toString('utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
  const { crc: _crc, sequence, ...record } = value;
  return Number.isSafeInteger(sequence) ? { sequence: sequence as number, record } : null;
}
