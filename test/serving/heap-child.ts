/** Makes garbage that lives through young collections, and counts collections by kind. Prints them as one JSON line. */
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { collectSeldom } from '../../serving/heap.ts';

if (process.argv[2] === 'seldom') collectSeldom();
const kept: object[][] = [];
let whole = 0;
let young = 0;
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { kind } = (entry as unknown as { detail: { kind: number } }).detail;
    if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) whole++;
    if (kind === constants.NODE_PERFORMANCE_GC_MINOR) young++;
  }
});
observer.observe({ entryTypes: ['gc'] });
for (let round = 0; round < 1200; round++) {
  kept[round % 40] = Array.from({ length: 8000 }, (_, i) => ({ round, i }));
  await new Promise((resolve) => setImmediate(resolve));
}
await new Promise((resolve) => setTimeout(resolve, 50));
process.stdout.write(`${JSON.stringify({ whole, young, kept: kept.length })}\n`);
