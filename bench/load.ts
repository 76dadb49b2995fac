import { rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Workspace } from '../src/release/index.ts';
import { type BenchOptions, benchFolder, context, type Row, row } from './bench.ts';
import { serveBare, serveInChild } from './child.ts';
import { popularFirst } from './lookups.ts';
import { watchMemory } from './memory.ts';
import { type Latencies, pacedInChild } from './paced.ts';
import { syntheticRelease } from './synthetic-release.ts';

const rate = 2000;
const connections = 64;
const swaps = 5;
/** About an answer's with ten products. */
const answerBytes = 4096;
/** Closer than Prometheus asks: reading its figures takes the thread that answers. */
const scrapeMilliseconds = 2000;
const selectivities = [0.01, 0.1, 0.5] as const;

/**
 * A service under steady load, from a release of 200,000 products unless told: latencies at 2,000 requests a second while the release is swapped
 * five times (once a minute in a run of more than five minutes), beside those of a bare `node:http` as the limit; latencies of filtered lookups, and memory over the run (60 seconds unless told).
 */
export async function load({ size, seconds: given }: BenchOptions): Promise<readonly Row[]> {
  const products = size ?? 200_000;
  const seconds = given ?? 60;
  const { workspace, releases, ids } = await syntheticRelease(benchFolder, products, context);
  await pointAt(workspace, releases[0]);
  const service = await serveInChild(workspace.root, { releases: { pollMilliseconds: 200 } });
  const asked = popularFirst(ids, 65_536);
  const related = asked.map((id) => ({ path: `/v1/products/${id}/related?k=10` }));
  const run = (length: number, { address }: { readonly address: string } = service) =>
    pacedInChild({ address, rate, seconds: length, connections, questions: related });
  const bare = await serveBare(answerBytes).catch(async (error: unknown) => {
    await service.stop();
    throw error;
  });
  try {
    // Enough that everything is compiled and both releases have been in service: what comes then must not grow.
    await run(5);
    await swapOften(workspace, releases, service.address, 1000, 2);
    const rows: Row[] = [];
    const least = await run(Math.min(20, seconds), bare);
    const quiet = await run(Math.min(20, seconds));
    rows.push(...latencies(`related at ${rate}/s, no swap`, quiet, least));
    const memory = watchMemory(service, scrapeMilliseconds);
    const times = Math.max(swaps, Math.floor(seconds / 60));
    const every = (seconds * 1000) / (times + 1);
    const swapping = swapOften(workspace, releases, service.address, every, times);
    const busy = await run(seconds);
    const taken = await swapping;
    const held = await memory.stop();
    rows.push(
      ...latencies(`related at ${rate}/s, ${taken.length} swaps in ${seconds} s`, busy, least),
      row('slowest swap, from the link to the first answer', 's', Math.max(...taken)),
      ...held,
    );
    for (const share of selectivities) {
      const bodies = asked.slice(0, 4096).map((id) => ({
        path: '/v1/related',
        body: JSON.stringify({ basket: [{ id }], k: 10, rules: { filter: { price: { atMost: share * 100 } } } }),
      }));
      const filtered = await pacedInChild({
        address: service.address,
        rate: 200,
        seconds: Math.min(10, seconds),
        connections,
        questions: bodies,
      });
      rows.push(
        row(`related with a filter that ${share * 100} % pass, at 200/s: p99`, 'ms', filtered.p99),
        ...trust(filtered),
      );
    }
    return rows;
  } finally {
    await Promise.all([service.stop(), bare.stop()]);
  }
}

/** @param least of a bare server that was asked in the same way, before: a limit but for the machine's noise */
function latencies(what: string, ours: Latencies, least: Latencies): readonly Row[] {
  const beside = (name: string, of: 'p50' | 'p99' | 'p999' | 'worst'): Row => ({
    ...row(name, 'ms', ours[of]),
    limit: least[of],
    limitShare: least[of] / ours[of],
  });
  return [
    beside(`${what}: p50`, 'p50'),
    beside('p99', 'p99'),
    beside('p99.9', 'p999'),
    beside('worst', 'worst'),
    ...trust(ours),
  ];
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
