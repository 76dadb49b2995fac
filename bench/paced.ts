import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Connection } from './http.ts';

export interface Question {
  readonly path: string;
  readonly body?: string;
}

export interface PacedOptions {
  readonly address: string;
  /** Requests a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly connections: number;
  /** Asked in turn, again and again. */
  readonly questions: readonly Question[];
}

/** Asked before what counts: connections are accepted, and the generator's own code compiled, in the first second. */
const warmUpSeconds = 2;

/** Latencies of one run, in milliseconds. */
export interface Latencies {
  readonly requests: number;
  /** Answers that were no 200, and connections lost. */
  readonly failed: number;
  /** What the first of them was answered with; '' without any. */
  readonly failure: string;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly worst: number;
  /** Requests a second that were answered. */
  readonly rate: number;
  /** The longest time for which the generator itself had no processor: no latency is known better than that. */
  readonly heldUp: number;
}

/**
 * Asks at a fixed rate whatever the service does. A latency counts from the moment at which the request was due, so that waiting for
 * a stalled service is not left out (no coordinated omission); the generator's own timer, about a millisecond, is in it.
 */
export async function paced({ address, rate, seconds, connections, questions }: PacedOptions): Promise<Latencies> {
  const warmUp = Math.round(rate * warmUpSeconds);
  const total = warmUp + Math.round(rate * seconds);
  const latencies = new Float64Array(total);
  const idle = Array.from({ length: connections }, () => new Connection(address));
  let failed = 0;
  let failure = '';
  let asked = 0;
  let answered = 0;
  let heldUp = 0;
  const begun = performance.now();
  const due = (i: number): number => begun + (i * 1000) / rate;
  await new Promise<void>((resolve) => {
    const send = (): void => {
      while (asked < total && idle.length > 0 && due(asked) <= performance.now()) {
        const i = asked++;
        const rested = idle.pop()!;
        const connection = rested.closed ? new Connection(address) : rested;
        const { path, body } = questions[i % questions.length]!;
        connection
          .ask(path, body)
          .then((reply) => {
            if (reply.status !== 200) {
              failed++;
              failure ||= `${reply.status} ${reply.body.toString('utf8', 0, 200)}`;
            }
            idle.push(connection);
          })
          .catch((error: Error) => {
            failed++;
            failure ||= error.message;
            idle.push(new Connection(address));
          })
          .finally(() => {
            latencies[i] = performance.now() - due(i);
            if (++answered === total) resolve();
            else send();
          });
      }
    };
    let ticked = performance.now();
    const tick = (): void => {
      heldUp = asked < warmUp ? 0 : Math.max(heldUp, performance.now() - ticked - 1);
      send();
      ticked = performance.now();
      if (asked < total) setTimeout(tick, 1);
    };
    tick();
  });
  const elapsed = (performance.now() - due(warmUp)) / 1000;
  for (const connection of idle) connection.close();
  return { ...summarise(latencies.subarray(warmUp), elapsed), failed, failure, heldUp };
}

/** {@link paced} in a process of its own, which does nothing else and whose garbage is collected seldom and by one thread: what holds up the generator would count as the service's. */
export async function pacedInChild(options: PacedOptions): Promise<Latencies> {
  const script = fileURLToPath(new URL('./paced-child.js', import.meta.url));
  const flags = ['--single-threaded-gc', '--no-memory-reducer', '--max-semi-space-size=64'];
  const child = spawn(process.execPath, [...flags, script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(options));
  const [told, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
  if (code !== 0) throw new Error(`The generator ended with ${code}; what it said is above.`);
  return JSON.parse(told) as Latencies;
}

function summarise(latencies: Float64Array, elapsed: number): Omit<Latencies, 'failed' | 'failure' | 'heldUp'> {
  const sorted = latencies.toSorted();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    requests: sorted.length,
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    worst: sorted.at(-1) ?? 0,
    rate: sorted.length / elapsed,
  };
}
