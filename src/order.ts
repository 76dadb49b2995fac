/**
 * Sorting in steps, where others wait for the thread.
 * @module
 */
import type { Steps } from './pause.ts';

/** Elements sorted at once, and elements merged between two pauses. */
const block = 1024;
const stepElements = 8192;

/** What `items.toSorted(compare)` gives, stable as that is: blocks are sorted, then merged two by two. */
export function* sortInSteps<Item>(items: readonly Item[], compare: (a: Item, b: Item) => number): Steps<Item[]> {
  let from: Item[] = [];
  for (let start = 0; start < items.length; start += block) {
    for (const item of items.slice(start, start + block).sort(compare)) from.push(item);
    yield;
  }
  let into = from.slice();
  let done = 0;
  for (let width = block; width < items.length; width *= 2) {
    for (let start = 0; start < items.length; start += 2 * width) {
      const middle = Math.min(start + width, items.length);
      const end = Math.min(start + 2 * width, items.length);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        const takeLeft = right === end || (left < middle && compare(from[left]!, from[right]!) <= 0);
        into[at] = takeLeft ? from[left++]! : from[right++]!;
        if (++done % stepElements === 0) yield;
      }
    }
    [from, into] = [into, from];
  }
  return from;
}
