import { tracingChannel } from 'node:diagnostics_channel';

/** Told of each time that popular products have to stand in, when it begins and when it ends; costs nothing while nobody listens. */
export const fallbackChannel = tracingChannel<object>('oneway.lookup.fallback');

export function tracedFallback<T>(work: () => T): T {
  return fallbackChannel.start.hasSubscribers ? fallbackChannel.traceSync(work, {}) : work();
}
