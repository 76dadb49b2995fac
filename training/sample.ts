import type { Random } from '../src/random.ts';

/** At most `limit` of the values, drawn without replacement, in their old order. */
export function sample<T>(values: readonly T[], limit: number, random: Random): readonly T[] {
  if (values.length <= limit) return values;
  return Array.from(samplePositions(values.length, limit, random), (position) => values[position]!);
}

/** `limit` positions below `count`, drawn without replacement, ascending; all of them where they are no more. */
export function samplePositions(count: number, limit: number, random: Random): Uint32Array {
  const positions = Uint32Array.from({ length: count }, (_, i) => i);
  return count <= limit ? positions : random.shuffle(positions).slice(0, limit).sort();
}
