import { describe, expect, it } from 'vitest';
import { compare, ratioWords } from '../../../training/report/compare.ts';
import { findings } from '../../../training/report/findings.ts';
import { type RankedModel, type ReportData, renderReport } from '../../../training/report/index.ts';
import { verdict } from '../../../training/report/sections/summary.ts';
import { sampleReport } from './sample.ts';

function ranked(name: string, role: RankedModel['role'], hitRate: number, std: number | null = null): RankedModel {
  return {
    name,
    label: name,
    role,
    scores: { 'hr@10': { mean: hitRate, std }, 'mrr@10': { mean: hitRate / 2, std } },
    bySourceDegree: [],
    byTargetDegree: [],
  };
}

function withModels(models: readonly RankedModel[]): ReportData {
  return sampleReport({ ranking: { ...sampleReport().ranking!, models } });
}

const texts = (data: ReportData) => findings(data).map((finding) => finding.text);

describe('comparison with the best baseline', () => {
  it('takes the best baseline of the metric, not a variant', () => {
    const { ranking } = withModels([
      ranked('a', 'baseline', 0.2),
      ranked('m', 'model', 0.3),
      ranked('b', 'baseline', 0.25),
      ranked('v', 'variant', 0.4),
    ]);
    expect(compare(ranking!, 'hr@10')).toMatchObject({ otherLabel: 'b', standing: 'ahead', ratio: 0.3 / 0.25 });
    expect(compare(ranking!, 'hr@10', 'variant')).toMatchObject({ otherLabel: 'v', standing: 'behind' });
  });

  it('calls a difference that a single run of few queries cannot tell level', () => {
    const { ranking } = withModels([ranked('m', 'model', 0.345), ranked('b', 'baseline', 0.368)]);
    expect(compare({ ...ranking!, queries: 256 }, 'hr@10')!.standing).toBe('level');
    expect(compare({ ...ranking!, queries: 25_600 }, 'hr@10')!.standing).toBe('behind');
  });

  it('calls a difference within the spread of the repeats level', () => {
    const { ranking } = withModels([ranked('m', 'model', 0.3, 0.02), ranked('b', 'baseline', 0.31, 0.02)]);
    expect(compare(ranking!, 'hr@10')!.standing).toBe('level');
  });

  it('is null where a side was not measured, and has no ratio to nought', () => {
    expect(compare(withModels([ranked('m', 'model', 0.3)]).ranking!, 'hr@10')).toBeNull();
    expect(
      compare(withModels([ranked('m', 'model', Number.NaN), ranked('b', 'baseline', 0.1)]).ranking!, 'hr@10'),
    ).toBeNull();
    const zero = compare(withModels([ranked('m', 'model', 0.3), ranked('b', 'baseline', 0)]).ranking!, 'hr@10')!;
    expect(zero.ratio).toBeNull();
    expect(ratioWords(zero)).toBe('against 0 of b (0.0\u00a0%)');
  });
});

describe('findings', () => {
  it('says so plainly when the model loses, and puts it first', () => {
    const data = withModels([ranked('m', 'model', 0.2), ranked('Item cosine', 'baseline', 0.4)]);
    const found = findings(data);
    expect(found[0]).toMatchObject({ severity: 'problem', part: 'ranking' });
    expect(found[0]!.text).toBe('The model loses to a baseline on HitRate@10: 0.50\u00a0× Item cosine (40.0\u00a0%).');
    expect(verdict(data)).toMatchObject({ tone: 'open' });
    expect(verdict(data).text).toContain('behind the best baseline');
    expect(renderReport(data)).toContain('loses to the best baseline, Item cosine');
  });

  it('names a variant that does better than the release', () => {
    expect(
      texts(withModels([ranked('m', 'model', 0.3), ranked('b', 'baseline', 0.2), ranked('v', 'variant', 0.4)])).join(),
    ).toContain('A variant does better on HitRate@10');
  });

  it('reports failed gates and refuses', () => {
    const gate = { ...sampleReport().gates![0]!, verdict: 'failed' as const, reason: 'recall is 0.91' };
    const data = sampleReport({ gates: [gate] });
    expect(verdict(data).text).toMatch(/^Refused: 1 of 1 gate failed\./);
    expect(texts(data)[0]).toBe('Gate index-recall failed: recall is 0.91');
  });

  it('makes no claim about direction without, or below, the degree product', () => {
    const { direction } = sampleReport();
    const without = { ...direction!, models: direction!.models.filter((model) => model.name !== 'degree-product') };
    expect(texts(sampleReport({ direction: without })).join()).toContain('nothing can be claimed about direction');
    const below = {
      ...direction!,
      models: direction!.models.map((model) =>
        model.role === 'model' ? { ...model, pairwise: { mean: 0.9, std: null } } : model,
      ),
    };
    expect(texts(sampleReport({ direction: below })).join()).toContain(
      'Direction is no better than the degree product alone: 90.0\u00a0% against 94.2\u00a0%',
    );
  });

  it('notices rows that do not add up, bad rows, low recall and a diverged loss', () => {
    const { data, index, training } = sampleReport();
    expect(texts(sampleReport({ data: { ...data!, rows: data!.rows + 1 } })).join()).toContain('do not add up');
    const bad = { kind: 'bad-price', meaning: '', rows: 1_000_000, excluded: false, samples: [] };
    expect(
      texts(
        sampleReport({ data: { ...data!, rows: data!.rows + 1_000_000, rejected: [...data!.rejected, bad] } }),
      ).join(),
    ).toContain('of the event rows are bad (bad-time and bad-price)');
    expect(
      texts(sampleReport({ index: { ...index!, recall: { k: 10, queries: 500, value: 0.91 } } })).join(),
    ).toContain('only 91.00\u00a0% of the exact top 10');
    expect(
      texts(
        sampleReport({ training: { ...training!, epochs: [{ ...training!.epochs[0]!, loss: Number.NaN }] } }),
      ).join(),
    ).toContain('did not stay finite');
  });

  it('warns of a best epoch that is the last allowed, and of none chosen', () => {
    const { training } = sampleReport();
    expect(texts(sampleReport({ training: { ...training!, bestEpoch: 24, maximumEpochs: 24 } })).join()).toContain(
      'more epochs may gain more',
    );
    expect(texts(sampleReport({ training: { ...training!, bestEpoch: null } })).join()).toContain(
      'No validation chose',
    );
  });

  it('finds degree buckets where a baseline is ahead by more than chance', () => {
    expect(texts(sampleReport())).toContain(
      'A baseline finds more for products to be found of in-degree 21–50 and 51+.',
    );
    const few = sampleReport().ranking!.models.map((model) => ({
      ...model,
      byTargetDegree: model.byTargetDegree.map((bucket) => ({ ...bucket, queries: 20 })),
    }));
    expect(texts(withModels(few)).join()).not.toContain('in-degree');
  });

  it('stays quiet when nothing stands out', () => {
    const { gates, ranking } = sampleReport();
    const models = ranking!.models.map((model) => ({ ...model, bySourceDegree: [], byTargetDegree: [] }));
    const data = sampleReport({ gates: gates!.slice(0, 3), ranking: { ...ranking!, models } });
    expect(findings(data)).toEqual([]);
    expect(verdict(data).text).toBe('All 3 gates passed. The model is ahead of every baseline on HitRate@10.');
    expect(renderReport(data)).toContain('nothing stands out');
  });
});
