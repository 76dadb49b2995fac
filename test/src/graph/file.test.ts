import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildProductGraph,
  defaultGraphConfiguration,
  type ProductGraph,
  pairEvents,
  readGraph,
  writeGraph,
} from '../../../src/graph/index.ts';
import { readSafetensors, type Tensor, writeSafetensors } from '../../../src/storage/index.ts';
import { type LoggedEvent, logOf, quietContext } from './logs.ts';

const purchases: readonly LoggedEvent[] = [
  [0, 0, 'purchase', 0],
  [0, 1, 'purchase', 60],
  [0, 2, 'purchase', 120],
];
const views: readonly LoggedEvent[] = [
  [0, 0, 'view', 0],
  [0, 3, 'view', 60],
];

function graphOf(events: readonly LoggedEvent[]): ProductGraph {
  const configuration = { ...defaultGraphConfiguration, minimumSupport: 1, minimumSurprise: 0, minimumCoViews: 1 };
  return buildProductGraph(pairEvents(logOf(events, 1, 5), configuration, quietContext()), 5);
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oneway-graph-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('writeGraph and readGraph', () => {
  it.each([
    ['with views', graphOf([...purchases, ...views])],
    ['without views', graphOf(purchases)],
    ['with a trend', { ...graphOf(purchases), trend: Float32Array.of(0, -0.5, 1.25, 0, 3) }],
  ])('keep a graph %s, byte for byte the same twice', async (name, graph) => {
    const [first, second] = [join(folder, `${name}.1`), join(folder, `${name}.2`)];
    await writeGraph(first, graph);
    await writeGraph(second, await readGraph(first));
    expect(await readGraph(second)).toEqual(graph);
    expect(await readFile(second)).toEqual(await readFile(first));
  });

  it('refuse a trend that is cut or not finite', async () => {
    const path = join(folder, 'trend');
    for (const trend of [new Float32Array(4), Float32Array.of(0, 1, Number.NaN, 0, 0)]) {
      await writeGraph(path, { ...graphOf(purchases), trend });
      await expect(readGraph(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    }
  });

  it('keep a graph without nodes', async () => {
    const rows = { nodeCount: 0, edgeCount: 0 };
    const none = new Uint32Array(0);
    const graph: ProductGraph = {
      nodeCount: 0,
      bought: {
        ...rows,
        outOffsets: new Uint32Array(1),
        outTargets: none,
        outWeights: new Float32Array(0),
        outCounts: none,
        inOffsets: new Uint32Array(1),
        inSources: none,
        inWeights: new Float32Array(0),
        inCounts: none,
      },
      viewed: null,
      buyers: none,
      viewers: none,
    };
    await writeGraph(join(folder, 'none'), graph);
    expect(await readGraph(join(folder, 'none'))).toEqual(graph);
  });

  it('tell a missing file, a cut one and another format', async () => {
    await expect(readGraph(join(folder, 'absent'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    const path = join(folder, 'cut');
    await writeGraph(path, graphOf(purchases));
    await truncate(path, (await readFile(path)).length - 4);
    await expect(readGraph(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await writeFile(path, '');
    await expect(readGraph(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
    await writeSafetensors(path, { source: { shape: [1], data: Float32Array.of(1) } }, { format: 'embeddings' });
    await expect(readGraph(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });

  const damages: readonly [string, Record<string, Tensor | null>, Record<string, string>?][] = [
    ['a target outside', { 'bought.targets': { shape: [3], data: Uint32Array.of(1, 9, 2) } }],
    ['a self-loop', { 'bought.targets': { shape: [3], data: Uint32Array.of(0, 2, 2) } }],
    ['targets that do not ascend', { 'bought.targets': { shape: [3], data: Uint32Array.of(2, 1, 2) } }],
    ['parallel edges', { 'bought.targets': { shape: [3], data: Uint32Array.of(1, 1, 2) } }],
    ['rows that go back', { 'bought.offsets': { shape: [6], data: Uint32Array.of(0, 2, 1, 3, 3, 3) } }],
    ['a row past the edges', { 'bought.offsets': { shape: [6], data: Uint32Array.of(0, 2, 9, 3, 3, 3) } }],
    ['rows that begin late', { 'bought.offsets': { shape: [6], data: Uint32Array.of(1, 2, 3, 3, 3, 3) } }],
    ['a weight of NaN', { 'bought.weights': { shape: [3], data: Float32Array.of(1, Number.NaN, 1) } }],
    ['too few weights', { 'bought.weights': { shape: [2], data: Float32Array.of(1, 1) } }],
    ['counts of another type', { 'bought.counts': { shape: [3], data: Float32Array.of(1, 1, 1) } }],
    ['no buyers', { buyers: null }],
    ['half of the views', { 'viewed.offsets': { shape: [6], data: new Uint32Array(6) } }],
    ['another node count', {}, { nodeCount: '4' }],
    ['a senseless node count', {}, { nodeCount: '-1' }],
    ['another version', {}, { version: '2' }],
  ];
  it.each(damages)('refuse %s', async (name, changes, notes = {}) => {
    const path = join(folder, name);
    await writeGraph(path, graphOf(purchases));
    const { tensors, metadata } = await readSafetensors(path);
    const damaged = Object.entries({ ...tensors, ...changes }).filter(
      (entry): entry is [string, Tensor] => entry[1] !== null,
    );
    await writeSafetensors(path, Object.fromEntries(damaged), { ...metadata, ...notes });
    await expect(readGraph(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT' });
  });
});
