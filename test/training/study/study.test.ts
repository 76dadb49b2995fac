import { describe, expect, it } from 'vitest';
import { edgesOf, hasEdge } from '../../../src/graph/index.ts';
import type { Scorer } from '../../../src/metrics/index.ts';
import { cutTime, type EvaluationData } from '../../../training/evaluation/index.ts';
import { openStudies, validationFigures } from '../../../training/study/index.ts';
import { quietContext } from '../../quiet-context.ts';
import { plantedData, plantedLog, purchases, tinyModel } from './planted-task.ts';

const context = quietContext();
const constant: Scorer = { name: 'constant', score: (_, out) => void out.fill(1) };

describe('a study of held-out edges', () => {
  it('has validation apart from training, and asks about nothing else', async () => {
    const studyOf = await openStudies({ task: 'planted', seed: 1 }, [0], tinyModel, plantedData, context);
    const { lesson, validate } = await studyOf(0);
    const { bought } = lesson.early.graph;
    const validation = lesson.validation!;
    expect(validation.source.length).toBe(32);
    for (let i = 0; i < 32; i++) expect(hasEdge(bought, validation.source[i]!, validation.target[i]!)).toBe(false);
    expect(lesson.late.graph).toBe(lesson.early.graph);
    const known = new Set(Array.from(validation.source, (u, i) => `${u} ${validation.target[i]}`));
    const oracle: Scorer = {
      name: 'oracle',
      score: ([u], out) => out.set(out.map((_, v) => (known.has(`${u} ${v}`) ? 1 : 0))),
    };
    const figures = validationFigures(validate(oracle, context));
    expect(figures.hitRate).toBe(1);
    expect(figures.mrr).toBeGreaterThan(0.4);
    expect(validate(oracle, context).pairs).toBe(32);
    expect(validationFigures(validate(constant, context)).hitRate).toBeLessThan(1);
    expect(edgesOf(bought).source.length).toBe(96);
  });

  it('is refused without validation', async () => {
    const links = await plantedData.links.planted!({ seed: 1 }, context);
    const none: EvaluationData = {
      ...plantedData,
      links: {
        planted: async () => ({
          ...links,
          split: async (index) => {
            const split = await links.split(index, context);
            const empty = new Uint32Array(0);
            return {
              ...split,
              validation: { source: empty, target: empty, weight: new Float32Array(0), count: empty },
            };
          },
        }),
      },
    };
    const studyOf = await openStudies({ task: 'planted', seed: 1 }, [0], tinyModel, none, context);
    await expect(studyOf(0)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('a study of a log', () => {
  let loads = 0;
  const data: EvaluationData = {
    ...plantedData,
    temporal: {
      log: (...parameters) => {
        loads++;
        return plantedData.temporal.log!(...parameters);
      },
    },
  };

  it('is judged on what customers newly bought in the validation period, before the test', async () => {
    const studyOf = await openStudies({ task: 'log', seed: 1 }, [0], tinyModel, data, context);
    const { lesson, validate, examination } = await studyOf(0);
    expect(loads).toBe(1);
    expect(examination).not.toBeNull();
    expect(lesson.late.graph).not.toBe(lesson.early.graph);
    const cut = cutTime(plantedLog);
    const newly = purchases.filter(([, time]) => time >= cut.validation && time < cut.test);
    const { pairs, queries } = validate(constant, context);
    expect(pairs).toBe(newly.length);
    expect(queries).toBe(new Set(newly.map(([customer]) => customer)).size);
  });
});
