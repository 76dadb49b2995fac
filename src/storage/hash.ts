import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { canonicalJson } from './json.ts';
import { openToRead, readAt } from './reading.ts';

const chunkBytes = 1 << 20;

/** SHA-256 of a file's bytes, in lower-case hexadecimal; streamed. @throws OnewayError `FILE_NOT_FOUND`. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  const chunk = new Uint8Array(chunkBytes);
  const descriptor = openToRead(path);
  try {
    for (let at = 0; ; at += chunk.length) {
      const read = await readAt(descriptor, at, chunk);
      hash.update(chunk.subarray(0, read));
      if (read < chunk.length) return hash.digest('hex');
    }
  } finally {
    closeSync(descriptor);
  }
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
