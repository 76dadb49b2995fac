import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunContext } from '../../../src/context.ts';
import { runStages, type Stage } from '../../../training/pipeline/index.ts';
import { quietContext } from '../../quiet-context.ts';

interface Notebook {
  readonly runs: string[];
  readonly inputs: Record<string, unknown>;
  failing?: string;
}

function stage(name: string): Stage<Notebook> {
  return {
    name,
    inputs: (notebook) => notebook.inputs[name] ?? null,
    run: async (folder, notebook, finished) => {
      await writeFile(join(folder, 'half.txt'), 'half');
      if (notebook.failing === name) throw new Error(`${name} breaks`);
      notebook.runs.push(name);
      await writeFile(join(folder, 'out.txt'), finished.map((one) => one.stage).join(','));
    },
  };
}

const stages = ['one', 'two', 'three'].map(stage);

describe('runStages', () => {
  let folder: string;
  let context: RunContext;
  let controller: AbortController;

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'oneway-runner-')), 'run');
    controller = new AbortController();
    context = quietContext(controller.signal);
  });
  afterEach(async () => {
    await rm(join(folder, '..'), { recursive: true, force: true });
  });

  it('runs every stage once and then none', async () => {
    const notebook: Notebook = { runs: [], inputs: {} };
    const first = await runStages(stages, folder, notebook, context);
    expect(notebook.runs).toEqual(['one', 'two', 'three']);
    expect(first.every((outcome) => !outcome.resumed)).toBe(true);
    expect(await readFile(join(folder, 'three', 'out.txt'), 'utf8')).toBe('one,two');
    const second = await runStages(stages, folder, notebook, context);
    expect(notebook.runs).toHaveLength(3);
    expect(second.every((outcome) => outcome.resumed)).toBe(true);
    expect(second.map((outcome) => outcome.hash)).toEqual(first.map((outcome) => outcome.hash));
  });

  it('runs a changed stage and all after it', async () => {
    const notebook: Notebook = { runs: [], inputs: {} };
    await runStages(stages, folder, notebook, context);
    notebook.inputs.two = { seed: 2 };
    await runStages(stages, folder, notebook, context);
    expect(notebook.runs).toEqual(['one', 'two', 'three', 'two', 'three']);
  });

  it('keeps finished stages when one fails, and goes on from there', async () => {
    const notebook: Notebook = { runs: [], inputs: {}, failing: 'two' };
    await expect(runStages(stages, folder, notebook, context)).rejects.toThrow('two breaks');
    expect((await readdir(folder)).sort()).toEqual(['one', 'two.tmp']);
    delete notebook.failing;
    await runStages(stages, folder, notebook, context);
    expect(notebook.runs).toEqual(['one', 'two', 'three']);
    expect((await readdir(folder)).sort()).toEqual(['one', 'three', 'two']);
  });

  it('sweeps half-written folders and distrusts a folder without a whole record', async () => {
    const notebook: Notebook = { runs: [], inputs: {} };
    await runStages(stages, folder, notebook, context);
    await mkdir(join(folder, 'one.tmp'));
    await writeFile(join(folder, 'two', 'stage.json'), '{"stage":"two","ha');
    await runStages(stages, folder, notebook, context);
    expect(notebook.runs.slice(3)).toEqual(['two']);
    expect((await readdir(folder)).sort()).toEqual(['one', 'three', 'two']);
  });

  it('runs a stage again that no longer holds', async () => {
    const notebook: Notebook = { runs: [], inputs: {} };
    let holds = true;
    const last: Stage<Notebook> = { ...stage('last'), stillHolds: async () => holds };
    await runStages([last], folder, notebook, context);
    await runStages([last], folder, notebook, context);
    holds = false;
    await runStages([last], folder, notebook, context);
    expect(notebook.runs).toEqual(['last', 'last']);
  });

  it('runs everything again when asked to', async () => {
    const notebook: Notebook = { runs: [], inputs: {} };
    await runStages(stages, folder, notebook, context);
    const again = await runStages(stages, folder, notebook, context, { fresh: true });
    expect(notebook.runs).toEqual(['one', 'two', 'three', 'one', 'two', 'three']);
    expect(again.some((outcome) => outcome.resumed)).toBe(false);
  });

  it('stops between stages when aborted', async () => {
    const notebook: Notebook = { runs: [], inputs: {} };
    const aborting: Stage<Notebook> = {
      ...stage('abort'),
      run: async () => controller.abort(),
    };
    await expect(runStages([aborting, stage('next')], folder, notebook, context)).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect(notebook.runs).toEqual([]);
  });
});
