/** What a reader should worry about, worded from the figures alone; worst first. */
import { compare, metricLabel, ratioWords } from './compare.ts';
import { bucketLabel, count, counted, isMeasured, listing, setting, share } from './format.ts';
import type { RankingPart, ReportData, ReportPart, RowsPart } from './types.ts';

export interface Finding {
  readonly severity: 'problem' | 'caution';
  readonly part: ReportPart;
  readonly text: string;
}

/** Limits above or below which a figure is worth a sentence. They warn; gates decide. */
const limits = {
  bucketQueries: 100,
  badRows: 0.01,
  isolated: 0.3,
  recall: 0.99,
  untitled: 0.05,
  thinExamples: 0.2,
  echoes: 0.5,
};

export function findings(data: ReportData): readonly Finding[] {
  const found = [gates, ranking, direction, index, rows, graph, training, examples, gaps].flatMap((check) =>
    check(data),
  );
  return [...found.filter((f) => f.severity === 'problem'), ...found.filter((f) => f.severity === 'caution')];
}

function gates(data: ReportData): Finding[] {
  const failed = (data.gates ?? []).filter((gate) => gate.verdict === 'failed');
  const skipped = (data.gates ?? []).filter((gate) => gate.verdict === 'skipped');
  return [
    ...failed.map((gate) =>
      problem('gates', `Gate ${gate.name} failed${gate.reason === '' ? '.' : `: ${gate.reason}`}`),
    ),
    ...(skipped.length > 0
      ? [
          caution(
            'gates',
            `${counted(skipped.length, 'gate')} not checked: ${listing(skipped.map((gate) => gate.name))}.`,
          ),
        ]
      : []),
  ];
}

function ranking({ ranking }: ReportData): Finding[] {
  if (ranking === null) return [];
  const found: Finding[] = [];
  for (const metric of ['hr@10', 'mrr@10'] as const) {
    const comparison = compare(ranking, metric);
    if (comparison === null) {
      found.push(
        caution(
          'ranking',
          `No baseline stands beside the model for ${metricLabel(metric)}: the figure proves nothing alone.`,
        ),
      );
    } else if (comparison.standing === 'behind') {
      found.push(
        problem('ranking', `The model loses to a baseline on ${metricLabel(metric)}: ${ratioWords(comparison)}.`),
      );
    } else if (comparison.standing === 'level') {
      found.push(
        caution(
          'ranking',
          `On ${metricLabel(metric)} the difference to the best baseline is within chance: ${ratioWords(comparison)}.`,
        ),
      );
    }
    const variant = compare(ranking, metric, 'variant');
    if (variant?.standing === 'behind') {
      found.push(
        caution(
          'ranking',
          `A variant does better on ${metricLabel(metric)} than what is released: the model has ${ratioWords(variant)}.`,
        ),
      );
    }
  }
  found.push(...weakBuckets(ranking));
  if (ranking.queries < 500) {
    found.push(
      caution(
        'ranking',
        `Only ${counted(ranking.queries, 'query', 'queries')} were evaluated: small differences are chance.`,
      ),
    );
  }
  return found;
}

/** Degree buckets where a baseline finds clearly more than the model, though the mean may hide it. */
function weakBuckets(ranking: RankingPart): Finding[] {
  const model = ranking.models.find((candidate) => candidate.role === 'model');
  if (model === undefined) return [];
  const baselines = ranking.models.filter((candidate) => candidate.role === 'baseline');
  const sides = [
    ['bySourceDegree', 'query products of out-degree'],
    ['byTargetDegree', 'products to be found of in-degree'],
  ] as const;
  return sides.flatMap(([side, words]) => {
    const weak = model[side].filter((bucket) => {
      if (!isMeasured(bucket.hitRate) || bucket.queries < limits.bucketQueries) return false;
      const best = Math.max(
        ...baselines.map((baseline) => {
          const theirs = baseline[side].find((other) => bucketLabel(other) === bucketLabel(bucket))?.hitRate;
          return isMeasured(theirs) ? theirs : 0;
        }),
        0,
      );
      // Two standard errors of a share: below that the difference is chance.
      return best - bucket.hitRate > 2 * Math.sqrt((best * (1 - best)) / bucket.queries);
    });
    if (weak.length === 0) return [];
    return [caution('ranking', `A baseline finds more for ${words} ${listing(weak.map(bucketLabel))}.`)];
  });
}

function direction({ direction }: ReportData): Finding[] {
  if (direction === null) return [];
  const model = direction.models.find((candidate) => candidate.role === 'model');
  const degree = direction.models.find((candidate) => candidate.name === 'degree-product');
  const mine = model?.pairwise.mean;
  const theirs = degree?.pairwise.mean;
  if (!isMeasured(mine)) return [];
  if (!isMeasured(theirs)) {
    return [caution('direction', 'The degree product was not measured, so nothing can be claimed about direction.')];
  }
  if (mine <= theirs) {
    return [
      caution(
        'direction',
        `Direction is no better than the degree product alone: ${share(mine)} against ${share(theirs)} of pairs.`,
      ),
    ];
  }
  return [];
}

function index({ index }: ReportData): Finding[] {
  const recall = index?.recall;
  if (index === null || index.kind === 'exact' || !isMeasured(recall?.value) || recall.value >= limits.recall)
    return [];
  return [problem('index', `The index finds only ${share(recall.value, 2)} of the exact top ${setting(recall.k)}.`)];
}

function rows({ data }: ReportData): Finding[] {
  if (data === null) return [];
  const found = [
    ...rowFindings('event', data),
    ...(data.catalogueRows ? rowFindings('catalogue', data.catalogueRows) : []),
  ];
  const catalogue = data.catalogue;
  if (catalogue !== null && catalogue.products > 0 && 1 - catalogue.titled / catalogue.products > limits.untitled) {
    const untitled = catalogue.products - catalogue.titled;
    found.push(caution('data', `${count(untitled)} of ${counted(catalogue.products, 'product')} have no title.`));
  }
  return found;
}

function rowFindings(what: string, { rows, kept, rejected }: RowsPart): Finding[] {
  const found: Finding[] = [];
  const bad = rejected.filter((kind) => !kind.excluded && kind.rows > 0);
  const badRows = bad.reduce((sum, kind) => sum + kind.rows, 0);
  const accounted = kept + rejected.reduce((sum, kind) => sum + kind.rows, 0);
  if (accounted !== rows) {
    found.push(
      problem('data', `The ${what} rows do not add up: ${count(rows)} read, ${count(accounted)} accounted for.`),
    );
  }
  if (rows > 0 && badRows / rows > limits.badRows) {
    found.push(
      caution(
        'data',
        `${share(badRows / rows)} of the ${what} rows are bad (${listing(bad.map((kind) => kind.kind))}).`,
      ),
    );
  }
  return found;
}

function graph({ graph }: ReportData): Finding[] {
  if (
    graph === null ||
    !isMeasured(graph.isolated) ||
    graph.nodes === 0 ||
    graph.isolated / graph.nodes <= limits.isolated
  )
    return [];
  return [
    caution(
      'graph',
      `${share(graph.isolated / graph.nodes)} of the products have no edge: they rest on their features alone.`,
    ),
  ];
}

function training({ training }: ReportData): Finding[] {
  if (training === null || training.epochs.length === 0) return [];
  const { epochs, bestEpoch, maximumEpochs } = training;
  if (epochs.some((epoch) => !Number.isFinite(epoch.loss)))
    return [problem('training', 'The loss did not stay finite.')];
  if (bestEpoch === null) return [caution('training', 'No validation chose the epoch: the last weights are kept.')];
  const last = epochs.at(-1)!.epoch;
  if (bestEpoch === last && epochs.length > 1 && maximumEpochs !== null && epochs.length >= maximumEpochs) {
    return [caution('training', `The last epoch allowed (${last}) is the best: more epochs may gain more.`)];
  }
  return [];
}

function examples({ examples }: ReportData): Finding[] {
  if (examples === null || examples.length === 0) return [];
  const most = Math.max(...examples.map((example) => example.recommended.length));
  const thin = examples.filter((example) => example.recommended.length < most).length;
  const found: Finding[] = [];
  if (thin / examples.length > limits.thinExamples) {
    found.push(
      caution(
        'examples',
        `${count(thin)} of ${count(examples.length)} example products have fewer than ${most} recommendations.`,
      ),
    );
  }
  const shown = examples.reduce((sum, example) => sum + example.recommended.length, 0);
  const echoes = examples.reduce((sum, example) => {
    const reverse = new Set(example.reverse.map((result) => result.id));
    return sum + example.recommended.filter((result) => reverse.has(result.id)).length;
  }, 0);
  if (shown > 0 && echoes / shown > limits.echoes) {
    found.push(
      caution(
        'examples',
        `${share(echoes / shown, 0)} of what the examples recommend also stands in the reverse direction: look whether direction was learnt.`,
      ),
    );
  }
  return found;
}

function gaps(data: ReportData): Finding[] {
  const names: Readonly<Partial<Record<ReportPart, string>>> = {
    ranking: 'quality',
    direction: 'direction',
    index: 'the index',
    gates: 'gates',
  };
  const absent = (Object.keys(names) as ReportPart[]).filter((part) => data[part] === null);
  return absent.map((part) => caution(part, `Not measured: ${names[part] ?? part}${reason(data, part)}.`));
}

function reason(data: ReportData, part: ReportPart): string {
  const why = data.notMeasured?.[part];
  return why === undefined || why === '' ? '' : ` (${why.replace(/[.\s]+$/, '')})`;
}

function problem(part: ReportPart, text: string): Finding {
  return { severity: 'problem', part, text };
}

function caution(part: ReportPart, text: string): Finding {
  return { severity: 'caution', part, text };
}
