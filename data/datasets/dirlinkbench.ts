import path from 'node:path';
import { OnewayError } from '../../src/errors.ts';
import { buildCsr } from '../../src/graph/index.ts';
import type { EdgeList } from '../../src/graph/types.ts';
import type { LinkDataset, LinkSplit } from '../../src/metrics/index.ts';
import { type BagOfWordsOptions, bagOfWords } from './bag-of-words.ts';
import { plainEdges } from './edges.ts';
import { dataRoot, parseNode, readGzippedCsv } from './files.ts';

export type DirLinkBenchName = 'amazon_photo' | 'cora_ml';

export interface DirLinkBenchOptions extends BagOfWordsOptions {
  /** Folder of the data sets; see {@link dataRoot}. */
  readonly folder?: string;
}

/**
 * A graph of DirLinkBench (arXiv 2502.05724) with its bag-of-words features and ten published splits.
 * @throws OnewayError `DATA_ABSENT`, `FILE_CORRUPT`.
 */
export async function loadDirLinkBench(
  name: DirLinkBenchName,
  options: DirLinkBenchOptions = {},
): Promise<LinkDataset> {
  const folder = path.join(dataRoot(options.folder), 'dirlinkbench', name);
  const featureRows = await readGzippedCsv(path.join(folder, 'features.csv.gz'), ['node', 'features']);
  const productCount = featureRows.length;
  const bags: number[][] = Array.from({ length: productCount }, () => []);
  featureRows.forEach(([node, words], i) => {
    bags[parseNode(node!, productCount, 'features.csv.gz', i + 2)] =
      words === '' ? [] : words!.split(' ').map((word) => Number(word));
  });
  const edgeRows = await readGzippedCsv(path.join(folder, 'edges.csv.gz'), ['source', 'target']);
  const node = (text: string, row: number): number => parseNode(text, productCount, 'edges.csv.gz', row + 2);
  const edges = plainEdges(
    edgeRows.map((row, i) => node(row[0]!, i)),
    edgeRows.map((row, i) => node(row[1]!, i)),
  );
  return {
    name,
    productCount,
    edges,
    viewed: null,
    features: bagOfWords(bags, options),
    catalogue: null,
    splitCount: 10,
    split: (index) => readSplit(folder, index, edges, productCount),
  };
}

async function readSplit(folder: string, index: number, edges: EdgeList, productCount: number): Promise<LinkSplit> {
  const file = path.join(folder, 'splits', `${index}.csv.gz`);
  const rows = await readGzippedCsv(file, ['set', 'label', 'source', 'target']);
  const parts = new Map<string, { source: number[]; target: number[] }>(
    ['val1', 'val0', 'test1', 'test0'].map((key) => [key, { source: [], target: [] }]),
  );
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
    part.source.push(u);
    part.target.push(v);
    if (label === '1') held.add(u * productCount + v);
  });
  const train = { source: [] as number[], target: [] as number[] };
  for (let i = 0; i < edges.source.length; i++) {
    if (held.has(edges.source[i]! * productCount + edges.target[i]!)) continue;
    train.source.push(edges.source[i]!);
    train.target.push(edges.target[i]!);
  }
  const listOf = (key: string): EdgeList => plainEdges(parts.get(key)!.source, parts.get(key)!.target);
  return {
    train: buildCsr(plainEdges(train.source, train.target), productCount),
    validation: listOf('val1'),
    test: listOf('test1'),
    validationNegatives: listOf('val0'),
    testNegatives: listOf('test0'),
  };
}
