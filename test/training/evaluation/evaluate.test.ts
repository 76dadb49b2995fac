import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { evaluationData } from '../../../data/index.ts';
import type { Catalogue } from '../../../src/catalogue/index.ts';
import type { CommandHost } from '../../../src/context.ts';
import { type EventLog, eventTypes } from '../../../src/events/types.ts';
import { buildCsr, type EdgeList, hasEdge, splitEdges } from '../../../src/graph/index.ts';
import type { EventDataset, LinkDataset } from '../../../src/metrics/index.ts';
import { Random } from '../../../src/random.ts';
import { openBackend } from '../../../src/tensor/index.ts';
import { evaluateCommand, splitList } from '../../../training/commands/evaluate.ts';
import { refreshConfigurationOf } from '../../../training/configuration.ts';
import {
  type EvaluationData,
  evaluateTask,
  modelNames,
  nonEdges,
  renderResult,
  spreadOf,
} from '../../../training/evaluation/index.ts';
import { quietContext } from '../../quiet-context.ts';
import { product } from '../../src/catalogue/products.ts';

const context = quietContext();
const backend = await openBackend({ prefer: 'wasm' }, context.logger);

const phones = 20;
const productCount = 60;
/** Phone p → the cases of its own five brands; never the reverse. */
const pairs = Array.from({ length: phones }, (_, phone) =>
  Array.from({ length: 8 }, (_, i) => [phone, phones + (phone % 5) * 8 + i] as const),
).flat();
const edges: EdgeList = {
  source: Uint32Array.from(pairs, ([u]) => u),
  target: Uint32Array.from(pairs, ([, v]) => v),
  weight: new Float32Array(pairs.length).fill(1),
  count: new Uint32Array(pairs.length).fill(1),
};
const graph = buildCsr(edges, productCount);
const links: LinkDataset = {
  name: 'planted',
  productCount,
  edges,
  viewed: null,
  features: null,
  catalogue: null,
  splitCount: 3,
  split: async (index) => ({
    ...splitEdges(graph, { train: 0.75, validation: 0.05, test: 0.2 }, index),
    validationNegatives: null,
    testNegatives: null,
  }),
};

/** 200 customers buy a phone and, later, cases of its brand. */
function plantedLog(): EventLog {
  const random = new Random(5);
  const rows: [number, number, number][] = [];
  for (let customer = 0; customer < 200; customer++) {
    const phone = random.integer(phones);
    const start = random.integer(900);
    rows.push([customer, start, phone]);
    for (let i = 0; i < 3; i++)
      rows.push([customer, start + 20 + 40 * i, phones + (phone % 5) * 8 + random.integer(8)]);
  }
  rows.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  const day = 86_400;
  return {
    customerCount: 200,
    productCount,
    customer: Uint32Array.from(rows, (row) => row[0]),
    time: Uint32Array.from(rows, (row) => 1e9 + (row[1] * day) / 20),
    product: Uint32Array.from(rows, (row) => row[2]),
    type: new Uint8Array(rows.length).fill(eventTypes.indexOf('purchase')),
  };
}
const catalogue: Catalogue = {
  products: Array.from({ length: productCount }, (_, node) => {
    const title = node < phones ? `phone ${node % 5}` : `case ${Math.floor((node - phones) / 8)}`;
    return product(String(node).padStart(3, '0'), { title });
  }),
};
const temporal: EventDataset = { name: 'planted-log', log: plantedLog(), catalogueBefore: async () => catalogue };
const data: EvaluationData = {
  links: { planted: async () => links },
  temporal: { 'planted-log': async () => temporal },
};
const configuration = refreshConfigurationOf({
  blade: { dimension: 8, optimiser: { epochs: 8 }, validation: { every: 4 } },
});
const request = { task: 'planted', splits: [0, 2], seed: 1 } as const;

const withoutFeatures = modelNames.filter((name) => name !== 'features-only');

describe('evaluateTask', () => {
  it('measures every model on held-out edges, and direction shows', async () => {
    const result = await evaluateTask(request, configuration, data, { context, backend });
    expect(Object.keys(result.models)).toEqual(withoutFeatures);
    expect(result).toMatchObject({
      task: 'planted',
      splits: [0, 2],
      skipped: { 'features-only': 'there are no features' },
      learningSeconds: { ease: [expect.any(Number), expect.any(Number)] },
    });
    expect(result.models['degree-product']!['direction-accuracy']).toEqual({ mean: 1, std: 0 });
    expect(result.models['item-cosine']!['hr@10']!.mean).toBeGreaterThan(0.9);
    expect(result.models.oneway!['direction-accuracy']!.mean).toBeGreaterThan(0.9);
    // Both ways score the same up to the last bit, which rounding decides.
    expect(Math.abs(result.models.symmetric!['direction-accuracy']!.mean - 0.5)).toBeLessThan(0.2);
    for (const metrics of Object.values(result.models)) {
      for (const { mean } of Object.values(metrics)) expect(Number.isFinite(mean)).toBe(true);
    }
    const text = renderResult(result);
    for (const name of modelNames) expect(text).toContain(name);
    expect(text).toMatch(/HR@10.*MRR@10/);
    expect(text).toMatch(/Direction[\s\S]*accuracy[\s\S]*Hits@100/);
    expect(text).not.toContain('Cold start');
  });

  it('measures the temporal task with every model, the same twice', async () => {
    const run = () =>
      evaluateTask({ task: 'planted-log', splits: [0], seed: 1 }, configuration, data, { context, backend });
    const [first, second] = [await run(), await run()];
    expect(Object.keys(first.models)).toEqual(modelNames);
    expect(first.models.conditional!['hr@10']!.mean).toBeGreaterThan(first.models.popularity!['hr@10']!.mean);
    for (const [name, metrics] of Object.entries(first.models)) {
      for (const [metric, spread] of Object.entries(metrics)) {
        if (metric !== 'learning-seconds') expect(second.models[name]![metric], `${name} ${metric}`).toEqual(spread);
      }
    }
  });

  it('takes on a log the preset that validation prefers, as if it had been asked for alone', async () => {
    const log = { task: 'planted-log', splits: [0], seed: 1, models: ['oneway', 'symmetric'] } as const;
    const settings = { blade: { dimension: 8, optimiser: { epochs: 8 }, validation: { every: 4 } } };
    const untaught = { ...settings, blade: { ...settings.blade, optimiser: { epochs: 1, learningRate: 1e-9 } } };
    const of = (preset: string, given: object) => refreshConfigurationOf({ ...given, preset });
    const tools = { context, backend };
    for (const [better, worse] of [
      ['relations', 'next-purchase'],
      ['next-purchase', 'relations'],
    ] as const) {
      const good = of(better, settings);
      const [first, second] = better === 'relations' ? [good, of(worse, untaught)] : [of(worse, untaught), good];
      const both = await evaluateTask({ ...log, alternatives: [second] }, first, data, tools);
      const alone = await evaluateTask(log, good, data, tools);
      expect(both.configuration).toMatchObject({
        presets: { oneway: better, symmetric: better },
        blade: good.blade,
        graph: good.graph,
      });
      expect(alone.configuration).not.toHaveProperty('presets');
      for (const name of log.models) {
        expect(both.models[name]!['hr@10'], `${better} ${name}`).toEqual(alone.models[name]!['hr@10']);
      }
    }
  });

  it('refuses unknown tasks, models and splits', async () => {
    const wrong = [{ task: 'toString' }, { task: 'other' }, { models: ['magic'] }, { models: [] }, { splits: [3] }];
    for (const part of wrong) {
      await expect(
        evaluateTask({ ...request, ...part }, configuration, data, { context, backend }),
        JSON.stringify(part),
      ).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    }
  });

  it('refuses a cold start of a log', async () => {
    const cold = { task: 'planted-log', splits: [0], seed: 1, cold: true };
    await expect(evaluateTask(cold, configuration, data, { context, backend })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('stops on the signal', async () => {
    const stopped = { ...context, signal: AbortSignal.abort() };
    await expect(evaluateTask(request, configuration, data, { context: stopped, backend })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe('nonEdges', () => {
  it('draws distinct pairs without an edge, the same for the same seed, and stops on a complete graph', () => {
    const drawn = nonEdges(graph, 500, new Random(1));
    expect(drawn).toEqual(nonEdges(graph, 500, new Random(1)));
    const keys = new Set(Array.from(drawn.source, (u, i) => u * productCount + drawn.target[i]!));
    expect(keys.size).toBe(500);
    for (let i = 0; i < 500; i++) {
      expect(drawn.source[i]).not.toBe(drawn.target[i]);
      expect(hasEdge(graph, drawn.source[i]!, drawn.target[i]!)).toBe(false);
    }
    const both = { ...edges, source: Uint32Array.of(0, 1), target: Uint32Array.of(1, 0) };
    expect(
      nonEdges(
        buildCsr({ ...both, weight: edges.weight.slice(0, 2), count: edges.count.slice(0, 2) }, 2),
        9,
        new Random(1),
      ).source,
    ).toHaveLength(0);
  });
});

describe('spreadOf', () => {
  it('gives mean and sample deviation, none for one run, and takes what is there', () => {
    expect(spreadOf([{ a: 1, b: 5 }, { a: 3 }])).toEqual({
      a: { mean: 2, std: Math.SQRT2 },
      b: { mean: 5, std: null },
    });
    expect(spreadOf([])).toEqual({});
  });
});

describe('oneway evaluate', () => {
  const run = async (from: EvaluationData, ...args: string[]) => {
    const lines: string[] = [];
    const host: CommandHost = { open: () => context, print: (line) => lines.push(line) };
    const program = new Command('oneway').exitOverride().configureOutput({ writeErr: () => {} });
    evaluateCommand(program, host, from);
    await program.parseAsync(['evaluate', ...args], { from: 'user' });
    return lines;
  };

  const runCommand = (...args: string[]) => run(data, ...args);

  it('takes a list of edges and the features beside it by path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oneway-evaluate-'));
    try {
      const file = join(folder, 'edges.csv');
      await writeFile(file, `from,to\n${pairs.map(([u, v]) => `p${u},p${v}`).join('\n')}\np1,p1\n`);
      const rows = Array.from(
        { length: productCount },
        (_, v) => `p${v},${v < phones ? 'phone' : 'case'} kind${v % 5}`,
      );
      await writeFile(join(folder, 'features.csv.gz'), gzipSync(`node,features\n${rows.join('\n')}\n`));
      const models = ['--models', 'three-hop,features-only,nearest-warm'];
      const printed = await run(evaluationData, file, '--splits', '3', '--cold', '--json', ...models);
      expect(JSON.parse(printed.at(-1)!)).toMatchObject({
        splits: [3],
        configuration: { data: { selfLoops: 1, nodes: 60, edges: 160 }, baselines: { 'three-hop': {} } },
        models: {
          'three-hop': { 'direction-accuracy': { mean: 1, std: null } },
          'features-only': { 'cold-hr@10': { mean: expect.any(Number), std: null } },
          'nearest-warm': { 'cold-mrr@20': { mean: expect.any(Number), std: null } },
        },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('prints one JSON object, or a table', async () => {
    const models = ['--models', 'popularity,degree-product'];
    const json = await runCommand('planted', '--splits', '0-1', '--json', ...models);
    expect(json).toHaveLength(1);
    expect(JSON.parse(json[0]!)).toMatchObject({
      task: 'planted',
      splits: [0, 1],
      models: { popularity: { 'hr@10': { mean: expect.any(Number), std: expect.any(Number) } } },
      peakMemoryBytes: expect.any(Number),
    });
    expect((await runCommand('planted', ...models)).join('\n')).toMatch(/model\s+HR@5/);
  });

  it('refuses what it cannot read', async () => {
    await expect(runCommand('planted', '--splits', '3-1')).rejects.toThrow();
    await expect(runCommand('planted', '--seed', '-1')).rejects.toThrow();
    await expect(runCommand()).rejects.toThrow();
  });

  it('reads split lists', () => {
    expect(splitList('0-3,2,7')).toEqual([0, 1, 2, 3, 7]);
    for (const text of ['', 'a', '1-', '-1', '1,,2', '5-2', '1.5']) expect(() => splitList(text), text).toThrow();
  });
});
