import { watch } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentRelease, openRelease, Workspace } from '../../src/release/index.ts';
import { sha256File } from '../../src/storage/index.ts';
import type { RefreshOutcome } from '../../training/index.ts';
import { type PlantedFiles, tinyConfiguration, writePlantedShop } from '../training/planted-shop.ts';
import { CommandLine, type Ended } from './built.ts';

const stageNames = ['ingest', 'graph', 'train', 'embed', 'index', 'lists', 'evaluate', 'report', 'publish'] as const;

interface DemoAnswer {
  readonly results: readonly { readonly product: { readonly id: string } }[];
}

describe('oneway, as a process', () => {
  const oneway = new CommandLine();
  let root: string;
  let files: PlantedFiles;
  let workspace: Workspace;
  let configuration: string;
  let first: Ended;

  const refresh = (...more: string[]) => [
    'refresh',
    ...['--workspace', workspace.root, '--adapter', 'oneway', '--events', files.events, '--catalogue', files.catalogue],
    ...['--configuration', configuration, '--backend', 'wasm', '--json', ...more],
  ];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'oneway-bin-'));
    workspace = new Workspace(join(root, 'workspace'));
    configuration = join(root, 'refresh.json');
    await writeFile(configuration, JSON.stringify(tinyConfiguration));
    files = await writePlantedShop(join(root, 'shop'), 600);
    await oneway.build();
    first = await oneway.run(refresh());
  });
  afterAll(async () => {
    await oneway.remove();
    await rm(root, { recursive: true, force: true });
  });

  it('refreshes: one JSON object on standard output, everything else on standard error', async () => {
    expect(first.errors).not.toContain('error ');
    expect(first.code).toBe(0);
    const outcome = JSON.parse(first.output) as RefreshOutcome;
    expect(await currentRelease(workspace)).toBe(outcome.release);
    expect(outcome.stages.map(({ stage }) => stage)).toEqual(stageNames);
  });

  it('recommends, in a table and as JSON', async () => {
    const table = await oneway.run(['recommend', 'phone-0001', '--workspace', workspace.root, '-k', '3']);
    expect(table.code).toBe(0);
    expect(table.output).toMatch(/case-\d{4}/);
    expect(table.output.trim().split('\n')).toHaveLength(6);
    const before = await oneway.run(['recommend', 'case-0001', '--before', '--workspace', workspace.root, '-k', '3']);
    expect(before.output).toMatch(/^goes before case-0001/);
    expect(before.output).toMatch(/phone-\d{4} .* \d+ % \(\d+–\d+\)/);
    const json = await oneway.run(['recommend', 'phone-0001', '--similar', '--json', '--workspace', workspace.root]);
    expect(JSON.parse(json.output)).toMatchObject({ relation: 'similar', context: [{ id: 'phone-0001' }] });
  });

  it('ends with 1 on a coded error, without a stack unless asked', async () => {
    const plain = await oneway.run(['recommend', 'nothing', '--workspace', workspace.root]);
    expect(plain).toMatchObject({ code: 1, output: '' });
    expect(plain.errors).toMatch(/^error PRODUCT_UNKNOWN: .*\n {2}hint: /);
    expect(plain.errors).not.toContain('    at ');
    const verbose = await oneway.run(['recommend', 'nothing', '--workspace', workspace.root, '--verbose']);
    expect(verbose.errors).toContain('    at ');
  });

  it('ends with 2 on a wrong command line', async () => {
    expect((await oneway.run(['refresh', '--nope'])).code).toBe(2);
  });

  it('ends with 3 when a gate fails; the old release stays', async () => {
    const serving = await currentRelease(workspace);
    const strict = join(root, 'strict.json');
    await writeFile(strict, JSON.stringify({ ...tinyConfiguration, gates: { minimumHitRate: 1 } }));
    const ended = await oneway.run([...refresh(), '--configuration', strict]);
    expect(ended.errors).toContain('error GATE_FAILED');
    expect(ended.code).toBe(3);
    expect(await currentRelease(workspace)).toBe(serving);
  });

  it('ends with 130 on SIGINT, cleanly: the next command resumes', async () => {
    const run = await watched('interrupted');
    const ended = await oneway.run(refresh('--run', 'interrupted', '--seed', '5'), (child) =>
      run.when('train.tmp', () => child.kill('SIGINT')),
    );
    run.close();
    expect(ended.code).toBe(130);
    expect(ended.errors).toContain('error ABORTED');
    const again = await oneway.run(refresh('--run', 'interrupted', '--seed', '5'));
    const outcome = JSON.parse(again.output) as RefreshOutcome;
    expect(outcome.stages.filter(({ resumed }) => resumed).map(({ stage }) => stage)).toEqual(['ingest', 'graph']);
  });

  it('survives SIGKILL in every stage: current is always whole, and the same command finishes with the same bytes', async () => {
    const before = await currentRelease(workspace);
    const moments = stageNames.map((stage) => `${stage}.tmp`);
    moments.splice(stageNames.indexOf('train') + 1, 0, 'checkpoint-model');
    for (const moment of moments) {
      const run = await watched('killed');
      const ended = await oneway.run(refresh('--run', 'killed', '--seed', '7'), (child) =>
        run.when(moment, () => child.kill('SIGKILL')),
      );
      run.close();
      expect(ended.signal, moment).toBe('SIGKILL');
      const { manifest } = await openRelease(workspace);
      if (moment !== 'publish.tmp') expect(manifest.id).toBe(before);
    }
    const last = await oneway.run(refresh('--run', 'killed', '--seed', '7'));
    expect(last.code).toBe(0);
    const outcome = JSON.parse(last.output) as RefreshOutcome;
    expect(outcome.stages.filter(({ resumed }) => resumed).map(({ stage }) => stage)).toEqual(stageNames.slice(0, -1));
    expect((await openRelease(workspace)).manifest).toMatchObject({ id: outcome.release, run: 'killed', seed: 7 });

    const straight = new Workspace(join(root, 'straight'));
    const undisturbed = await oneway.run([...refresh('--seed', '7'), '--workspace', straight.root]);
    expect(undisturbed.code).toBe(0);
    const embeddings = (one: Workspace) => sha256File(join(one.current, 'embeddings.safetensors'));
    expect(await embeddings(workspace)).toBe(await embeddings(straight));
  }, 240_000);

  it('demonstrates: from nothing to a service that answers in the right direction, on the next free port', async () => {
    const taken = createServer();
    await new Promise<void>((ready) => taken.listen(0, '127.0.0.1', ready));
    const { port } = taken.address() as AddressInfo;
    const folder = join(root, 'demo');
    const said: string[] = [];
    const answers: { readonly status: number; readonly body: DemoAnswer }[] = [];
    const ended = await oneway.run(
      ['demo', '--folder', folder, '--products', '200', '--port', String(port)],
      (child) => {
        child.stdout?.on('data', async (chunk: Buffer) => {
          said.push(chunk.toString());
          if (!said.join('').includes('Ctrl-C')) return;
          for (const [, address] of said.join('').matchAll(/curl '([^']+)'/g)) {
            const response = await fetch(address!);
            answers.push({ status: response.status, body: (await response.json()) as DemoAnswer });
          }
          child.kill('SIGINT');
        });
      },
    );
    taken.close();
    expect(ended.code).toBe(0);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const [phone, follower] = answers;
    const typesOf = (answer: DemoAnswer | undefined) => answer?.results.map(({ product }) => product.id.split('-')[0]);
    // A shop of 200 products has no ten accessories for each phone: what fills the list may be anything but what comes before.
    expect(typesOf(phone?.body)).toContain('case');
    expect(typesOf(phone?.body)?.slice(0, 3)).not.toContain('phone');
    expect(typesOf(follower?.body)).not.toContain('phone');
    expect(said.join('')).not.toContain(`:${port}/`);

    const again = await oneway.run(['demo', '--folder', folder, '--products', '200', '--no-serve']);
    expect(again.code).toBe(0);
    expect(again.errors).toContain('publish: reused');
  }, 240_000);

  it('checks the machine', async () => {
    const ended = await oneway.run(['doctor', '--json', '--workspace', workspace.root]);
    expect(ended.code).toBe(0);
    const checks = JSON.parse(ended.output) as { readonly name: string; readonly verdict: string }[];
    expect(checks.find(({ name }) => name === 'backend wasm')?.verdict).toBe('ok');
    expect(checks.find(({ name }) => name === 'workspace')?.verdict).toBe('ok');
  });

  /** Tells when something appears in a run's folder: an unfinished stage, a checkpoint. */
  async function watched(run: string) {
    const folder = workspace.run(run);
    await mkdir(folder, { recursive: true });
    const watcher = watch(folder);
    return {
      when: (beginning: string, act: () => void) =>
        watcher.on('change', (kind, name) => {
          if (kind === 'rename' && String(name).startsWith(beginning)) act();
        }),
      close: () => watcher.close(),
    };
  }
});
