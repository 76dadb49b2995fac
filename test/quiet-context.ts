import { pino } from 'pino';
import { type RunContext, silentProgress, systemClock } from '../src/context.ts';

/** A context whose log and progress nobody sees. */
export function quietContext(signal: AbortSignal = new AbortController().signal): RunContext {
  return { logger: pino({ level: 'silent' }), clock: systemClock, progress: silentProgress, signal };
}
