import type { ProductGraph } from './types.ts';

/** Whether a graph is a plain list of edges, some of which are missing. A log's graph knows buyers: it has counted both ways, and what it does not hold has been found wanting. */
export function isPlainList({ buyers }: Pick<ProductGraph, 'buyers'>): boolean {
  return buyers.every((count) => count === 0);
}
