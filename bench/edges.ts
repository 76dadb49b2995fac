/**
 * Pairing speed on synthetic purchases: `node bench/edges.ts [events] [--json] [--peer]` (Node ≥ 22.18; compile first on older ones).
 * Ten purchases a customer on average, over a year, products with a long tail. `--peer` runs DuckDB's self-join on the same events.
 * @module
 */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { pino } from 'pino';
import { type RunContext, silentProgress, systemClock } from '../src/context.ts';
import { type EventLog, eventTypes } from '../src/events/types.ts';
import { buildCsr, defaultGraphConfiguration, pairEvents } from '../src/graph/index.ts';
import { Random } from '../src/random.ts';

const context: RunContext = {
  logger: pino({ level: 'silent' }),
  clock: systemClock,
  progress: silentProgress,
  signal: new AbortController().signal,
};

interface Row {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly peerName: string | null;
  /** Peer's time over ours: above 1 when ours is better. */
  readonly ratio: number | null;
  readonly limit: number | null;
  readonly limitShare: number | null;
  readonly peakMemoryBytes: number;
}

function syntheticLog(events: number, seed: number): EventLog {
  const random = new Random(seed);
  const customerCount = Math.max(1, Math.ceil(events / 10));
  const productCount = Math.max(100, Math.ceil(events / 100));
  const customer = Uint32Array.from({ length: events }, () => random.integer(customerCount)).sort();
  const time = Uint32Array.from({ length: events }, () => 1_700_000_000 + random.integer(365 * 86_400));
  for (let start = 0; start < events; ) {
    let end = start + 1;
    while (end < events && customer[end] === customer[start]) end++;
    time.subarray(start, end).sort();
    start = end;
  }
  const product = Uint32Array.from({ length: events }, () => Math.floor(productCount * random.uniform() ** 2));
  for (let i = 1; i < events; i++) {
    for (let j = i; j > 0 && customer[j] === customer[j - 1] && time[j] === time[j - 1]; j--) {
      if (product[j]! >= product[j - 1]!) break;
      [product[j], product[j - 1]] = [product[j - 1]!, product[j]!];
    }
  }
  const type = new Uint8Array(events).fill(eventTypes.indexOf('purchase'));
  return { customerCount, productCount, customer, product, type, time };
}

/** Processor seconds beside the wall's: the work runs on one thread, so on an idle machine the two agree. */
function timed<T>(work: () => T): { result: T; seconds: number; processorSeconds: number } {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, seconds: (performance.now() - start) / 1000, processorSeconds: (user + system) / 1e6 };
}

/** Portable SQL over the same encoded events: first purchases joined with later ones; counts and decayed weights. */
async function duckdbSeconds(log: EventLog): Promise<{ seconds: number; edges: number }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '4GB' });
  const connection = await instance.connect();
  await loadEvents(connection, log);
  const start = performance.now();
  const { windowDays, halfLifeDays, minimumSupport } = defaultGraphConfiguration;
  const reader = await connection.runAndReadAll(`
    WITH firsts AS (SELECT customer, product, min(time) AS time FROM events GROUP BY ALL),
    pairs AS (
      SELECT u.customer, u.product AS u, v.product AS v, min(v.time - u.time) AS gap
      FROM firsts u JOIN events v ON u.customer = v.customer
      WHERE v.time > u.time AND v.time - u.time <= ${windowDays ?? 36_500} * 86400 AND u.product <> v.product GROUP BY ALL)
    SELECT count(*)::DOUBLE FROM (
      SELECT u, v, sum(power(2, -floor(gap / 3600) / ${(halfLifeDays ?? 1e9) * 24})) AS weight, count(*) AS customers
      FROM pairs GROUP BY u, v HAVING customers >= ${minimumSupport})`);
  const edges = Number(reader.getRows()[0]?.[0]);
  const seconds = (performance.now() - start) / 1000;
  connection.closeSync();
  return { seconds, edges };
}

async function loadEvents(connection: DuckDBConnection, log: EventLog): Promise<void> {
  await connection.run('CREATE TABLE events (customer INTEGER, product INTEGER, time BIGINT)');
  const appender = await connection.createAppender('events');
  for (let i = 0; i < log.customer.length; i++) {
    appender.appendInteger(log.customer[i]!);
    appender.appendInteger(log.product[i]!);
    appender.appendBigInt(BigInt(log.time[i]!));
    appender.endRow();
  }
  appender.closeSync();
}

const flags = process.argv.slice(2);
const events = Number(flags.find((flag) => !flag.startsWith('--')) ?? 1_000_000);
const log = syntheticLog(events, 1);
const pairing = timed(() => pairEvents(log, defaultGraphConfiguration, context));
const csr = timed(() => buildCsr(pairing.result.bought, log.productCount));
const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
const peer = flags.includes('--peer') ? await duckdbSeconds(log) : null;
if (peer !== null && peer.edges !== pairing.result.report.bought.kept + pairing.result.report.bought.aboveDegree) {
  throw new Error(`The peer found ${peer.edges} edges, pairing ${pairing.result.report.bought.kept}.`);
}

const { pairs, candidates, kept } = pairing.result.report.bought;
const ours = pairing.seconds;
const rows: readonly Row[] = [
  {
    what: `pair ${events} purchases (${pairs} pairs, ${candidates} edges, ${kept} kept, ${pairing.processorSeconds.toFixed(2)} CPU-s)`,
    unit: 's',
    ours,
    peer: peer?.seconds ?? null,
    peerName: peer === null ? null : 'DuckDB SQL, one thread',
    ratio: peer === null ? null : peer.seconds / ours,
    limit: null,
    limitShare: null,
    peakMemoryBytes,
  },
  {
    what: `rows both ways of ${csr.result.edgeCount} edges`,
    unit: 's',
    ours: csr.seconds,
    peer: null,
    peerName: null,
    ratio: null,
    limit: null,
    limitShare: null,
    peakMemoryBytes,
  },
];
for (const row of rows) {
  const beside = row.peer === null ? '' : `, ${row.peerName} ${row.peer.toFixed(2)} s`;
  process.stdout.write(
    `${row.what}: ${row.ours.toFixed(2)} s${beside}, peak ${(row.peakMemoryBytes / 2 ** 30).toFixed(2)} GiB\n`,
  );
}
if (flags.includes('--json')) process.stdout.write(`${JSON.stringify({ name: 'edges', rows })}\n`);
