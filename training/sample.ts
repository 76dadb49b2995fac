import type { Random } from '../src/random.ts';

/** At most `limit` of the values, drawn without replacement, in their old order. */
export function sample<T>(values: readonly T[], limit: number, random: Random): readonly T[] {
  if (values.length <= limit) return values;
  const positions = random.shuffle(Uint32Array.from(values.keys())).subarray(0, limit).sort();
  return Array.from(positions, (position) => values[position]!);
}
