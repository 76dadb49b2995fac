/** Degree buckets of every report, by lowest degree: 0, 1–2, 3–5, 6–10, 11–30, 31 and more. */
export const degreeBuckets = [
  { name: '0', from: 0 },
  { name: '1-2', from: 1 },
  { name: '3-5', from: 3 },
  { name: '6-10', from: 6 },
  { name: '11-30', from: 11 },
  { name: '31+', from: 31 },
] as const;

export type DegreeBucket = (typeof degreeBuckets)[number]['name'];

/** Position in {@link degreeBuckets} of a degree ≥ 0. */
export function bucketOf(degree: number): number {
  let bucket = degreeBuckets.length - 1;
  while (bucket > 0 && degree < degreeBuckets[bucket]!.from) bucket--;
  return bucket;
}
