import type { Random } from '../../src/random.ts';

/** Relative activity by hour of the day, UTC: quiet at night, a small peak at noon, the large one in the evening. */
const byHour = [
  0.14, 0.08, 0.05, 0.04, 0.05, 0.1, 0.22, 0.38, 0.5, 0.58, 0.62, 0.66, 0.74, 0.68, 0.6, 0.6, 0.64, 0.72, 0.82, 0.95, 1,
  0.92, 0.62, 0.32,
];
/** Relative activity by weekday, Thursday first (1970-01-01 was one). */
const byWeekday = [0.82, 0.78, 0.9, 1, 0.88, 0.84, 0.82];

const hour = 3600;
const day = 86_400;

/** Relative activity of people at a time, epoch seconds; in (0, 1]. */
export function activityAt(time: number): number {
  return byHour[Math.floor(time / hour) % 24]! * byWeekday[Math.floor(time / day) % 7]!;
}

/**
 * A moment from `time` on at which a person who is ready opens the shop: thinning by {@link activityAt}, with steps long enough
 * that those who wait through the night do not all come at dawn.
 */
export function nextActive(time: number, random: Random): number {
  let candidate = time;
  while (random.uniform() >= activityAt(candidate)) candidate += random.exponential() * 8 * hour;
  return candidate;
}

/** Log-normal draw with the given median; `sigma` is the deviation of the logarithm. */
export function logNormal(median: number, sigma: number, random: Random): number {
  return median * Math.exp(sigma * random.normal());
}

/** Poisson draw by Knuth's product for small means, by the normal approximation above 30. */
export function poisson(mean: number, random: Random): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}
