import type { Clock } from '../context.ts';

/** Gives ids of exposures, each once. */
export type IdSource = () => string;

/** Crockford's alphabet: in the order of its codes, so that text sorts as numbers do. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';
const timeLength = 9;
const counterLength = 6;
const counters = 32 ** counterLength;

/**
 * Ids that sort by time of making: nine characters of milliseconds, six of a counter, then the instance. Unique within a process by time and counter
 * (time never goes back, even if the clock does), between processes by the instance.
 * @param instance 8 … 32 characters of [0-9a-z], different for every process; at least 40 random bits
 */
export function sortableIds(clock: Pick<Clock, 'now'>, instance: string): IdSource {
  let time = 0;
  let prefix = '';
  let counter = 0;
  return () => {
    const now = clock.now().getTime();
    if (now > time || counter === counters || prefix === '') {
      time = now > time ? now : time + 1;
      prefix = encode(time, timeLength);
      counter = 0;
    }
    return prefix + encode(counter++, counterLength) + instance;
  };
}

function encode(value: number, length: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < length; i++) {
    const digit = rest % 32;
    text = digits[digit] + text;
    rest = (rest - digit) / 32;
  }
  return text;
}
