import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type EventLog, eventTypes } from '../src/events/index.ts';
import { buildCsr, defaultGraphConfiguration, type GraphConfiguration, pairEvents } from '../src/graph/index.ts';
import { Random } from '../src/random.ts';
import { type BenchOptions, context, peakMemory, type Row, type Timed, timed } from './bench.ts';

/** What the SQL computes: counts and decayed weights, without what we add to them. */
const plain = {
  ...defaultGraphConfiguration,
  togetherWeight: 0,
  customerNormalisation: 0,
  minimumOrderShare: 0,
  minimumSurprise: 0,
};

/** Pairing of synthetic purchases, plain beside DuckDB's self-join and as it is by default. Its size is in purchases, 1,000,000 unless told. */
export async function edges({ size, repeats, peer }: BenchOptions): Promise<readonly Row[]> {
  const log = syntheticLog(size ?? 1_000_000, 1);
  const pair = (configuration: GraphConfiguration) => timed(repeats, () => pairEvents(log, configuration, context));
  const simple = await pair(plain);
  const { bought } = simple.result.report;
  const whole = await pair(defaultGraphConfiguration);
  const csr = await timed(repeats, () => buildCsr(whole.result.bought, log.productCount));
  const peakMemoryBytes = peakMemory();
  const theirs = peer ? await duckdb(log, repeats) : null;
  if (theirs !== null && theirs.result !== bought.kept + bought.aboveDegree) {
    throw new Error(`The peer found ${theirs.result} edges, pairing ${bought.kept + bought.aboveDegree}.`);
  }
  const row = (what: string, { seconds, processorSeconds }: Timed<unknown>, beside: Timed<unknown> | null): Row => ({
    what: `${what} (${processorSeconds.toFixed(2)} CPU-s)`,
    unit: 's',
    ours: seconds,
    peer: beside?.seconds ?? null,
    peerName: beside === null ? null : 'DuckDB SQL, one thread',
    ratio: beside === null ? null : beside.seconds / seconds,
    limit: null,
    limitShare: null,
    peakMemoryBytes,
  });
  const purchases = `${log.customer.length} purchases`;
  const { kept } = whole.result.report.bought;
  return [
    row(`pair ${purchases}, plain: ${bought.pairs} pairs, ${bought.candidates} edges`, simple, theirs),
    row(`pair ${purchases}, by default: ${kept} edges kept`, whole, null),
    row(`rows both ways of ${csr.result.edgeCount} edges`, csr, null),
  ];
}

/** Ten purchases a customer on average, over a year, products with a long tail. */
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

/** Loading is not timed: our log is in memory as well. */
async function duckdb(log: EventLog, repeats: number): Promise<Timed<number>> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '4GB' });
  const connection = await instance.connect();
  try {
    await loadEvents(connection, log);
    return await timed(repeats, () => pairByDuckdb(connection));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Portable SQL over the same encoded events: first purchases joined with later ones; counts and decayed weights. */
async function pairByDuckdb(connection: DuckDBConnection): Promise<number> {
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
  return Number(reader.getRows()[0]?.[0]);
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
