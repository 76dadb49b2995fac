import { writeFile } from 'node:fs/promises';
import { buildCsr, type CsrGraph, type EdgeList, edgesOf, type ProductGraph } from '../src/graph/index.ts';
import { Random } from '../src/random.ts';

type Ends = Pick<EdgeList, 'source' | 'target'>;

/** A graph as the peers read it: u32 of products, edges, test edges, test non-edges, then sources and targets of each. */
export async function writeGraphFile(
  path: string,
  graph: CsrGraph,
  tests: readonly [Ends, Ends] | null,
): Promise<void> {
  const none = { source: new Uint32Array(0), target: new Uint32Array(0) };
  const lists = [edgesOf(graph), ...(tests ?? [none, none])];
  const head = Uint32Array.of(graph.nodeCount, ...lists.map(({ source }) => source.length));
  await writeFile(path, Buffer.concat([head, ...lists.flatMap(({ source, target }) => [source, target])].map(bytesOf)));
}

function bytesOf(values: Uint32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Edges between random products: sources alike, targets with a long tail of popularity. The same for the same sizes. */
export function randomGraph(products: number, edgesPerProduct: number): CsrGraph {
  const random = new Random(1);
  const count = products * edgesPerProduct;
  const source = Uint32Array.from({ length: count }, () => random.integer(products));
  const target = Uint32Array.from({ length: count }, () => Math.floor(products * random.uniform() ** 1.5));
  const ones = { weight: new Float32Array(count).fill(1), count: new Uint32Array(count).fill(1) };
  return buildCsr({ source, target, ...ones }, products);
}

export function productGraph(bought: CsrGraph): ProductGraph {
  const { nodeCount } = bought;
  return { nodeCount, bought, viewed: null, buyers: new Uint32Array(nodeCount), viewers: new Uint32Array(nodeCount) };
}
