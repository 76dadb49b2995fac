import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Progress, silentProgress } from '../../src/context.ts';
import { ownAdapter } from '../../src/events/index.ts';
import { hasEdge, readGraph } from '../../src/graph/index.ts';
import { Recommender } from '../../src/lookup/index.ts';
import { currentRelease, openRelease, Workspace } from '../../src/release/index.ts';
import { sha256File } from '../../src/storage/index.ts';
import { type RefreshOutcome, type ReportData, refresh, refreshConfigurationOf } from '../../training/index.ts';
import { readHeldOut } from '../../training/stages/held-out.ts';
import { type PlantedFiles, quietContext, requestFor, tinyConfiguration, writePlantedShop } from './planted-shop.ts';

const stageNames = ['ingest', 'graph', 'train', 'embed', 'index', 'lists', 'evaluate', 'report', 'publish'];

describe('refresh', () => {
  let root: string;
  let files: PlantedFiles;
  let workspace: Workspace;
  let first: RefreshOutcome;
  const configuration = refreshConfigurationOf(tinyConfiguration);

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'oneway-refresh-'));
    files = await writePlantedShop(join(root, 'shop'));
    workspace = new Workspace(join(root, 'workspace'));
    first = await refresh(requestFor(files), configuration, workspace, quietContext());
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  const runFile = (outcome: RefreshOutcome, ...names: string[]) => join(workspace.run(outcome.run), ...names);

  it('takes every stage and publishes a release that verifies', async () => {
    expect(first.stages.map((stage) => stage.stage)).toEqual(stageNames);
    expect(first.stages.every((stage) => !stage.resumed && stage.seconds >= 0 && stage.peakMemoryBytes > 0)).toBe(true);
    expect(await currentRelease(workspace)).toBe(first.release);
    const release = await openRelease(workspace);
    expect(release.manifest).toMatchObject({ run: first.run, seed: 1, parent: null });
    expect(release.manifest.counts.products).toBe(120);
    expect(release.manifest.gates.every((gate) => gate.verdict !== 'failed')).toBe(true);
    expect(Object.keys(release.manifest.versions)).toContain('node');
    expect(release.manifest.chance?.pairs).toBeGreaterThan(50);
    expect(Array.from({ length: 120 }, (_, node) => release.products.copy(node))).toEqual(
      files.world.catalogue.products,
    );
  });

  it('recommends in the planted direction', async () => {
    const recommender = new Recommender(await openRelease(workspace));
    const { world } = files;
    const typesAfter = (id: string) =>
      recommender.related(id, { k: 5 }).results.map(({ product }) => world.typeOf(world.nodeOf(product.id)));
    let right = 0;
    for (let number = 1; number <= 10; number++) {
      const id = `phone-${String(number).padStart(4, '0')}`;
      const results = recommender.related(id, { k: 5 }).results.map(({ product }) => world.nodeOf(product.id));
      if (results.some((node) => world.isRelated(world.nodeOf(id), node))) right++;
      expect(typesAfter(id.replace('phone', 'case'))).not.toContain('phone');
    }
    expect(right).toBeGreaterThanOrEqual(8);
  });

  it('writes a report with every part measured', async () => {
    const data = JSON.parse(await readFile(runFile(first, 'report', 'report.json'), 'utf8')) as ReportData;
    for (const part of ['data', 'graph', 'training', 'ranking', 'direction', 'index', 'gates', 'examples'] as const) {
      expect(data[part], part).not.toBeNull();
    }
    expect(data.data?.rows).toBe(files.world.log.customer.length);
    expect(data.ranking?.models.map((model) => model.name)).toEqual(['oneway', 'popularity', 'conditional']);
    expect(data.direction?.models.map((model) => model.name)).toContain('degree-product');
    expect(data.examples).toHaveLength(6);
    const html = await readFile(first.report, 'utf8');
    expect(html).not.toContain('What each choice is worth');
    expect(html.startsWith('<!doctype html>')).toBe(true);
    expect(await sha256File(join(workspace.release(first.release), 'report.html'))).toBe(
      await sha256File(first.report),
    );
  });

  it('shows the measured model no held-out edge', async () => {
    const train = await readGraph(runFile(first, 'graph', 'train-graph.safetensors'));
    const full = await readGraph(runFile(first, 'graph', 'graph.safetensors'));
    const { validation, test } = await readHeldOut(runFile(first, 'graph', 'held-out.safetensors'));
    expect(test.source.length).toBeGreaterThan(20);
    for (const { source, target } of [validation, test]) {
      for (let i = 0; i < source.length; i++) {
        expect(hasEdge(train.bought, source[i]!, target[i]!)).toBe(false);
        expect(hasEdge(full.bought, source[i]!, target[i]!)).toBe(true);
      }
    }
    expect(train.bought.edgeCount + validation.source.length + test.source.length).toBe(full.bought.edgeCount);
    const published = await sha256File(runFile(first, 'embed', 'embeddings.safetensors'));
    expect(await sha256File(runFile(first, 'embed', 'train-embeddings.safetensors'))).not.toBe(published);
  });

  it('has nothing left to do for the same request', async () => {
    const again = await refresh(requestFor(files), configuration, workspace, quietContext());
    expect(again.stages.every((stage) => stage.resumed)).toBe(true);
    expect(again.run).toBe(first.run);
    expect(again.release).toBe(first.release);
  });

  it('gives the same embeddings for the same seed and others for another', async () => {
    const hashes: string[] = [];
    for (const seed of [1, 2]) {
      const elsewhere = new Workspace(join(root, `seed-${seed}`));
      const outcome = await refresh(requestFor(files, seed), configuration, elsewhere, quietContext());
      hashes.push(await sha256File(join(elsewhere.release(outcome.release), 'embeddings.safetensors')));
    }
    expect(hashes[0]).toBe(await sha256File(join(workspace.release(first.release), 'embeddings.safetensors')));
    expect(hashes[1]).not.toBe(hashes[0]);
  });

  it('refuses a release whose gate fails, keeps the old one and still writes the report', async () => {
    const strict = refreshConfigurationOf({ ...tinyConfiguration, gates: { minimumHitRate: 1 } });
    const request = { ...requestFor(files), run: 'strict' };
    await expect(refresh(request, strict, workspace, quietContext())).rejects.toMatchObject({
      code: 'GATE_FAILED',
      hint: expect.stringContaining(join('strict', 'report', 'report.html')),
    });
    expect(await currentRelease(workspace)).toBe(first.release);
    const html = await readFile(join(workspace.run('strict'), 'report', 'report.html'), 'utf8');
    expect(html).toContain('hit-rate');
  });

  it('goes on after the changed stage only, in a named run', async () => {
    const loose = refreshConfigurationOf({ ...tinyConfiguration, gates: { minimumHitRate: 0 } });
    const outcome = await refresh({ ...requestFor(files), run: 'strict' }, loose, workspace, quietContext());
    expect(outcome.stages.filter((stage) => !stage.resumed).map((stage) => stage.stage)).toEqual(['report', 'publish']);
    expect(await currentRelease(workspace)).toBe(outcome.release);
    expect((await openRelease(workspace)).manifest.parent).toBe(first.release);
  });

  it('measures variants and ablations when asked', async () => {
    const whole = refreshConfigurationOf({
      ...tinyConfiguration,
      evaluation: {
        ...tinyConfiguration.evaluation,
        variants: ['symmetric', 'fixed-sampling'],
        ablations: ['symmetric', 'one-hop', 'd-32'],
      },
    });
    const outcome = await refresh({ ...requestFor(files), run: 'strict' }, whole, workspace, quietContext());
    const data = JSON.parse(await readFile(runFile(outcome, 'report', 'report.json'), 'utf8')) as ReportData;
    expect(data.ranking?.models.map((model) => model.name)).toEqual([
      'oneway',
      'symmetric',
      'fixed-sampling',
      'popularity',
      'conditional',
    ]);
    const symmetric = data.direction?.models.find((model) => model.name === 'symmetric');
    expect(symmetric?.pairwise.mean).toBeLessThan(0.75);
    const ablation = data.ablation!;
    expect(ablation.rows.map(({ name }) => name)).toEqual(['symmetric', 'one-hop', 'd-32']);
    const hitRate = (name: string) =>
      data.ranking!.models.find((model) => model.name === name)!.scores!['hr@10']!.mean!;
    expect(ablation.full.test['hr@10']!.mean).toBe(hitRate('oneway'));
    expect(ablation.rows[0]!.test['hr@10']!.mean).toBeCloseTo(hitRate('symmetric') - hitRate('oneway'), 12);
    expect(Object.keys(ablation.rows[1]!.test)).toEqual(expect.arrayContaining(['mrr@10', 'direction-accuracy']));
    expect(await readFile(outcome.report, 'utf8')).toContain('What each choice is worth');
    expect((await readdir(workspace.run('strict'))).sort()).toEqual([...stageNames, 'journals.json'].sort());
  });

  it('stopped between two ablations, trains only the others again', async () => {
    const asked = refreshConfigurationOf({
      ...tinyConfiguration,
      evaluation: { ...tinyConfiguration.evaluation, ablations: ['one-hop', 'no-penalty'] },
    });
    const request = { ...requestFor(files), run: 'strict' };
    const controller = new AbortController();
    const begun: string[] = [];
    const progress: Progress = {
      ...silentProgress,
      start: (task) => {
        if (begun.push(task) && begun.filter((one) => one === 'train').length === 2) controller.abort();
      },
    };
    const stopping = { ...quietContext(controller.signal), progress };
    await expect(refresh(request, asked, workspace, stopping)).rejects.toMatchObject({ code: 'ABORTED' });
    begun.length = 0;
    const counting = {
      ...quietContext(),
      progress: { ...silentProgress, start: (task: string) => void begun.push(task) },
    };
    const outcome = await refresh(request, asked, workspace, counting);
    expect(begun.filter((task) => task === 'train')).toHaveLength(1);
    const data = JSON.parse(await readFile(runFile(outcome, 'report', 'report.json'), 'utf8')) as ReportData;
    expect(data.ablation!.rows.map(({ name }) => name)).toEqual(['one-hop', 'no-penalty']);
    expect((await readdir(workspace.run('strict'))).filter((name) => name.startsWith('measured'))).toEqual([]);
  });

  it('stops on the signal and resumes training where the next call finds it', async () => {
    const controller = new AbortController();
    const progress: Progress = {
      ...silentProgress,
      start: (task) => {
        if (task === 'train') controller.abort();
      },
    };
    const request = { ...requestFor(files, 3), run: 'stopped' };
    const stopping = { ...quietContext(controller.signal), progress };
    await expect(refresh(request, configuration, workspace, stopping)).rejects.toMatchObject({ code: 'ABORTED' });
    const outcome = await refresh(request, configuration, workspace, quietContext());
    expect(outcome.stages.filter((stage) => stage.resumed).map((stage) => stage.stage)).toEqual(['ingest', 'graph']);
  });

  it('lets one refresh at a time into a workspace', async () => {
    const both = await Promise.allSettled([
      refresh({ ...requestFor(files, 4), run: 'busy' }, configuration, workspace, quietContext()),
      refresh({ ...requestFor(files, 4), run: 'busy' }, configuration, workspace, quietContext()),
    ]);
    const refused = both.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: 'WORKSPACE_BUSY' });
  });

  it('keeps as many runs and releases as it is told', async () => {
    const thrifty = refreshConfigurationOf({ ...tinyConfiguration, release: { keep: 1, keepRuns: 1 } });
    const outcome = await refresh({ ...requestFor(files), run: 'thrifty' }, thrifty, workspace, quietContext());
    expect(await readdir(workspace.runs)).toEqual(['thrifty']);
    expect(await readdir(workspace.releases)).toEqual([outcome.release]);
    expect((await openRelease(workspace)).manifest.id).toBe(outcome.release);
  });

  it('publishes without held-out edges, with the gates that need them skipped', async () => {
    const all = refreshConfigurationOf({ ...tinyConfiguration, split: { train: 1, validation: 0, test: 0 } });
    const outcome = await refresh({ ...requestFor(files), run: 'all' }, all, workspace, quietContext());
    const verdict = (name: string) => outcome.gates.find((gate) => gate.name === name)?.verdict;
    expect([verdict('hit-rate'), verdict('direction')]).toEqual(['skipped', 'skipped']);
    const html = await readFile(outcome.report, 'utf8');
    expect(html).toContain('too few to judge by');
  });

  it('takes the smallest shop there can be', async () => {
    const events = join(root, 'smallest.csv');
    const rows = [1, 2].flatMap((customer) => [
      `c${customer},before,purchase,1700000000`,
      `c${customer},after,purchase,1700100000`,
    ]);
    await writeFile(events, ['customer,product,type,time', ...rows].join('\n'));
    const request = { source: { events: [events], adapter: ownAdapter }, seed: 1, backend: 'wasm' } as const;
    const smallest = new Workspace(join(root, 'smallest'));
    const { graph } = configuration;
    await refresh(request, { ...configuration, graph: { ...graph, minimumSurprise: 0 } }, smallest, quietContext());
    const recommender = new Recommender(await openRelease(smallest));
    expect(recommender.related('before').results.map(({ product }) => product.id)).toEqual(['after']);
    expect(recommender.related('after').results).toEqual([]);
  });

  it('says so when no relation is left', async () => {
    const events = join(root, 'lonely.csv');
    await writeFile(events, 'customer,product,type,time\nc1,one,purchase,1700000000\n');
    const request = { source: { events: [events], adapter: ownAdapter }, seed: 1, backend: 'wasm' } as const;
    await expect(
      refresh(request, configuration, new Workspace(join(root, 'lonely')), quietContext()),
    ).rejects.toMatchObject({ code: 'GRAPH_EMPTY' });
  });

  describe('with files that are wrong', () => {
    let serving: string | null;

    beforeAll(async () => {
      serving = await currentRelease(workspace);
    });

    async function expectRefused(given: Pick<PlantedFiles, 'events' | 'catalogue'>, code: string): Promise<void> {
      const failing = refresh({ ...requestFor(given), run: 'broken' }, configuration, workspace, quietContext());
      await expect(failing).rejects.toMatchObject({ code });
      expect(await currentRelease(workspace)).toBe(serving);
      await openRelease(workspace);
    }

    it('names a file that is not there', async () => {
      await expectRefused({ ...files, events: join(root, 'absent.csv') }, 'FILE_NOT_FOUND');
    });

    it('refuses a cut compressed file', async () => {
      const cut = join(root, 'cut.csv.gz');
      await pipeline(createReadStream(files.events), createGzip(), createWriteStream(cut));
      await truncate(cut, Math.floor((await stat(cut)).size / 2));
      await expectRefused({ ...files, events: cut }, 'EVENTS_INVALID');
    });

    it('refuses an empty file', async () => {
      const empty = join(root, 'empty.csv');
      await writeFile(empty, '');
      await expectRefused({ ...files, events: empty }, 'EVENTS_EMPTY');
    });

    it('refuses a file with a head and no row', async () => {
      const bare = join(root, 'bare.csv');
      await writeFile(bare, 'customer,product,type,time\n');
      await expectRefused({ ...files, events: bare }, 'EVENTS_EMPTY');
    });

    it('refuses a catalogue with a wrong column', async () => {
      const wrong = join(root, 'wrong.csv');
      await writeFile(wrong, 'sku,title\nphone-0001,A phone\n');
      await expectRefused({ ...files, catalogue: wrong }, 'CATALOGUE_INVALID');
    });
  });
});
