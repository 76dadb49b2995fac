import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeFeatures } from '../../../data/datasets/node-features.ts';
import { bagOfWords, evaluationData, loadDirLinkBench } from '../../../data/index.ts';
import { hasEdge } from '../../../src/graph/index.ts';
import { quietContext } from '../../quiet-context.ts';

const context = quietContext();
let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'oneway-forms-'));
  const folder = path.join(root, 'dirlinkbench', 'tiny-2');
  await mkdir(path.join(folder, 'splits'), { recursive: true });
  await writeFile(path.join(folder, 'edges.csv.gz'), gzipSync('source,target\n0,1\n1,2\n2,3\n2,2\n3,0\n'));
  const split = 'set,label,source,target\nval,1,0,1\nval,0,1,0\ntest,1,1,2\ntest,1,2,2\ntest,0,3,1\n';
  await writeFile(path.join(folder, 'splits', '0.csv.gz'), gzipSync(split));
  await mkdir(path.join(root, 'snap'));
  const ring = Array.from({ length: 30 }, (_, i) => `${i},${(i + 1) % 30}`).join('\n');
  await writeFile(path.join(root, 'snap', 'ring.csv.gz'), gzipSync(`src,dst\n${ring}\n5,5\n`));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('any folder of DirLinkBench’s form', () => {
  it('is read without features too, and without its self-loops', async () => {
    const dataset = await loadDirLinkBench('tiny-2', { folder: root });
    expect(dataset).toMatchObject({ productCount: 4, features: null, splitCount: 1, account: { selfLoops: 1 } });
    const { train, validation, test, testNegatives } = await dataset.split(0, context);
    expect(train.edgeCount).toBe(2);
    expect([...test.source]).toEqual([1]);
    expect([...testNegatives!.source]).toEqual([3]);
    for (const { source, target } of [validation, test]) expect(hasEdge(train, source[0]!, target[0]!)).toBe(false);
  });
});

describe('task families', () => {
  const open = (task: string) => evaluationData.families.map((family) => family.open(task)).find((one) => one !== null);

  it('find what lies in the data folder, and lists of edges by their path', async () => {
    const options = { folder: root, seed: 1 };
    expect((await open('dirlinkbench/tiny-2')!(options, context)).productCount).toBe(4);
    expect(await open('snap/ring')!(options, context)).toMatchObject({ name: 'snap/ring', account: { selfLoops: 1 } });
    const byPath = path.join(root, 'snap', 'ring.csv.gz');
    expect((await open(byPath)!(options, context)).productCount).toBe(30);
    await expect(open('snap/absent')!(options, context)).rejects.toMatchObject({ code: 'DATA_ABSENT' });
    const folder = path.join(root, 'dirlinkbench', 'tiny-2');
    expect(await open(folder)!(options, context)).toMatchObject({ name: 'tiny-2', splitCount: 1 });
    await expect(open('./absent.csv')!(options, context)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('never lead out of the data folder', () => {
    for (const task of ['dirlinkbench/', 'dirlinkbench/..', 'snap/../x', 'snap/.hidden', 'snap/a/b', 'other'])
      expect(open(task), task).toBeUndefined();
  });
});

describe('node features', () => {
  const of = (texts: readonly string[]) =>
    nodeFeatures(
      'f.csv',
      texts.map((text, i) => [String(i), text]),
      texts.length,
      (id) => Number(id),
      {},
    ).features;

  it('are word numbers, words, pairs, or plain values', () => {
    expect([...of(['2 0', '1']).indices]).toEqual([0, 2, 1]);
    expect([...of(['bag red', 'red', '']).offsets]).toEqual([0, 2, 3, 3]);
    const pairs = of(['1:3 0:4', '2:-1']);
    expect([...pairs.indices]).toEqual([0, 1, 2]);
    expect(pairs.values).toEqual(Float32Array.of(0.8, 0.6, -1));
    const dense = of(['0.3 0.0 0.4', '', '-1.0 0 0']);
    expect([...dense.offsets]).toEqual([0, 2, 2, 3]);
    expect(dense.values[0]).toBeCloseTo(0.6);
  });

  it('name the row that does not fit', () => {
    for (const texts of [['0.5 0.5', '0.5'], ['0:1 0:2'], ['0:x']]) {
      expect(() => of(texts), String(texts)).toThrowError(
        expect.objectContaining({
          code: 'FILE_CORRUPT',
          details: expect.objectContaining({ row: expect.any(Number) }),
        }),
      );
    }
  });

  it('weigh words by the known rows alone when asked', () => {
    const bags = [
      [0, 1],
      [0, 2],
      [0, 1, 3],
      [1, 1, 1],
    ];
    const fitted = bagOfWords(bags, { tfIdf: true, known: (row) => row < 2 });
    // Word 0 is in every known row, word 3 in none: both say nothing. Row 3 may hold what it likes.
    expect([...fitted.indices]).toEqual([1, 2, 1, 1]);
    const other = bagOfWords([...bags.slice(0, 3), [2, 3]], { tfIdf: true, known: (row) => row < 2 });
    expect([...other.values.subarray(0, 3)]).toEqual([...fitted.values.subarray(0, 3)]);
  });
});
