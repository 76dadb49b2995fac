import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a peer measured: a figure in the bench's unit, and the most memory that its process held. */
export interface PeerFigure {
  readonly value: number;
  readonly peakMemoryBytes: number;
}

/**
 * Runs a script of `bench/peers` with the Python of `ONEWAY_BENCH_PYTHON`, else `python3`. A script prints one JSON object, name → {@link PeerFigure},
 * with the peers that are installed there.
 * @returns no peer where there is no Python or nothing that the script needs; the reason goes to standard error.
 */
export function pythonPeers(
  script: string,
  parameters: readonly (string | number)[],
): readonly (readonly [string, PeerFigure])[] {
  const path = fileURLToPath(new URL(`../../../bench/peers/${script}`, import.meta.url));
  const python = process.env.ONEWAY_BENCH_PYTHON ?? 'python3';
  const { status, stdout, stderr, error } = spawnSync(python, [path, ...parameters.map(String)], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) {
    process.stderr.write(`${python} ${script}: ${error?.message ?? stderr.trim().split('\n').at(-1)}\n`);
    return [];
  }
  const found = Object.entries(JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, PeerFigure>);
  if (found.length === 0) process.stderr.write(`${python} has nothing that ${script} compares with\n`);
  return found;
}
