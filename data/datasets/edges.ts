import type { EdgeList } from '../../src/graph/index.ts';

/** Plain edges: weight and count 1. */
export function plainEdges(source: ArrayLike<number>, target: ArrayLike<number>): EdgeList {
  return {
    source: Uint32Array.from(source),
    target: Uint32Array.from(target),
    weight: new Float32Array(source.length).fill(1),
    count: new Uint32Array(source.length).fill(1),
  };
}
