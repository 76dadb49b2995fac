import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SparseFeatures } from '../../../src/catalogue/index.ts';
import { silentProgress } from '../../../src/context.ts';
import { openBackend } from '../../../src/tensor/index.ts';
import { refreshConfigurationOf } from '../../../training/configuration.ts';
import { bladeWith, unfold } from '../../../training/overlay.ts';
import { openStudies } from '../../../training/study/index.ts';
import {
  renderTuning,
  type SearchSpace,
  type TuningRequest,
  type TuningSubject,
  tune,
} from '../../../training/tuning/index.ts';
import { quietContext } from '../../quiet-context.ts';
import { plantedData, tinyModel } from '../study/planted-task.ts';

const context = quietContext();
const backend = await openBackend({ prefer: 'wasm' }, context.logger);
const space: SearchSpace = {
  'optimiser.learningRate': { log: [0.0001, 0.3] },
  dimension: { choice: [4, 8, 16] },
};

describe('tune', () => {
  let root: string;
  let subject: TuningSubject;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'oneway-tune-'));
    const studyOf = await openStudies({ task: 'planted', seed: 1 }, [0], tinyModel, plantedData, context);
    subject = { name: 'planted', data: null, studies: [{ split: 0, study: await studyOf(0) }] };
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  const requestIn = (name: string, more: Partial<TuningRequest> = {}): TuningRequest => ({
    seed: 1,
    trials: 5,
    budget: 6,
    space,
    minutes: null,
    folder: join(root, name),
    ...more,
  });
  const journalOf = (name: string) => readFile(join(root, name, 'trials.jsonl'), 'utf8');

  it('finds settings no worse than it began with, and writes them as a refresh takes them', async () => {
    const result = await tune(subject, requestIn('whole'), tinyModel, { context, backend });
    expect(result).toMatchObject({ task: 'planted', ended: 'finished', trials: 5 });
    expect(result.rungs).toEqual([
      { trials: 4, epochs: 2 },
      { trials: 1, epochs: 6 },
    ]);
    expect(result.best!.objective!).toBeGreaterThanOrEqual(result.start!.objective!);
    expect(result.best!.epochs).toBe(6);
    expect(result.start).toMatchObject({ trial: 0, epochs: 6, changes: {} });
    const written: unknown = JSON.parse(await readFile(result.file!, 'utf8'));
    const blade = bladeWith(tinyModel.blade, unfold(result.best!.changes), 'best');
    expect(refreshConfigurationOf(written)).toEqual({
      ...tinyModel,
      blade: { ...blade, optimiser: { ...blade.optimiser, epochs: 6 } },
    });
    const text = renderTuning(result);
    expect(text).toContain('5 × 2 epochs, then 2 × 6 epochs');
    expect(text).toContain('--configuration');
    expect(await readdir(join(root, 'whole'))).toEqual(['best.json', 'trials.jsonl']);
  });

  it('with the same seed writes the same journal, with another another', async () => {
    await tune(subject, requestIn('again'), tinyModel, { context, backend });
    expect(await journalOf('again')).toBe(await journalOf('whole'));
    await tune(subject, requestIn('other', { seed: 2 }), tinyModel, { context, backend });
    const points = (text: string) => text.split('\n').slice(1).join();
    expect(points(await journalOf('other'))).not.toBe(points(await journalOf('whole')));
  });

  it('stopped in a training, says what it knows and goes on to the same end', async () => {
    const controller = new AbortController();
    let trainings = 0;
    const progress = {
      ...silentProgress,
      start: (task: string) => {
        if (task.includes(': train') && ++trainings === 3) controller.abort();
      },
    };
    const stopping = { ...quietContext(controller.signal), progress };
    const stopped = await tune(subject, requestIn('stopped'), tinyModel, { context: stopping, backend });
    expect(stopped).toMatchObject({ ended: 'signal', start: { trial: 0, rung: 0 } });
    expect(stopped.standings).toHaveLength(2);
    expect(renderTuning(stopped)).toContain('goes on');
    const result = await tune(subject, requestIn('stopped'), tinyModel, { context, backend });
    expect(result.ended).toBe('finished');
    expect(await journalOf('stopped')).toBe(await journalOf('whole'));
  });

  it('goes on from a journal whose last line was cut, training only what is missing', async () => {
    await tune(subject, requestIn('cut'), tinyModel, { context, backend });
    const whole = await journalOf('cut');
    await truncate(join(root, 'cut', 'trials.jsonl'), Buffer.byteLength(whole) - 20);
    const trained: string[] = [];
    const progress = { ...silentProgress, start: (task: string) => void trained.push(task) };
    await tune(subject, requestIn('cut'), tinyModel, { context: { ...context, progress }, backend });
    expect(await journalOf('cut')).toBe(whole);
    expect(trained.filter((task) => task.includes(': train'))).toEqual([
      expect.stringMatching(/^trial [1-4], rung 2 of 2: train$/),
    ]);
  });

  const changes: readonly (readonly [key: string, change: Partial<TuningRequest>])[] = [
    ['space', { space: { dimension: { choice: [4, 8] } } }],
    ['seed', { seed: 9 }],
    ['budget', { budget: 9 }],
    ['trials', { trials: 4 }],
  ];
  it.each(changes)('refuses a folder with another %s', async (key, change) => {
    await expect(tune(subject, requestIn('whole', change), tinyModel, { context, backend })).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
      details: { differing: [key] },
    });
  });

  it('with one trial gives the settings back', async () => {
    const result = await tune(subject, requestIn('one', { trials: 1, budget: 2 }), tinyModel, { context, backend });
    expect(result).toMatchObject({ trials: 1, ended: 'finished', best: { trial: 0 } });
    expect(result.best).toEqual(result.start);
  });

  it('writes what differs from the preset, back to the defaults too', async () => {
    const ahead = refreshConfigurationOf({ ...tinyModel, preset: 'next-purchase' });
    expect(ahead.blade.loss.labels).toBe('binary');
    const { file } = await tune(subject, requestIn('preset', { trials: 1 }), ahead, { context, backend });
    const { optimiser } = ahead.blade;
    expect(refreshConfigurationOf(JSON.parse(await readFile(file!, 'utf8')))).toEqual({
      ...ahead,
      blade: { ...ahead.blade, optimiser: { ...optimiser, epochs: 6 } },
    });
  });

  it('out of time has no result, and ends at once', async () => {
    const result = await tune(subject, requestIn('late', { minutes: 0 }), tinyModel, { context, backend });
    expect(result).toMatchObject({ ended: 'minutes', best: null, start: null, file: null, standings: [] });
    expect(renderTuning(result)).toContain('No trial has a result yet');
  });

  it('notes a training that diverges, and never promotes it', async () => {
    const { study } = subject.studies[0]!;
    const poisoned: SparseFeatures = {
      rows: 60,
      columns: 1,
      offsets: Uint32Array.from({ length: 61 }, (_, i) => i),
      indices: new Uint32Array(60),
      values: new Float32Array(60).fill(Number.NaN),
    };
    const studies = [{ split: 0, study: { ...study, lesson: { ...study.lesson, features: poisoned } } }];
    const configuration = refreshConfigurationOf({ ...tinyModel, blade: { ...tinyModel.blade, features: 'off' } });
    const features: SearchSpace = { features: { choice: ['own', 'messages'] } };
    const request = requestIn('poisoned', { trials: 3, budget: 2, space: features });
    const result = await tune({ ...subject, studies }, request, configuration, { context, backend });
    expect(result).toMatchObject({ ended: 'finished', best: { trial: 0, failure: null } });
    for (const entry of result.standings.slice(1)) {
      expect(entry).toMatchObject({ objective: null, failure: 'TRAINING_DIVERGED' });
    }
    expect(renderTuning(result)).toContain('TRAINING_DIVERGED');
  });
});
