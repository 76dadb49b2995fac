/** Positions first … last − 1. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * A lane's share of `count` positions, whole blocks of `size`. What is summed within a block does not depend on how many lanes share
 * the work, and blocks are added up in their order: results do not depend on the lanes either.
 */
export function shareOf(count: number, size: number, lane: number, lanes: number): Range {
  const blocks = Math.ceil(count / size);
  const border = (of: number) => Math.min(count, size * Math.floor((blocks * of) / lanes));
  return { first: border(lane), last: border(lane + 1) };
}
