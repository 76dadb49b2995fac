/** A share with its 95 % interval; `share` is null where `of` is 0. */
export interface Proportion {
  readonly count: number;
  readonly of: number;
  readonly share: number | null;
  readonly low: number;
  readonly high: number;
}

/** Normal quantile of a two-sided 95 % interval. */
const z = 1.959963984540054;

/**
 * Wilson's score interval: p̂ ± … solved for p rather than with p̂'s own variance, so that it stays within [0, 1] and is right for few and for none.
 * Wilson, JASA 22 (1927); Brown, Cai and DasGupta, Statistical Science 16 (2001).
 */
export function proportionOf(count: number, of: number): Proportion {
  if (of === 0) return { count, of, share: null, low: 0, high: 1 };
  const share = count / of;
  const shrink = 1 + (z * z) / of;
  const centre = (share + (z * z) / (2 * of)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return { count, of, share, low: count === 0 ? 0 : centre - half, high: count === of ? 1 : centre + half };
}

export interface Difference {
  /** second − first. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Interval of a difference of two independent shares from their Wilson intervals: method 10 of Newcombe, Statistics in Medicine 17 (1998).
 * Null where one of them is of nothing.
 */
export function differenceOf(first: Proportion, second: Proportion): Difference | null {
  if (first.share === null || second.share === null) return null;
  const value = second.share - first.share;
  return {
    value,
    low: value - Math.hypot(second.share - second.low, first.high - first.share),
    high: value + Math.hypot(second.high - second.share, first.share - first.low),
  };
}
