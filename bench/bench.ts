/**
 * What every measurement shares: its options, its rows, its stopwatch.
 * @module
 */
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { type RunContext, silentProgress, systemClock } from '../src/context.ts';

export interface BenchOptions {
  /** Size of the input, in the measurement's own unit; null for its default. */
  readonly size: number | null;
  /** Medians are over this many runs. */
  readonly repeats: number;
  /** Whether the peer runs too. */
  readonly peer: boolean;
  /** Leaves out what takes more than a minute, where there is such a thing. */
  readonly quick?: boolean;
  /** How long a measurement under load lasts; null for its default. */
  readonly seconds: number | null;
}

export type Unit = 's' | 'ms' | '/s' | 'MiB' | 'MiB/min' | '';

/** One figure, beside a peer's and beside what the machine could do at best where these are known. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  readonly ours: number;
  readonly peer: number | null;
  readonly peerName: string | null;
  /** Peer's time over ours, or our rate over the peer's: above 1 when ours is better. */
  readonly ratio: number | null;
  readonly limit: number | null;
  /** Limit's time over ours, or our rate over the limit's: 1 when nothing is left to gain. */
  readonly limitShare: number | null;
  readonly peakMemoryBytes: number;
}

export type Bench = (options: BenchOptions) => Promise<readonly Row[]>;

export const context: RunContext = {
  logger: pino({ level: 'silent' }),
  clock: systemClock,
  progress: silentProgress,
  signal: new AbortController().signal,
};

/** Where benches keep what is dear to make: in the checkout, out of git. */
export const benchFolder = fileURLToPath(new URL('../../data', import.meta.url));

/** A figure without a peer. */
export function row(what: string, unit: Unit, ours: number): Row {
  return {
    what,
    unit,
    ours,
    peer: null,
    peerName: null,
    ratio: null,
    limit: null,
    limitShare: null,
    peakMemoryBytes: peakMemory(),
  };
}

/** Median processor time: all of it is one thread's work, and what else runs on the machine takes none of it. */
export function processorSeconds(repeats: number, work: () => void): number {
  const runs = Array.from({ length: repeats }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return runs.sort((a, b) => a - b)[repeats >> 1]!;
}

/** Most memory that this process has held so far. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}
