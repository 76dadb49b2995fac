import { rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { collectSeldom } from '../serving/heap.ts';
import type { Workspace } from '../src/release/index.ts';
import { type BenchOptions, benchFolder, context, type Row, row } from './bench.ts';
import { serveInChild } from './child.ts';
import { popularFirst } from './lookups.ts';
import { watchMemory } from './memory.ts';
import { type Latencies, paced } from './paced.ts';
import { syntheticRelease } from './synthetic-release.ts';

const rate = 2000;
const connections = 64;
const swaps = 5;
const selectivities = [0.01, 0.1, 0.5] as const;

/**
 * A service under steady load, from a release of 200,000 products unless told: latencies at 2,000 requests a second while the release is swapped
 * five times (once a minute in a run of more than five minutes), latencies of filtered lookups, and memory over the run (60 seconds unless told).
 */
export async function load({ size, seconds: given }: BenchOptions): Promise<readonly Row[]> {
  // The generator has the same two cores: its own helpers would hold up both sides.
  collectSeldom();
  const products = size ?? 200_000;
  const seconds = given ?? 60;
  const { workspace, releases, ids } = await syntheticRelease(benchFolder, products, context);
  await pointAt(workspace, releases[0]);
  const service = await serveInChild(workspace.root, { releases: { pollMilliseconds: 200 } });
  const asked = popularFirst(ids, 65_536);
  const related = (i: number) => ({ path: `/v1/products/${asked[i % asked.length]}/related?k=10` });
  const run = (length: number) =>
    paced({ address: service.address, rate, seconds: length, connections, question: related });
  try {
    // Enough that everything is compiled and both releases have been in service: what comes then must not grow.
    await run(5);
    await swapOften(workspace, releases, service.address, 1000, 2);
    const rows: Row[] = [];
    const quiet = await run(Math.min(20, seconds));
    rows.push(
      row(`related at ${rate}/s, no swap: p50`, 'ms', quiet.p50),
      row('p99', 'ms', quiet.p99),
      row('p99.9', 'ms', quiet.p999),
    );
    rows.push(row('worst', 'ms', quiet.worst), ...trust(quiet));
    const memory = watchMemory(service, Math.min(1000, seconds * 10));
    const times = Math.max(swaps, Math.floor(seconds / 60));
    const every = (seconds * 1000) / (times + 1);
    const swapping = swapOften(workspace, releases, service.address, every, times);
    const busy = await run(seconds);
    const taken = await swapping;
    const held = await memory.stop();
    rows.push(
      row(`related at ${rate}/s, ${taken.length} swaps in ${seconds} s: p50`, 'ms', busy.p50),
      row('p99', 'ms', busy.p99),
      row('p99.9', 'ms', busy.p999),
      row('worst', 'ms', busy.worst),
      ...trust(busy),
      row('slowest swap, from the link to the first answer', 's', Math.max(...taken)),
      ...held,
    );
    for (const share of selectivities) {
      const body = (i: number) => ({
        path: '/v1/related',
        body: JSON.stringify({
          basket: [{ id: asked[i % asked.length] }],
          k: 10,
          rules: { filter: { price: { atMost: share * 100 } } },
        }),
      });
      const filtered = await paced({
        address: service.address,
        rate: 200,
        seconds: Math.min(10, seconds),
        connections,
        question: body,
      });
      rows.push(
        row(`related with a filter that ${share * 100} % pass, at 200/s: p99`, 'ms', filtered.p99),
        ...trust(filtered),
      );
    }
    return rows;
  } finally {
    await service.stop();
  }
}

/** How many failed, and how long the generator was held up: a stall of the machine is one of both. */
function trust({ failed, failure, requests, heldUp }: Latencies): readonly Row[] {
  return [
    row(`of ${requests} failed${failure === '' ? '' : ` (${failure})`}`, '', failed),
    row('the generator itself was held up for, at worst', 'ms', heldUp),
  ];
}

async function pointAt(workspace: Workspace, release: string): Promise<void> {
  const link = `${workspace.current}.new`;
  await symlink(join('releases', release), link);
  await rename(link, workspace.current);
}

/** Swaps back and forth. @returns seconds that each took to come into service */
async function swapOften(
  workspace: Workspace,
  releases: readonly [string, string],
  address: string,
  every: number,
  times: number,
): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let swap = 1; swap <= times; swap++) {
    await delay(every);
    const release = releases[swap % 2]!;
    const begun = performance.now();
    await pointAt(workspace, release);
    for (;;) {
      const body = (await (await fetch(`${address}/v1/release`)).json()) as { readonly id: string };
      if (body.id === release) break;
      await delay(50);
    }
    taken.push((performance.now() - begun) / 1000);
  }
  return taken;
}
