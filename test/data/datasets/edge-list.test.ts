import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadEdgeGraph, readEdgeList } from '../../../data/index.ts';
import { edgesOf, hasEdge } from '../../../src/graph/index.ts';
import { quietContext } from '../../quiet-context.ts';

const context = quietContext();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'oneway-edges-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function put(content: string | Uint8Array, name = `${files++}.csv`): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}
const read = async (content: string | Uint8Array) => {
  const { ids, edges, account } = await readEdgeList(await put(content), context);
  return { pairs: Array.from(edges.source, (u, i) => `${ids[u]}>${ids[edges.target[i]!]}`), ids, account };
};

describe('readEdgeList', () => {
  it.each([
    ['commas and a header', 'source,target\na,b\nb,c\n'],
    ['other names, other order', 'To_Node_ID;From_Node_ID\nb;a\nc;b'],
    ['tabs', 'src\tdst\tweight\na\tb\t0.5\nb\tc\t1\n'],
    ['blanks', 'u v\na   b\nb c\n'],
    ['quotes, a byte-order mark and Windows lines', '\uFEFF"from","to"\r\n"a","b"\r\n"b","c"\r\n'],
    ['comments and empty lines', '# a graph\n% of two edges\nsource,target\n\na,b\n# more\nb,c\n\n'],
    ['columns that it does not need', 'rank,citing_paper,x,cited_paper\n1,a,,b\n2,b,,c\n'],
    ['gzip, whatever the ending', gzipSync('source,target\na,b\nb,c')],
  ])('takes %s', async (_, content) => {
    expect((await read(content)).pairs).toEqual(['a>b', 'b>c']);
  });

  it('takes whole numbers without a header, as numbers', async () => {
    const { pairs, ids } = await read('10 9\n9 100\n');
    expect(ids).toEqual(['9', '10', '100']);
    expect(pairs).toEqual(['9>100', '10>9']);
  });

  it('drops self-loops and merges duplicates, and counts both', async () => {
    const { pairs, ids, account } = await read('source,target\na,a\na,b\na,b\nc,c\na,b\nb,a\nc,c\n');
    expect(pairs).toEqual(['a>b', 'b>a']);
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(account).toEqual({ rows: 7, selfLoops: 3, duplicates: 2 });
  });

  it('reads back any graph, in whatever order its rows stand', async () => {
    const id = fc.stringMatching(/^[A-Za-z0-9é ,"]{1,6}$/).filter((text) => text.trim() === text && text !== '');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(id, id), { minLength: 1, maxLength: 20 }), async (rows) => {
        fc.pre(rows.some(([u, v]) => u !== v));
        const quoted = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
        const forward = await read(['source,target', ...quoted].join('\n'));
        const expected = new Set(rows.filter(([u, v]) => u !== v).map(([u, v]) => `${u}>${v}`));
        expect(new Set(forward.pairs)).toEqual(expected);
        expect(forward.pairs).toHaveLength(expected.size);
        expect(await read(['source,target', ...quoted.reverse()].join('\n'))).toEqual(forward);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['nothing', '', 'GRAPH_EMPTY'],
    ['only a header', 'source,target\n', 'GRAPH_EMPTY'],
    ['only self-loops', 'source,target\na,a\n', 'GRAPH_EMPTY'],
    ['one column', 'source\na\n', 'EDGES_INVALID'],
    ['columns of no known name', 'asin,price\nB1,2\n', 'EDGES_INVALID'],
    ['a row without an end', 'source,target\na,b\na,\n', 'EDGES_INVALID'],
    ['a cut row', 'source,target\na,b\nc', 'EDGES_INVALID'],
    ['a cut archive', gzipSync('source,target\na,b\n').subarray(0, 24), 'FILE_CORRUPT'],
  ])('refuses %s', async (_, content, code) => {
    await expect(read(content)).rejects.toMatchObject({ code });
  });

  it('names file and row', async () => {
    const file = await put('# note\nsource,target\na,b\n ,b\n');
    await expect(readEdgeList(file, context)).rejects.toMatchObject({ details: { file, row: 4 } });
    await expect(readEdgeList(path.join(folder, 'absent.csv'), context)).rejects.toMatchObject({ code: 'DATA_ABSENT' });
  });
});

describe('loadEdgeGraph', () => {
  const ring = Array.from({ length: 40 }, (_, i) => `n${i},n${(i + 1) % 40}`);
  const text = `source,target\n${ring.join('\n')}\nn1,n1\n`;

  it('splits 75/5/20, each split another draw, and no held-out edge is in training', async () => {
    const dataset = await loadEdgeGraph(await put(text), { seed: 3 }, context);
    expect(dataset).toMatchObject({
      productCount: 40,
      features: null,
      account: { selfLoops: 1, nodes: 40, edges: 40 },
    });
    const splits = await Promise.all([0, 1].map((index) => dataset.split(index, context)));
    for (const { train, validation, test } of splits) {
      expect([train.edgeCount, validation.source.length, test.source.length]).toEqual([30, 2, 8]);
      for (const held of [validation, test]) {
        held.source.forEach((u, i) => {
          expect(hasEdge(train, u, held.target[i]!)).toBe(false);
        });
      }
    }
    expect(edgesOf(splits[0]!.train).source).not.toEqual(edgesOf(splits[1]!.train).source);
    const again = await loadEdgeGraph(await put(text), { seed: 4 }, context);
    expect((await again.split(0, context)).test).toEqual(splits[1]!.test);
  });

  it('takes the features beside it by id, whatever their order', async () => {
    const file = await put(text, 'shop.csv');
    await put(gzipSync('node,features\nn2,red bag\nelsewhere,red\nn1,red\nn3,\n'), 'shop.features.csv.gz');
    const { features, refit } = await loadEdgeGraph(file, { seed: 1 }, context);
    const lengths = Array.from(features!.offsets.subarray(1), (end, i) => end - features!.offsets[i]!);
    // Nodes n0, n1, n10, …: code-unit order.
    expect([lengths[1], lengths[12], lengths[23]]).toEqual([1, 2, 0]);
    expect(refit).toBeDefined();
  });

  it('refuses graphs too small to split', async () => {
    await expect(loadEdgeGraph(await put('source,target\na,b\n'), { seed: 1 }, context)).rejects.toMatchObject({
      code: 'GRAPH_EMPTY',
    });
  });
});
