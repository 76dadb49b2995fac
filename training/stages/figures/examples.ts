import type { Embeddings } from '../../../src/blade/index.ts';
import type { Catalogue, Product } from '../../../src/catalogue/index.ts';
import { type CsrGraph, edgeIndex, inDegrees, outDegrees, type ProductGraph } from '../../../src/graph/index.ts';
import { ExactIndex, type Neighbours } from '../../../src/index/index.ts';
import { isShown } from '../../../src/lookup/index.ts';
import type { Example, ExampleResult } from '../../report/index.ts';

/** Results shown per direction. */
const shown = 5;
/** Example products of one leaf category at most, so that a best-selling category does not fill the page. */
const perCategory = 2;

/** Best-selling products of many categories, what goes well after each, and what each goes well after. */
export function exampleProducts(
  catalogue: Catalogue,
  graph: ProductGraph,
  embeddings: Embeddings,
  count: number,
): readonly Example[] {
  const { products } = catalogue;
  const { dimension, source, target } = embeddings;
  const targets = new ExactIndex(target, embeddings.count, dimension);
  const sources = new ExactIndex(source, embeddings.count, dimension);
  const outgoing = outDegrees(graph.bought);
  const incoming = inDegrees(graph.bought);
  const vector = (vectors: Float32Array, node: number) => vectors.subarray(node * dimension, (node + 1) * dimension);
  const describe = (found: Neighbours, customers: (node: number) => number | null): ExampleResult[] =>
    Array.from(found.ids, (node, rank) => ({
      id: products[node]!.id,
      title: products[node]!.title,
      score: found.scores[rank]!,
      customers: customers(node),
    }));
  return chooseProducts(products, graph, outgoing, count).map((node) => {
    const accept = (other: number) => other !== node && isShown(products[other]!);
    return {
      product: { id: products[node]!.id, title: products[node]!.title },
      outDegree: outgoing[node]!,
      inDegree: incoming[node]!,
      recommended: describe(targets.search(vector(source, node), shown, accept), (other) =>
        customersOf(graph.bought, node, other),
      ),
      reverse: describe(sources.search(vector(target, node), shown, accept), (other) =>
        customersOf(graph.bought, other, node),
      ),
    };
  });
}

function customersOf(graph: CsrGraph, from: number, to: number): number | null {
  const edge = edgeIndex(graph, from, to);
  return edge < 0 ? null : graph.outCounts[edge]!;
}

function chooseProducts(
  products: readonly Product[],
  graph: ProductGraph,
  outgoing: Uint32Array,
  count: number,
): readonly number[] {
  const candidates = products.map((_, node) => node).filter((node) => isShown(products[node]!) && outgoing[node]! > 0);
  candidates.sort((a, b) => graph.buyers[b]! - graph.buyers[a]! || a - b);
  const taken = new Map<string, number>();
  const chosen: number[] = [];
  for (const node of candidates) {
    if (chosen.length === count) break;
    const { category } = products[node]!;
    const key = category.join('\u0000');
    const already = taken.get(key) ?? 0;
    if (category.length > 0 && already >= perCategory) continue;
    taken.set(key, already + 1);
    chosen.push(node);
  }
  return chosen;
}
