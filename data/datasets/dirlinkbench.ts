import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import { OnewayError } from '../../src/errors.ts';
import { buildCsr } from '../../src/graph/index.ts';
import type { EdgeList } from '../../src/graph/types.ts';
import type { LinkDataset, LinkSplit } from '../../src/metrics/index.ts';
import type { BagOfWordsOptions } from './bag-of-words.ts';
import { plainEdges } from './edges.ts';
import { dataRoot, parseNode, readGzippedCsv } from './files.ts';
import { nodeFeatures } from './node-features.ts';

export interface DirLinkBenchOptions extends BagOfWordsOptions {
  /** Folder of the data sets; see {@link dataRoot}. */
  readonly folder?: string;
}

/**
 * A graph of DirLinkBench (arXiv 2502.05724) with its published splits, and its bag-of-words features if it has any: any folder `dirlinkbench/<name>`
 * of the form `edges.csv.gz`, `features.csv.gz` (optional), `splits/0.csv.gz` and on. Self-loops are left out.
 * @throws OnewayError `DATA_ABSENT`, `FILE_CORRUPT`.
 */
export async function loadDirLinkBench(name: string, options: DirLinkBenchOptions = {}): Promise<LinkDataset> {
  return readBenchmarkFolder(path.join(dataRoot(options.folder), 'dirlinkbench', name), options);
}

/** {@link loadDirLinkBench} of a folder wherever it lies. */
export async function readBenchmarkFolder(folder: string, options: BagOfWordsOptions = {}): Promise<LinkDataset> {
  const edgeFile = path.join(folder, 'edges.csv.gz');
  const edgeRows = await readGzippedCsv(edgeFile, ['source', 'target']);
  const featureFile = path.join(folder, 'features.csv.gz');
  const featureRows = (await exists(featureFile)) ? await readGzippedCsv(featureFile, ['node', 'features']) : null;
  const productCount = featureRows?.length ?? nodeCountOf(edgeRows);
  const pairs = cleanPairs(
    edgeRows.map(([source, target], i) => [
      parseNode(source!, productCount, edgeFile, i + 2),
      parseNode(target!, productCount, edgeFile, i + 2),
    ]),
  );
  const edges = listOf(pairs);
  const described =
    featureRows === null
      ? null
      : nodeFeatures(
          featureFile,
          featureRows,
          productCount,
          (id, row) => parseNode(id, productCount, featureFile, row),
          options,
        );
  return {
    name: path.basename(folder),
    productCount,
    edges,
    viewed: null,
    features: described?.features ?? null,
    ...(described?.refit === undefined ? {} : { refit: described.refit }),
    catalogue: null,
    account: {
      rows: edgeRows.length,
      selfLoops: edgeRows.length - pairs.length,
      nodes: productCount,
      edges: pairs.length,
    },
    splitCount: await splitCountOf(folder),
    split: (index) => readSplit(folder, index, edges, productCount),
  };
}

type Pair = readonly [source: number, target: number];

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function nodeCountOf(rows: readonly (readonly string[])[]): number {
  return rows.reduce((largest, row) => Math.max(largest, Number(row[0]) + 1 || 0, Number(row[1]) + 1 || 0), 0);
}

function cleanPairs(pairs: readonly Pair[]): readonly Pair[] {
  return pairs.filter(([u, v]) => u !== v);
}

function listOf(pairs: readonly Pair[]): EdgeList {
  return plainEdges(
    pairs.map(([u]) => u),
    pairs.map(([, v]) => v),
  );
}

/** Splits 0, 1, 2, … without a gap. */
async function splitCountOf(folder: string): Promise<number> {
  const names = new Set(await readdir(path.join(folder, 'splits')).catch(() => []));
  let count = 0;
  while (names.has(`${count}.csv.gz`)) count++;
  return count;
}

async function readSplit(folder: string, index: number, edges: EdgeList, productCount: number): Promise<LinkSplit> {
  const file = path.join(folder, 'splits', `${index}.csv.gz`);
  const rows = await readGzippedCsv(file, ['set', 'label', 'source', 'target']);
  const parts = new Map<string, Pair[]>(['val1', 'val0', 'test1', 'test0'].map((key) => [key, []]));
  const held = new Set<number>();
  rows.forEach(([set, label, source, target], i) => {
    const part = parts.get(`${set}${label}`);
    if (part === undefined) {
      throw new OnewayError('FILE_CORRUPT', `${file}, row ${i + 2}: unknown set “${set}” or label “${label}”.`, {
        details: { file, row: i + 2 },
      });
    }
    const u = parseNode(source!, productCount, file, i + 2);
    const v = parseNode(target!, productCount, file, i + 2);
    part.push([u, v]);
    if (label === '1') held.add(u * productCount + v);
  });
  const train: Pair[] = [];
  for (let i = 0; i < edges.source.length; i++) {
    const u = edges.source[i]!;
    const v = edges.target[i]!;
    if (!held.has(u * productCount + v)) train.push([u, v]);
  }
  const part = (key: string): EdgeList => listOf(cleanPairs(parts.get(key)!));
  return {
    train: buildCsr(listOf(train), productCount),
    validation: part('val1'),
    test: part('test1'),
    validationNegatives: part('val0'),
    testNegatives: part('test0'),
  };
}
