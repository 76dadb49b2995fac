import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '../../../src/context.ts';
import { openBackend } from '../../../src/tensor/index.ts';
import { type AblateRequest, type AblationResult, ablate, renderAblation } from '../../../training/ablation/index.ts';
import { refreshConfigurationOf } from '../../../training/configuration.ts';
import { renderAblationPage } from '../../../training/report/index.ts';
import { quietContext } from '../../quiet-context.ts';
import { plantedData, tinyModel } from '../study/planted-task.ts';

const context = quietContext();
const backend = await openBackend({ prefer: 'wasm' }, context.logger);

describe('ablate', () => {
  let root: string;
  let whole: AblationResult;
  const requestIn = (name: string, more: Partial<AblateRequest> = {}): AblateRequest => ({
    task: 'planted',
    splits: [0, 1],
    seeds: [1],
    rows: ['symmetric', 'fixed-sampling', 'no-features'],
    folder: join(root, name),
    ...more,
  });
  const run = (name: string, more: Partial<AblateRequest> = {}, running = context) =>
    ablate(requestIn(name, more), tinyModel, plantedData, { context: running, backend });
  const journalOf = (name: string) => readFile(join(root, name, 'runs.jsonl'), 'utf8');

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'oneway-ablate-'));
    whole = await run('whole');
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('measures the full model and each row on validation and test, run by run', async () => {
    expect(whole).toMatchObject({ task: 'planted', runs: 2, ended: 'finished' });
    expect(whole.rows.map(({ name }) => name)).toEqual(['symmetric', 'fixed-sampling']);
    expect(whole.skipped).toEqual({ 'no-features': 'the data have no features' });
    expect(whole.full.test['direction-accuracy']!.mean).toBeGreaterThan(0.9);
    const [symmetric, fixed] = whole.rows;
    expect(symmetric!.test['direction-accuracy']!.mean).toBeLessThan(-0.2);
    expect(symmetric!.test['hr@10']!.std).not.toBeNull();
    expect(symmetric!.validation['hr@10']).toBeDefined();
    expect(Object.keys(fixed!.test).some((metric) => /^hr@10 source \S+$/.test(metric))).toBe(true);
    expect(fixed!.note).toMatch(
      /^Up to \d+ neighbours and .* each; \d+ messages sampled in an epoch, \d+ by the full model/,
    );
    expect(await readdir(join(root, 'whole'))).toEqual(['runs.jsonl']);
    const text = renderAblation(whole);
    for (const words of ['full model', 'Symmetric', 'val HR@10', 'out-degree', 'skipped no-features']) {
      expect(text).toContain(words);
    }
  });

  it('means differences of the same split and seed', async () => {
    const entries = (await journalOf('whole')).trim().split('\n').slice(1);
    const parsed = entries.map(
      (line) => JSON.parse(line) as { row: string; split: number; test: Record<string, number> },
    );
    const of = (row: string, split: number) =>
      parsed.find((entry) => entry.row === row && entry.split === split)!.test['mrr@10']!;
    const differences = [0, 1].map((split) => of('symmetric', split) - of('oneway', split));
    expect(whole.rows[0]!.test['mrr@10']!.mean).toBeCloseTo((differences[0]! + differences[1]!) / 2, 12);
  });

  it('does the same work to the same bytes, and none twice', async () => {
    await run('again');
    expect(await journalOf('again')).toBe(await journalOf('whole'));
    const started: string[] = [];
    const progress = { ...silentProgress, start: (task: string) => void started.push(task) };
    const more = await run('again', { splits: [0, 1, 2], rows: ['symmetric'] }, { ...context, progress });
    expect(started.filter((task) => task.endsWith(': train'))).toEqual([
      'oneway, split 2, seed 1: train',
      'symmetric, split 2, seed 1: train',
    ]);
    expect(more).toMatchObject({ runs: 3, rows: [{ name: 'symmetric', runs: 3 }] });
  });

  it('stopped or cut half-way, goes on to the same end', async () => {
    const controller = new AbortController();
    let trainings = 0;
    const progress = {
      ...silentProgress,
      start: (task: string) => {
        if (task.endsWith(': train') && ++trainings === 3) controller.abort();
      },
    };
    const stopped = await run('stopped', {}, { ...quietContext(controller.signal), progress });
    expect(stopped).toMatchObject({ ended: 'signal', runs: 1, rows: [{ name: 'symmetric' }] });
    expect(renderAblation(stopped)).toContain('goes on');
    await truncate(join(root, 'stopped', 'runs.jsonl'), Buffer.byteLength(await journalOf('stopped')) - 9);
    const result = await run('stopped');
    expect(result).toEqual(whole);
    expect(await journalOf('stopped')).toBe(await journalOf('whole'));
  });

  it('of a log chooses before the test begins, then learns anew from all before it', async () => {
    const started: string[] = [];
    const progress = { ...silentProgress, start: (task: string) => void started.push(task) };
    const place = { task: 'log', splits: [0], rows: ['symmetric'] };
    const result = await run('log', place, { ...context, progress });
    expect(started.filter((task) => task.endsWith(': train'))).toHaveLength(4);
    expect(result).toMatchObject({ runs: 1, rows: [{ name: 'symmetric', note: '' }] });
    for (const part of ['validation', 'test'] as const) {
      expect(result.full[part]['hr@10']!.mean).toBeGreaterThan(0);
      expect(result.rows[0]![part]['mrr@10']!.std).toBeNull();
    }
    expect(renderAblation(result)).not.toContain('out-degree');
  });

  it('refuses the folder of another configuration, an unknown row, split and task', async () => {
    const other = refreshConfigurationOf({ ...tinyModel, blade: { ...tinyModel.blade, dimension: 4 } });
    await expect(ablate(requestIn('whole'), other, plantedData, { context, backend })).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
      details: { differing: ['configuration'] },
    });
    await expect(run('bad', { rows: ['nothing'] })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(run('bad', { splits: [7] })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(run('bad-task', { task: 'amazon' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('is a page of its own, the same bytes twice, with nothing of the data as markup', () => {
    const evil = { ...whole, rows: whole.rows.map((row) => ({ ...row, note: '<script>alert(1)</script>' })) };
    const page = renderAblationPage(evil, { title: '<b>task</b>', about: 'splits 0, 1' });
    expect(page).toBe(renderAblationPage(evil, { title: '<b>task</b>', about: 'splits 0, 1' }));
    expect(page.startsWith('<!doctype html>')).toBe(true);
    expect(page).toContain('What each choice is worth');
    expect(page).toContain('id="plot-ablation"');
    expect(page).toContain('id="plot-ablation-source"');
    expect(page).not.toContain('<script>');
    expect(page).not.toContain('<b>task');
  });
});
