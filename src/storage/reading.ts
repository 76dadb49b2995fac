import { openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { OnewayError } from '../errors.ts';

/** Read in one go: well under a millisecond. */
const pieceBytes = 1 << 20;

/**
 * Fills `into` from a file, on the calling thread with a chance for others after each mebibyte. Node's own asynchronous reading is done by threads that all of a process share and that have its
 * priority, whatever that of the thread which asks: the thread that opens a release in the background would hold up those that answer.
 * @param position in the file, in bytes
 * @returns bytes read: fewer than asked for where the file ends
 */
export async function readAt(descriptor: number, position: number, into: Uint8Array): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const read = readSync(descriptor, into, done, Math.min(pieceBytes, into.length - done), position + done);
    if (read === 0) break;
    done += read;
    await setImmediate();
  }
  return done;
}

/** A descriptor, to be closed. @throws OnewayError `FILE_NOT_FOUND`. */
export function openToRead(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new OnewayError('FILE_NOT_FOUND', `${path} does not exist.`, { cause: error, details: { file: path } });
  }
}
