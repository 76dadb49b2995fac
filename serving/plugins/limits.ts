import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import { OnewayError } from '../../src/errors.ts';
import { EventLoopLag } from '../limits/lag.ts';

/** Of one client: so many requests in a window, which begins with the first of them. */
export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
}

export interface LimitOptions {
  /** Per key, or per address without a key (of IPv6 the /64 network, which is what one customer is given); null for no limit. */
  readonly rate: RateLimit | null;
  /** Lag of the event loop above which requests are turned away; null for never. */
  readonly maximumLagMilliseconds: number | null;
}

/** Clients remembered; beyond them the one that has not asked for longest is forgotten, so that memory is bounded. */
const mostClients = 50_000;

/**
 * Turns requests away before they cost anything: all of them when the service cannot keep up, a single client's when it asks too often.
 * Health and metrics are exempt, so that the orchestrator sees what is going on. Registered after the access check and before the routes.
 */
export function limitRoutes(app: FastifyInstance, { rate, maximumLagMilliseconds }: LimitOptions): void {
  const hooks: onRequestHookHandler[] = [];
  if (maximumLagMilliseconds !== null) {
    const lag = new EventLoopLag(maximumLagMilliseconds);
    app.addHook('onReady', async () => lag.start());
    app.addHook('onClose', async () => lag.stop());
    hooks.push((_request, _reply, done) => (lag.overloaded ? done(overloaded()) : done()));
  }
  app.addHook('onRoute', (route) => {
    if (route.config?.role === 'metrics' || route.url.startsWith('/health/')) {
      route.config = { ...route.config, rateLimit: false };
      return;
    }
    const own = route.onRequest === undefined ? [] : [route.onRequest].flat();
    route.onRequest = [...own, ...hooks];
  });
  if (rate === null) return;
  const silent = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false };
  app.register(rateLimit, {
    max: rate.requests,
    timeWindow: rate.seconds * 1000,
    cache: mostClients,
    keyGenerator: ({ caller, ip }) => (caller === null ? normalizeIP(ip) : `key ${caller.name}`),
    errorResponseBuilder: () => rateLimited(rate),
    addHeaders: silent,
    addHeadersOnExceeding: silent,
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
