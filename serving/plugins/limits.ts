import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import type { Clock } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { EventLoopLag } from '../limits/lag.ts';
import { clientOfAddress, type RateLimit, RateLimiter } from '../limits/rate-limiter.ts';

export interface LimitOptions {
  /** Per key, or per address without a key; null for no limit. */
  readonly rate: RateLimit | null;
  /** Lag of the event loop above which requests are turned away; null for never. */
  readonly maximumLagMilliseconds: number | null;
  readonly clock: Clock;
}

/**
 * Turns requests away before they cost anything: all of them when the service cannot keep up, a single client's when it asks too often.
 * Health and metrics are exempt, so that the orchestrator sees what is going on. Registered after the access check and before the routes.
 */
export function limitRoutes(app: FastifyInstance, { rate, maximumLagMilliseconds, clock }: LimitOptions): void {
  const hooks: onRequestHookHandler[] = [];
  if (maximumLagMilliseconds !== null) {
    const lag = new EventLoopLag(maximumLagMilliseconds);
    app.addHook('onReady', async () => lag.start());
    app.addHook('onClose', async () => lag.stop());
    hooks.push((_request, _reply, done) => (lag.overloaded ? done(overloaded()) : done()));
  }
  if (rate !== null) {
    const limiter = new RateLimiter(rate);
    hooks.push((request, reply, done) => {
      const { caller } = request;
      const client = caller === null ? clientOfAddress(request.ip) : `key ${caller.name}`;
      const wait = limiter.take(client, clock.monotonic());
      if (wait === 0) return done();
      reply.header('retry-after', String(Math.ceil(wait / 1000)));
      done(rateLimited(rate));
    });
  }
  app.addHook('onRoute', (route) => {
    const role = route.config?.role;
    if (role === 'metrics' || route.url.startsWith('/health/')) return;
    const own = route.onRequest === undefined ? [] : [route.onRequest].flat();
    route.onRequest = [...own, ...hooks];
  });
}

function overloaded(): OnewayError {
  return new OnewayError('OVERLOADED', 'The service has more to do than it can.', { hint: 'Ask again shortly.' });
}

function rateLimited({ requests, seconds }: RateLimit): OnewayError {
  return new OnewayError('RATE_LIMITED', `More than ${requests} requests in ${seconds} s.`, {
    hint: 'Ask again after the seconds of the retry-after header, and less often.',
  });
}
