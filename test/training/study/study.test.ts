import { describe, expect, it } from 'vitest';
import { type EventLog, eventTypes } from '../../../src/events/index.ts';
import { edgesOf, hasEdge } from '../../../src/graph/index.ts';
import type { Scorer } from '../../../src/metrics/index.ts';
import { cutTime, type EvaluationData } from '../../../training/evaluation/index.ts';
import { openStudies, validationFigures } from '../../../training/study/index.ts';
import { quietContext } from '../../quiet-context.ts';
import { product } from '../../src/catalogue/products.ts';
import { plantedData, tinyModel } from './planted-task.ts';

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
  /** Customer c buys product c % 5 on day 0 … and one of the others each ten days. */
  const rows = Array.from({ length: 40 }, (_, customer) =>
    Array.from({ length: 10 }, (_, i) => [customer, 1e9 + i * 864_000 + customer, (customer + i) % 12] as const),
  ).flat();
  const log: EventLog = {
    customerCount: 40,
    productCount: 12,
    customer: Uint32Array.from(rows, (row) => row[0]),
    time: Uint32Array.from(rows, (row) => row[1]),
    product: Uint32Array.from(rows, (row) => row[2]),
    type: new Uint8Array(rows.length).fill(eventTypes.indexOf('purchase')),
  };
  const products = Array.from({ length: 12 }, (_, i) => product(String(i).padStart(2, '0'), { title: `product ${i}` }));
  let loads = 0;
  const data: EvaluationData = {
    links: {},
    temporal: {
      log: async () => {
        loads++;
        return { name: 'log', log, catalogueBefore: async () => ({ products }) };
      },
    },
  };

  it('is judged on what customers newly bought in the validation period, before the test', async () => {
    const studyOf = await openStudies({ task: 'log', seed: 1 }, [0], tinyModel, data, context);
    const { lesson, validate, examination } = await studyOf(0);
    expect(loads).toBe(1);
    expect(examination).not.toBeNull();
    expect(lesson.late.graph).not.toBe(lesson.early.graph);
    const cut = cutTime(log);
    const newly = rows.filter(([, time]) => time >= cut.validation && time < cut.test);
    const { pairs, queries } = validate(constant, context);
    expect(pairs).toBe(newly.length);
    expect(queries).toBe(new Set(newly.map(([customer]) => customer)).size);
  });
});
