import { setTimeout as delay } from 'node:timers/promises';
import { type Row, row } from './bench.ts';
import type { ServedChild } from './child.ts';

const kinds = ['resident', 'heap', 'external'] as const;
type Sample = Readonly<Record<'minute' | (typeof kinds)[number], number>>;

export interface MemoryWatch {
  /** A stretch ends: what is sampled from here on belongs to the next. */
  mark(): void;
  stop(): Promise<readonly Row[]>;
}

/**
 * Samples a service's memory. Of each stretch between two marks (swaps) the least sample counts, which is what is held when nothing is being opened or waits to be
 * collected; a leak lets it rise from stretch to stretch.
 */
export function watchMemory(service: ServedChild, everyMilliseconds: number): MemoryWatch {
  const begun = performance.now();
  const stretches: Sample[][] = [[]];
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const { resident, heap, external } = await service.memory();
      const minute = (performance.now() - begun) / 60_000;
      stretches.at(-1)!.push({ minute, resident, heap, external });
      await delay(everyMilliseconds);
    }
  })();
  return {
    mark: () => void stretches.push([]),
    stop: async () => {
      stopped = true;
      await watching;
      const held = stretches.filter((samples) => samples.length > 0);
      return kinds.flatMap((kind) => {
        const points = held.map((samples) =>
          samples.reduce((least, sample) => (sample[kind] < least[kind] ? sample : least)),
        );
        const mebibytes = points.map((point) => point[kind] / 2 ** 20);
        const all = stretches.flat().map((sample) => sample[kind] / 2 ** 20);
        return [
          row(`${kind} memory between swaps: first`, 'MiB', mebibytes[0] ?? Number.NaN),
          row('last', 'MiB', mebibytes.at(-1) ?? Number.NaN),
          row('most at any time', 'MiB', Math.max(...all)),
          row(
            'slope',
            'MiB/min',
            slopeOf(
              points.map(({ minute }) => minute),
              mebibytes,
            ),
          ),
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
