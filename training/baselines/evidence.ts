import type { SparseFeatures } from '../../src/catalogue/index.ts';
import type { EventLog } from '../../src/events/types.ts';
import {
  basketsOf,
  buildCsr,
  type CsrGraph,
  edgesOf,
  type ProductGraph,
  purchaseBaskets,
  rowOf,
} from '../../src/graph/index.ts';
import type { Evidence, Reading } from './types.ts';

/** Evidence from a training graph whose other edges are held out: each source's targets are a basket. */
export function linkEvidence(graph: ProductGraph, features: SparseFeatures | null = null): Evidence {
  const { viewed } = graph;
  return {
    ...plainLinks(graph, features),
    readings: {
      'with-self': () => selfLinks(graph, features),
      ...(viewed === null
        ? {}
        : { 'co-views': () => plainLinks({ ...graph, bought: unionOf(graph.bought, viewed) }, features) }),
    },
  };
}

/**
 * Evidence from a log that ends where the test begins: what each customer bought is a basket.
 * @param presets the log's graphs under other presets.
 */
export function logEvidence(
  graph: ProductGraph,
  log: EventLog,
  features: SparseFeatures | null = null,
  presets: Readonly<Partial<Record<Reading, ProductGraph>>> = {},
): Evidence {
  const others = Object.entries(presets).map(([name, other]) => [name, () => plainLinks(other, features)] as const);
  return {
    kind: 'log',
    graph,
    baskets: purchaseBaskets(log),
    profile: (context) => context,
    features,
    readings: { edges: () => plainLinks(graph, features), ...Object.fromEntries(others) },
  };
}

function plainLinks(graph: ProductGraph, features: SparseFeatures | null): Evidence {
  const { bought, nodeCount } = graph;
  return {
    kind: 'links',
    graph,
    baskets: {
      count: nodeCount,
      productCount: nodeCount,
      offsets: bought.outOffsets,
      products: bought.outTargets,
      inverseOffsets: bought.inOffsets,
      inverseBaskets: bought.inSources,
    },
    profile: (context) => {
      if (context.length === 1) return rowOf(bought.outOffsets, bought.outTargets, context[0]!);
      const union = new Set<number>();
      for (const product of context) for (const v of rowOf(bought.outOffsets, bought.outTargets, product)) union.add(v);
      return Uint32Array.from(union).sort();
    },
    features,
    readings: {},
  };
}

function selfLinks(graph: ProductGraph, features: SparseFeatures | null): Evidence {
  const { bought, nodeCount } = graph;
  const rows = Array.from({ length: nodeCount }, (_, u) => {
    const row = rowOf(bought.outOffsets, bought.outTargets, u);
    return row.length === 0 ? row : Uint32Array.from([...row, u]).sort();
  });
  const offsets = new Uint32Array(nodeCount + 1);
  rows.forEach((row, u) => {
    offsets[u + 1] = offsets[u]! + row.length;
  });
  const products = new Uint32Array(offsets[nodeCount]!);
  rows.forEach((row, u) => {
    products.set(row, offsets[u]!);
  });
  return {
    ...plainLinks(graph, features),
    baskets: basketsOf(offsets, products, nodeCount),
    profile: (context) => {
      const union = new Set<number>(context);
      for (const product of context) for (const v of rowOf(bought.outOffsets, bought.outTargets, product)) union.add(v);
      return Uint32Array.from(union).sort();
    },
  };
}

/** Both graphs' edges; one that is in both has the first one's count and weight. */
function unionOf(first: CsrGraph, second: CsrGraph): CsrGraph {
  const { nodeCount } = first;
  const [a, b] = [edgesOf(first), edgesOf(second)];
  const known = new Set(Array.from(a.source, (u, i) => u * nodeCount + a.target[i]!));
  const fresh = Uint32Array.from(b.source.keys()).filter((i) => !known.has(b.source[i]! * nodeCount + b.target[i]!));
  const join = <T extends Uint32Array | Float32Array>(one: T, two: T): T => {
    const joined = new (one.constructor as new (length: number) => T)(one.length + fresh.length);
    joined.set(one);
    fresh.forEach((i, at) => {
      joined[one.length + at] = two[i]!;
    });
    return joined;
  };
  return buildCsr(
    {
      source: join(a.source, b.source),
      target: join(a.target, b.target),
      weight: join(a.weight, b.weight),
      count: join(a.count, b.count),
    },
    nodeCount,
  );
}

/** Scores of zero become "not recommended": without evidence there is no recommendation. */
export function dropZeros(out: Float32Array): void {
  for (let v = 0; v < out.length; v++) if (out[v] === 0) out[v] = Number.NEGATIVE_INFINITY;
}
