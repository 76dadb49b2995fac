import { buildCsr } from '../../../src/graph/index.ts';
import { Random } from '../../../src/random.ts';
import { type Evidence, linkEvidence } from '../../../training/baselines/index.ts';
import { edgeList } from '../../src/blade/helpers.ts';

/** Evidence of at most so many distinct edges between products at random. */
export function randomLinks(nodeCount: number, edges: number, trend?: Float32Array, seed = 1): Evidence {
  const random = new Random(seed);
  const all = Array.from({ length: edges }, () => [random.integer(nodeCount), random.integer(nodeCount)] as const);
  const distinct = [...new Map(all.filter(([u, v]) => u !== v).map((pair) => [pair.join(), pair])).values()];
  const none = new Uint32Array(nodeCount);
  return linkEvidence({
    nodeCount,
    bought: buildCsr(edgeList(distinct), nodeCount),
    viewed: null,
    buyers: none,
    viewers: none,
    ...(trend === undefined ? {} : { trend }),
  });
}
