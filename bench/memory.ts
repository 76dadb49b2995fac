import { setTimeout as delay } from 'node:timers/promises';
import { type Row, row } from './bench.ts';
import type { Memory, ServedChild } from './child.ts';

const kinds = ['resident', 'heap', 'external', 'releases'] as const satisfies readonly (keyof Memory)[];
type Sample = Readonly<Memory & { minute: number }>;

/** Growth over the whole run up to which memory counts as flat: a share of its mean, and mebibytes for what is small. */
const flatShare = 0.03;
const flatMebibytes = 16;

export interface MemoryWatch {
  /** A stretch ends: what is sampled from here on belongs to the next. */
  mark(): void;
  stop(): Promise<readonly Row[]>;
}

/**
 * Samples a service's memory. Of each stretch between two marks (swaps, and every minute) the least sample counts, which is what is held when nothing is being opened or waits to be
 * collected; a leak lets it rise from stretch to stretch. The first stretch is left out: what is reached then is not reached before.
 */
export function watchMemory(service: ServedChild, everyMilliseconds: number): MemoryWatch {
  const begun = performance.now();
  const stretches: Sample[][] = [[]];
  let stopped = false;
  let whole = 0;
  const watching = (async () => {
    while (!stopped) {
      const memory = await service.memory();
      const minute = (performance.now() - begun) / 60_000;
      if (Math.floor(minute) > whole) {
        whole = Math.floor(minute);
        stretches.push([]);
      }
      stretches.at(-1)!.push({ minute, ...memory });
      await delay(everyMilliseconds);
    }
  })();
  return {
    mark: () => void stretches.push([]),
    stop: async () => {
      stopped = true;
      await watching;
      const held = stretches.filter((samples) => samples.length > 0).slice(1);
      return kinds.flatMap((kind) => {
        const points = held.map((samples) =>
          samples.reduce((least, sample) => (sample[kind] < least[kind] ? sample : least)),
        );
        const mebibytes = points.map((point) => point[kind] / 2 ** 20);
        const all = stretches.flat().map((sample) => sample[kind] / 2 ** 20);
        const minutes = points.map(({ minute }) => minute);
        const slope = slopeOf(minutes, mebibytes);
        const mean = mebibytes.reduce((sum, value) => sum + value, 0) / mebibytes.length;
        const growth = slope * ((minutes.at(-1) ?? 0) - (minutes[0] ?? 0));
        const flat = growth <= Math.max(flatMebibytes, flatShare * mean);
        const course = points.map((point, i) => `${point.minute.toFixed(1)}: ${mebibytes[i]!.toFixed(0)}`).join(', ');
        return [
          row(`${kind} memory, least of each stretch in MiB by minute (${course}): last`, 'MiB', mebibytes.at(-1) ?? 0),
          row('most at any time', 'MiB', Math.max(...all)),
          row(`slope: ${flat ? 'flat' : 'GROWS'}`, 'MiB/min', slope),
        ];
      });
    },
  };
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
