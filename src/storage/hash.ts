import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { OnewayError } from '../errors.ts';
import { canonicalJson } from './json.ts';

/** SHA-256 of a file's bytes, in lower-case hexadecimal; streamed. @throws OnewayError `FILE_NOT_FOUND`. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new OnewayError('FILE_NOT_FOUND', `${path} does not exist.`, { cause: error, details: { file: path } });
    }
    throw error;
  }
  return hash.digest('hex');
}

/**
 * SHA-256 over a sequence of strings, each written as its UTF-8 length, a colon and its bytes, so that no two different sequences
 * share an input. It identifies the order of products behind every node number.
 */
export function sha256Lines(lines: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${Buffer.byteLength(line)}:${line}`);
  return hash.digest('hex');
}

/** SHA-256 of a JSON value, whatever the order of its keys. */
export function hashJson(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
