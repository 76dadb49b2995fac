import { setTimeout as delay } from 'node:timers/promises';
import { type Row, row } from './bench.ts';
import type { Memory, ServedChild } from './child.ts';

const kinds = ['resident', 'heap', 'external', 'releases'] as const satisfies readonly (keyof Memory)[];
type Sample = Readonly<Memory & { minute: number }>;

/** Spans of a run; of the later half of them the slope is taken. */
const spans = 10;
/** Growth over that half up to which memory counts as flat: a share of its mean, and mebibytes for what is small. */
const flatShare = 0.03;
const flatMebibytes = 16;
/** The whole heap is collected about once a minute under load: a tenth of a shorter run may be without. */
const enoughMinutes = 8;

export interface MemoryWatch {
  stop(): Promise<readonly Row[]>;
}

/**
 * Samples a service's memory. Of each tenth of the run the least sample counts, which is what is held when nothing is being opened or waits to be collected. A leak lets it rise from span to span; what
 * a process reaches once and keeps is reached in the first half.
 */
export function watchMemory(service: ServedChild, everyMilliseconds: number): MemoryWatch {
  const begun = performance.now();
  const samples: Sample[] = [];
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const minute = (performance.now() - begun) / 60_000;
      samples.push({ minute, ...(await service.memory()) });
      await delay(everyMilliseconds);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await watching;
      return kinds.flatMap((kind) => rowsOf(kind, samples));
    },
  };
}

function rowsOf(kind: (typeof kinds)[number], samples: readonly Sample[]): readonly Row[] {
  const length = (samples.at(-1)?.minute ?? 0) / spans;
  const least: { minute: number; mebibytes: number }[] = [];
  for (let span = 0; span < spans; span++) {
    const within = samples.filter(({ minute }) => minute >= span * length && minute <= (span + 1) * length);
    if (within.length === 0) continue;
    const mebibytes = Math.min(...within.map((sample) => sample[kind])) / 2 ** 20;
    least.push({ minute: (span + 0.5) * length, mebibytes });
  }
  const later = least.slice(least.length >> 1);
  const values = later.map(({ mebibytes }) => mebibytes);
  const minutes = later.map(({ minute }) => minute);
  const slope = slopeOf(minutes, values);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const growth = slope * ((minutes.at(-1) ?? 0) - (minutes[0] ?? 0));
  const flat = growth <= Math.max(flatMebibytes, flatShare * mean);
  const verdict = length * spans < enoughMinutes ? 'too short to tell' : flat ? 'flat' : 'GROWS';
  const course = least.map(({ mebibytes }) => mebibytes.toFixed(0)).join(' ');
  return [
    row(`${kind} memory, least of each tenth of the run (${course}): last`, 'MiB', values.at(-1) ?? Number.NaN),
    row('most at any time', 'MiB', Math.max(...samples.map((sample) => sample[kind])) / 2 ** 20),
    row(`slope over the later half: ${verdict}`, 'MiB/min', slope),
  ];
}

/** Of the line of least squares. */
function slopeOf(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(x);
  const meanY = mean(y);
  let above = 0;
  let below = 0;
  for (let i = 0; i < x.length; i++) {
    above += (x[i]! - meanX) * (y[i]! - meanY);
    below += (x[i]! - meanX) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
