/**
 * `npm run bench -- <name>`: our times beside a peer's, in one run.
 * @module
 */
import { parseArgs } from 'node:util';
import type { Bench, Row } from './bench.ts';
import { edges } from './edges.ts';
import { fuzz } from './fuzz.ts';
import { gather } from './gather.ts';
import { index } from './index.ts';
import { load } from './load.ts';
import { lookups } from './lookups.ts';
import { query } from './query.ts';
import { refresh } from './refresh.ts';
import { sample } from './sample.ts';
import { scores } from './scores.ts';
import { train } from './train.ts';

const benches: Readonly<Record<string, Bench>> = {
  edges,
  gather,
  index,
  query,
  scores,
  sample,
  train,
  refresh,
  lookups,
  load,
  fuzz,
};

const usage = `usage: npm run bench -- <name> [--size N] [--repeats N] [--seconds N] [--alone] [--quick] [--json]
  name       ${Object.keys(benches).join(', ')}
  --size     input size in the measurement's unit
  --repeats  runs of which the median counts, 5 unless told
  --seconds  how long a measurement under load lasts
  --alone    without the peer
  --quick    without what takes more than a minute
  --json     the last line is one JSON object
`;

function fail(message: string): never {
  process.stderr.write(`${message}\n${usage}`);
  process.exit(2);
}

function positive(text: string, option: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : fail(`${option} must be a whole number above 0`);
}

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        size: { type: 'string' },
        repeats: { type: 'string', default: '5' },
        seconds: { type: 'string' },
        alone: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function describe(row: Row): string {
  const figure = (value: number) => `${row.unit === '/s' ? Math.round(value) : value.toFixed(2)} ${row.unit}`.trim();
  const beside = row.peer === null ? '' : `, ${row.peerName} ${figure(row.peer)} (${row.ratio?.toFixed(2)} ×)`;
  const limit = row.limitShare === null ? '' : `, ${(100 * row.limitShare).toFixed(0)} % of the limit`;
  if (row.unit !== 's') return `${row.what}: ${figure(row.ours)}${beside}${limit}`;
  return `${row.what}: ${figure(row.ours)}${beside}${limit}, peak ${(row.peakMemoryBytes / 2 ** 30).toFixed(2)} GiB`;
}

const { positionals, values } = read();
const name = positionals.length === 1 ? positionals[0]! : fail('name one measurement');
const bench = Object.hasOwn(benches, name) ? benches[name]! : fail(`there is no measurement '${name}'`);
const rows = await bench({
  size: values.size === undefined ? null : positive(values.size, '--size'),
  repeats: positive(values.repeats, '--repeats'),
  peer: !values.alone,
  quick: values.quick,
  seconds: values.seconds === undefined ? null : positive(values.seconds, '--seconds'),
});
for (const row of rows) process.stdout.write(`${describe(row)}\n`);
if (values.json) process.stdout.write(`${JSON.stringify({ name, rows })}\n`);
