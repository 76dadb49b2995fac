import { access } from 'node:fs/promises';
import path from 'node:path';
import type { RunContext } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { LinkDataset } from '../../src/metrics/index.ts';
import { readEdgeList } from './edge-list.ts';
import { type NodeFeatures, readNodeFeatures } from './node-features.ts';
import { seededSplits } from './seeded-splits.ts';

/** A test part of less says nothing, and validation would be empty. */
const fewestEdges = 20;

export interface EdgeGraphOptions {
  /** Name of the task in messages. @default the file's name */
  readonly name?: string;
  /** Split i is drawn with seed + i. */
  readonly seed: number;
}

/**
 * Any list of directed edges ({@link readEdgeList}) as a task, split 75/5/20 by edge. Features are read from the file beside it: `features.csv.gz` beside
 * `edges.csv.gz`, `shop.features.csv.gz` beside `shop.csv.gz` (also without `.gz`); see {@link readNodeFeatures}.
 * @throws OnewayError what those throw; `GRAPH_EMPTY` below 20 edges.
 */
export async function loadEdgeGraph(
  file: string,
  options: EdgeGraphOptions,
  context: RunContext,
): Promise<LinkDataset> {
  const name = options.name ?? path.basename(file);
  context.progress.start(`read ${name}`);
  const { ids, edges, account } = await readEdgeList(file, context);
  context.progress.end();
  const productCount = ids.length;
  const found = { ...account, nodes: productCount, edges: edges.source.length };
  context.logger.info(found, `read ${name}`);
  if (edges.source.length < fewestEdges) {
    throw new OnewayError('GRAPH_EMPTY', `${file} holds ${edges.source.length} edges, too few to split.`, {
      hint: `At least ${fewestEdges} are needed.`,
      details: { file, ...found },
    });
  }
  const features = await featuresBeside(file, ids);
  return {
    name,
    productCount,
    edges,
    viewed: null,
    features: features?.features ?? null,
    ...(features?.refit === undefined ? {} : { refit: features.refit }),
    catalogue: null,
    account: found,
    ...seededSplits(edges, productCount, options.seed),
  };
}

async function featuresBeside(file: string, ids: readonly string[]): Promise<NodeFeatures | null> {
  const folder = path.dirname(file);
  const stem = path.basename(file).replace(/(?:\.(?:csv|tsv|txt))?(?:\.gz)?$/, '');
  const names = stem === 'edges' ? ['features'] : [`${stem}.features`];
  for (const name of names.flatMap((one) => [`${one}.csv.gz`, `${one}.csv`])) {
    const candidate = path.join(folder, name);
    if (
      await access(candidate).then(
        () => false,
        () => true,
      )
    )
      continue;
    const nodeOf = new Map(ids.map((id, node) => [id, node]));
    return readNodeFeatures(candidate, ids.length, (id) => nodeOf.get(id) ?? null, { tfIdf: true });
  }
  return null;
}
