import { type RunContext, throwIfAborted } from '../context.ts';
import { type EventLog, eventTypes } from '../events/types.ts';
import type { GraphConfiguration } from './configuration.ts';
import { buildCsr, hasEdge } from './csr.ts';
import { fixedPoint, type PruningReport, RowAccumulator } from './rows.ts';
import type { EdgeList } from './types.ts';

const view = eventTypes.indexOf('view');
const secondsPerMinute = 60;

export interface ViewedReport extends PruningReport {
  readonly sessions: number;
  /** Sessions of which the cap took something. */
  readonly cappedSessions: number;
}

/**
 * Co-view edges: u—v when a customer viewed both in one session, stored both ways.
 * A customer adds max over those sessions of 1 / (n − 1), n the session's distinct products, once per edge:
 * a short session says more about each of its pairs than a long one.
 *
 * @param log ordered by customer and time.
 * @returns null when the log has no view.
 */
export function pairViews(
  log: EventLog,
  configuration: GraphConfiguration,
  context: RunContext,
): { edges: EdgeList; report: ViewedReport } | null {
  const sessions = sessionsOf(log, configuration);
  if (sessions === null) return null;
  const { offsets, products, customers } = sessions;
  const { offsets: rowOffsets, sessions: rowSessions } = sessionsByProduct(sessions, log.productCount);
  const rows = new RowAccumulator(log.productCount, {
    minimumCount: configuration.minimumCoViews,
    minimumWeight: 0,
    maximumDegree: configuration.maximumOutDegree,
  });
  context.progress.start('Pair views', { total: rowSessions.length, unit: 'views' });
  let nextCheck = 0;
  for (let u = 0; u < log.productCount; u++) {
    const rowEnd = rowOffsets[u + 1]!;
    for (let k = rowOffsets[u]!; k < rowEnd; k++) {
      const session = rowSessions[k]!;
      const start = offsets[session]!;
      const end = offsets[session + 1]!;
      const stamp = customers[session]! + 1;
      const gain = fixedPoint(1 / (end - start - 1));
      for (let j = start; j < end; j++) if (products[j] !== u) rows.add(products[j]!, stamp, gain);
    }
    rows.finish(u);
    if (rowEnd >= nextCheck) {
      throwIfAborted(context.signal);
      context.progress.update(rowEnd);
      nextCheck = rowEnd + 65_536;
    }
  }
  const { edges, report } = rows.result();
  const closed = report.aboveDegree === 0 ? edges : closeUnderReversal(edges, log.productCount);
  const restored = closed.source.length - edges.source.length;
  context.progress.end(`${closed.source.length} edges`);
  return {
    edges: closed,
    report: {
      ...report,
      aboveDegree: report.aboveDegree - restored,
      kept: closed.source.length,
      sessions: customers.length,
      cappedSessions: sessions.capped,
    },
  };
}

/** Sessions of at least two distinct products. */
interface Sessions {
  /** Shape [sessions + 1]. */
  readonly offsets: Uint32Array;
  /** Distinct products of each session. */
  readonly products: Uint32Array;
  /** Shape [sessions], ascending. */
  readonly customers: Uint32Array;
  readonly capped: number;
}

/** Walks each session from its end, so that the cap keeps the most recent products. */
function sessionsOf(log: EventLog, configuration: GraphConfiguration): Sessions | null {
  let viewCount = 0;
  for (const type of log.type) if (type === view) viewCount++;
  if (viewCount === 0) return null;
  const gap = configuration.viewGapMinutes * secondsPerMinute;
  const cap = configuration.viewsPerSession;
  const products = new Uint32Array(viewCount);
  const offsets = new Uint32Array(viewCount + 1);
  const customers = new Uint32Array(viewCount);
  const seenIn = new Uint32Array(log.productCount);
  const views = positionsOfViews(log, viewCount);
  let sessions = 0;
  let length = 0;
  let capped = 0;
  for (let first = 0, walk = 1; first < viewCount; walk++) {
    const customer = log.customer[views[first]!]!;
    let end = first + 1;
    while (
      end < viewCount &&
      log.customer[views[end]!] === customer &&
      log.time[views[end]!]! - log.time[views[end - 1]!]! <= gap
    ) {
      end++;
    }
    const start = length;
    let overflow = false;
    for (let i = end - 1; i >= first && !overflow; i--) {
      const product = log.product[views[i]!]!;
      if (seenIn[product] === walk) continue;
      seenIn[product] = walk;
      if (length - start === cap) overflow = true;
      else products[length++] = product;
    }
    if (overflow) capped++;
    if (length - start < 2) length = start;
    else {
      customers[sessions++] = customer;
      offsets[sessions] = length;
    }
    first = end;
  }
  return {
    offsets: offsets.slice(0, sessions + 1),
    products: products.subarray(0, length),
    customers: customers.slice(0, sessions),
    capped,
  };
}

function positionsOfViews(log: EventLog, viewCount: number): Uint32Array {
  const views = new Uint32Array(viewCount);
  let at = 0;
  for (let i = 0; i < log.type.length; i++) if (log.type[i] === view) views[at++] = i;
  return views;
}

/** The sessions of each product, ascending. */
function sessionsByProduct(
  { offsets: sessionOffsets, products, customers }: Sessions,
  productCount: number,
): { readonly offsets: Uint32Array; readonly sessions: Uint32Array } {
  const offsets = new Uint32Array(productCount + 1);
  for (const product of products) offsets[product + 1] = offsets[product + 1]! + 1;
  for (let u = 0; u < productCount; u++) offsets[u + 1] = offsets[u + 1]! + offsets[u]!;
  const cursor = offsets.slice();
  const sessions = new Uint32Array(products.length);
  for (let session = 0; session < customers.length; session++) {
    for (let j = sessionOffsets[session]!; j < sessionOffsets[session + 1]!; j++) {
      const slot = cursor[products[j]!]!;
      cursor[products[j]!] = slot + 1;
      sessions[slot] = session;
    }
  }
  return { offsets, sessions };
}

/** Adds v→u for every u→v whose other way the degree cap took. */
function closeUnderReversal(edges: EdgeList, nodeCount: number): EdgeList {
  const graph = buildCsr(edges, nodeCount);
  const lonely = edges.source.map((u, i) => (hasEdge(graph, edges.target[i]!, u) ? 0 : 1));
  const length = edges.source.length + lonely.reduce((sum, one) => sum + one, 0);
  const closed = {
    source: new Uint32Array(length),
    target: new Uint32Array(length),
    weight: new Float32Array(length),
    count: new Uint32Array(length),
  };
  let at = 0;
  const push = (u: number, v: number, edge: number): void => {
    closed.source[at] = u;
    closed.target[at] = v;
    closed.weight[at] = edges.weight[edge]!;
    closed.count[at] = edges.count[edge]!;
    at++;
  };
  for (let i = 0; i < edges.source.length; i++) {
    push(edges.source[i]!, edges.target[i]!, i);
    if (lonely[i] === 1) push(edges.target[i]!, edges.source[i]!, i);
  }
  return closed;
}
