import { spawnSync } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sqlText, withDatabase } from '../src/database/index.ts';
import { type BenchOptions, benchFolder, type Row } from './bench.ts';
import type { EdgesRun } from './edges-child.ts';
import { type PeerFigure, pythonPeers } from './python.ts';

/**
 * From a Parquet file of events with string ids to directed edges: ours is what a refresh does (every row accounted for, ids numbered, pairs, pruning, rows
 * both ways), the peer's is one portable SQL statement in DuckDB with as many threads. Both must find the same edges. Each run is a process of its own, so
 * peaks are of the whole of it. Its size is in purchases, 20,000,000 unless told.
 */
export async function edges({ size, repeats, peer }: BenchOptions): Promise<readonly Row[]> {
  const count = size ?? 20_000_000;
  const path = await eventFile(count);
  const ours = await runs('ours', path, repeats);
  const theirs = peer ? await runs('duckdb', path, repeats) : null;
  if (theirs !== null && theirs.edges !== ours.edges) {
    throw new Error(`DuckDB found ${theirs.edges} edges, ours are ${ours.edges}.`);
  }
  const row = (what: string, unit: Row['unit'], figure: number, beside: number | null): Row => ({
    what,
    unit,
    ours: figure,
    peer: beside,
    peerName: beside === null ? null : 'DuckDB, portable SQL over the strings, two threads',
    ratio: beside === null ? null : beside / figure,
    limit: null,
    limitShare: null,
    peakMemoryBytes: ours.peakMemoryBytes,
  });
  const mebibytes = (bytes: number) => bytes / 2 ** 20;
  return [
    row(`${count} purchases to ${ours.edges} edges`, 's', total(ours), theirs === null ? null : total(theirs)),
    row('processor time of it', 's', ours.processorSeconds, theirs?.processorSeconds ?? null),
    row('most memory', 'MiB', mebibytes(ours.peakMemoryBytes), theirs && mebibytes(theirs.peakMemoryBytes)),
    ...Object.entries(ours.seconds).map(([part, seconds]) => row(`of it ${part}`, 's', seconds, null)),
    rowsBothWays(Math.ceil(count / 2), repeats, peer),
  ];
}

/** Edges in no order, ten a product, as rows both ways; processor time of one thread. */
function rowsBothWays(edgeCount: number, repeats: number, peer: boolean): Row {
  const script = fileURLToPath(new URL('./rows-child.js', import.meta.url));
  const { stdout } = spawnSync(process.execPath, [script, `${edgeCount}`, `${repeats}`], { encoding: 'utf8' });
  const { value, peakMemoryBytes } = JSON.parse(stdout) as PeerFigure;
  const [theirs] = peer ? pythonPeers('rows.py', [edgeCount, repeats]) : [];
  return {
    what: `rows both ways of ${edgeCount} edges in no order`,
    unit: 's',
    ours: value,
    peer: theirs?.[1].value ?? null,
    peerName: theirs?.[0] ?? null,
    ratio: theirs === undefined ? null : theirs[1].value / value,
    limit: null,
    limitShare: null,
    peakMemoryBytes,
  };
}

function total({ seconds }: EdgesRun): number {
  return Object.values(seconds).reduce((sum, part) => sum + part, 0);
}

/** The run of the median time. */
async function runs(side: 'ours' | 'duckdb', path: string, repeats: number): Promise<EdgesRun> {
  const script = fileURLToPath(new URL('./edges-child.js', import.meta.url));
  const found: EdgesRun[] = [];
  for (let run = 0; run < repeats; run++) {
    const folder = await mkdtemp(join(tmpdir(), 'oneway-edges-'));
    try {
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, side, path, folder], {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
      found.push(JSON.parse(stdout) as EdgesRun);
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  return found.sort((a, b) => total(a) - total(b))[repeats >> 1]!;
}

/** Ten purchases a customer on average over a year, a hundred a product, popularity ∝ rank^−½. Made once. */
async function eventFile(count: number): Promise<string> {
  const path = join(benchFolder, `events-${count}.parquet`);
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (there) return path;
  await mkdir(benchFolder, { recursive: true });
  const part = `${path}.tmp`;
  const hash = (salt: number) => `CAST(hash(i + ${salt}) % 1000000007 AS BIGINT)`;
  await withDatabase({ spillFolder: `${path}.spill` }, ({ run }) =>
    run(`COPY (SELECT format('customer-{:08d}', ${hash(0)} % ${Math.ceil(count / 10)}) AS customer,
        format('product-{:07d}', CAST(floor(${Math.ceil(count / 100)} * power(${hash(1e10)} / 1000000007.0, 2)) AS BIGINT)) AS product,
        'purchase' AS type, 1700000000 + ${hash(2e10)} % 31536000 AS time
      FROM range(${count}) numbers(i)) TO ${sqlText(part)} (FORMAT parquet)`),
  );
  await rename(part, path);
  return path;
}
