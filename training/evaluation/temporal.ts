import type { RunContext } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { type EventLog, eventTypes } from '../../src/events/index.ts';
import { buildCsr, type GraphConfiguration, pairEvents } from '../../src/graph/index.ts';
import { evaluateRanking, oneWayPairs, type RankingQuery } from '../../src/metrics/index.ts';
import { Random } from '../../src/random.ts';
import { sample } from '../sample.ts';
import { cutoffs, directionOf, type Examination } from './examination.ts';

const purchase = eventTypes.indexOf('purchase');
/** Most recent distinct purchases that a query is made of. */
export const historyLimit = 50;
const tuningQueries = 500;

/** Where a log is cut: training before `validation`, validation before `test`, then test. Epoch seconds. */
export interface TimeCut {
  readonly validation: number;
  readonly test: number;
}

/**
 * The last 20 % of the time from the first to the last purchase is test, the 10 % before it validation.
 * @throws OnewayError `EVENTS_EMPTY` without purchases at two different times.
 */
export function cutTime(log: EventLog, shares = { validation: 0.1, test: 0.2 }): TimeCut {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < log.time.length; i++) {
    if (log.type[i] !== purchase) continue;
    first = Math.min(first, log.time[i]!);
    last = Math.max(last, log.time[i]!);
  }
  if (!(last > first)) {
    throw new OnewayError('EVENTS_EMPTY', 'A log without purchases at two different times cannot be cut by time.', {
      hint: 'Give a longer log.',
    });
  }
  const at = (share: number): number => Math.ceil(last - share * (last - first));
  return { validation: at(shares.validation + shares.test), test: at(shares.test) };
}

/** The events with from ≤ time < until; customers and products keep their numbers. */
export function sliceLog(log: EventLog, from: number, until: number): EventLog {
  const kept = Uint32Array.from(log.time.keys()).filter((i) => log.time[i]! >= from && log.time[i]! < until);
  return {
    customerCount: log.customerCount,
    productCount: log.productCount,
    customer: kept.map((i) => log.customer[i]!),
    product: kept.map((i) => log.product[i]!),
    type: Uint8Array.from(kept, (i) => log.type[i]!),
    time: kept.map((i) => log.time[i]!),
  };
}

export interface TemporalQueries {
  /** Right answers: products first bought in [from, until). */
  readonly period: readonly RankingQuery[];
  /** Right answers: the new products of the first invoice in it (its first purchase time); only where it has any. */
  readonly nextInvoice: readonly RankingQuery[];
}

/**
 * One query per customer with purchases before `from` and something new in [from, until): the context is the history's
 * {@link historyLimit} most recent distinct products, and the whole history is left out of the ranking.
 */
export function temporalQueries(log: EventLog, from: number, until: number): TemporalQueries {
  const period: RankingQuery[] = [];
  const nextInvoice: RankingQuery[] = [];
  for (let start = 0; start < log.customer.length; ) {
    let end = start;
    while (end < log.customer.length && log.customer[end] === log.customer[start]) end++;
    const lastBought = new Map<number, number>();
    for (let i = start; i < end; i++) {
      if (log.type[i] === purchase && log.time[i]! < from) lastBought.set(log.product[i]!, log.time[i]!);
    }
    const fresh = new Set<number>();
    const first = new Set<number>();
    let invoice = -1;
    for (let i = start; i < end; i++) {
      if (log.type[i] !== purchase || log.time[i]! < from || log.time[i]! >= until) continue;
      if (invoice < 0) invoice = log.time[i]!;
      if (lastBought.has(log.product[i]!)) continue;
      fresh.add(log.product[i]!);
      if (log.time[i] === invoice) first.add(log.product[i]!);
    }
    start = end;
    if (lastBought.size === 0 || fresh.size === 0) continue;
    const recent = [...lastBought].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, historyLimit);
    const context = Uint32Array.from(recent, ([product]) => product);
    const excluded = Uint32Array.from(lastBought.keys()).sort();
    period.push({ context, excluded, relevant: Uint32Array.from(fresh).sort() });
    if (first.size > 0) nextInvoice.push({ context, excluded, relevant: Uint32Array.from(first).sort() });
  }
  return { period, nextInvoice };
}

/**
 * The temporal protocol. HitRate@k and MRR@k: the filtered rank of every (customer, new product) pair, averaged within a customer first
 * and then over customers, so that wholesalers do not dominate. `next-invoice@k`: share of customers whose next invoice holds at least one of the top k.
 * Direction: bought-before pairs of the test period alone whose reverse is not among them.
 */
export function temporalExamination(
  log: EventLog,
  cut: TimeCut,
  graph: GraphConfiguration,
  seed: number,
  context: RunContext,
): Examination {
  const { productCount } = log;
  const end = Number.POSITIVE_INFINITY;
  const test = temporalQueries(log, cut.test, end);
  const tuning = sample(
    temporalQueries(log, cut.validation, cut.test).period,
    tuningQueries,
    new Random(seed).fork('tuning'),
  );
  const after = pairEvents(sliceLog(log, cut.test, end), graph, context).bought;
  const oneWay = oneWayPairs(after, buildCsr(after, productCount));
  const options = { productCount, average: 'query', filtered: true } as const;
  return {
    objective: (scorer) => evaluateRanking(scorer, tuning, { ...options, ks: [10] }).hr[10]!,
    measure: (scorer, running) => {
      const ranking = evaluateRanking(scorer, test.period, { ...options, context: running });
      const next = evaluateRanking(scorer, test.nextInvoice, { ...options, context: running });
      return {
        ...cutoffs('hr', ranking.hr),
        ...cutoffs('mrr', ranking.mrr),
        ...cutoffs('next-invoice', next.any),
        ...directionOf(scorer, productCount, oneWay),
        recommended: ranking.recommended,
      };
    },
  };
}
