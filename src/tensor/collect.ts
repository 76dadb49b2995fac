import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Less than this is not worth the tenth of a second. */
const enough = 256 << 20;

let collect: (() => void) | undefined;

/**
 * Has garbage collected now. V8 does not count memory that threads share among what makes it collect: tables of gigabytes would stay beside those that take
 * their place.
 * @param bytes of shared memory that is held no more; nothing is done about a few.
 */
export function collectShared(bytes: number): void {
  if (bytes < enough) return;
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
