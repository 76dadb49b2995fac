import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadAmazonBeauty, loadDirLinkBench, loadOnlineRetail } from '../../../data/index.ts';
import { edgesOf, hasEdge } from '../../../src/graph/index.ts';
import type { EdgeList } from '../../../src/graph/types.ts';
import { quietContext } from '../../quiet-context.ts';

const folder = process.env.ONEWAY_SHARED_DATA ?? '../shared/data';
const context = quietContext();

const keys = (edges: Pick<EdgeList, 'source' | 'target'>, n: number): Set<number> =>
  new Set(Array.from(edges.source, (u, i) => u * n + edges.target[i]!));

describe.skipIf(!existsSync(path.join(folder, 'dirlinkbench')))(`DirLinkBench in ${folder}`, () => {
  it('has the published sizes, and its splits partition the edges', async () => {
    const dataset = await loadDirLinkBench('cora_ml', { folder, tfIdf: true });
    expect([dataset.productCount, dataset.edges.source.length]).toEqual([2810, 8229]);
    expect(dataset.features).toMatchObject({ rows: 2810, columns: 2879 });
    const split = await dataset.split(3, context);
    const all = keys(dataset.edges, 2810);
    const parts = [edgesOf(split.train), split.validation, split.test].map((part) => keys(part, 2810));
    expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(all.size);
    expect(new Set(parts.flatMap((part) => [...part]))).toEqual(all);
    for (const key of keys(split.testNegatives!, 2810)) expect(all.has(key)).toBe(false);
  });

  it('has no split beyond the published ones', async () => {
    const dataset = await loadDirLinkBench('cora_ml', { folder });
    await expect(dataset.split(10, context)).rejects.toMatchObject({ code: 'DATA_ABSENT' });
  });
});

describe.skipIf(!existsSync(path.join(folder, 'amazon-beauty')))(`Amazon Beauty in ${folder}`, () => {
  it('has the sizes of its description, sorted products and repeatable splits', async () => {
    const dataset = await loadAmazonBeauty({ folder, seed: 4 });
    expect([dataset.productCount, dataset.edges.source.length]).toEqual([12101, 239344]);
    const names = dataset.catalogue!.products.map(({ id }) => id);
    expect(names).toEqual([...names].sort());
    const split = await dataset.split(0, context);
    expect([split.train.edgeCount, split.validation.source.length, split.test.source.length]).toEqual([
      179508, 11967, 47869,
    ]);
    for (let i = 0; i < 1000; i++)
      expect(hasEdge(split.train, split.test.source[i]!, split.test.target[i]!)).toBe(false);
    const again = await (await loadAmazonBeauty({ folder, seed: 3 })).split(1, context);
    expect(again.test.source).toEqual(split.test.source);
  });
});

describe.skipIf(!existsSync(path.join(folder, 'online-retail')))(`Online Retail in ${folder}`, () => {
  it('is a log of purchases, and its catalogue knows nothing of later days', async () => {
    const dataset = await loadOnlineRetail({ folder }, context);
    const { log } = dataset;
    expect(log.customerCount).toBeGreaterThan(4000);
    const end = Date.UTC(2011, 5, 1) / 1000;
    const { products } = await dataset.catalogueBefore(end, context);
    expect(products).toHaveLength(log.productCount);
    const ids = products.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    const soldBefore = new Set(log.product.filter((_, i) => log.time[i]! < end));
    const described = products.filter(({ title }) => title !== '');
    expect(described.length).toBeGreaterThan(2500);
    for (const node of soldBefore) expect(products[node]!.title).not.toBe('');
    const none = await dataset.catalogueBefore(0, context);
    expect(none.products.every(({ title, price }) => title === '' && price === null)).toBe(true);
  });
});
