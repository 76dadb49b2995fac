import { availableParallelism } from 'node:os';

/** More threads than this share too little work each. */
const most = 16;

/**
 * How many worker threads to work with; 0 for none, all in the caller's thread.
 * @param wanted 0 for none, null for one per core where the work is worth it.
 * @param worthIt whether the work takes long enough to pay for starting threads.
 */
export function crewSize(wanted: number | null, worthIt: boolean): number {
  if (wanted !== null) return Math.min(wanted, most);
  const cores = availableParallelism();
  return worthIt && cores > 1 ? Math.min(cores, most) : 0;
}
