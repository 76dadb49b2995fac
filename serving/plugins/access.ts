import type { FastifyInstance, FastifyRequest, onRequestHookHandler, RouteOptions } from 'fastify';
import type { Clock } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { Caller, KeyRing } from '../access/keys.ts';
import { isLocal } from '../access/local.ts';
import type { Role } from '../roles.ts';
import { errorReference } from '../schemas/common.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null without a key. */
    caller: Caller | null;
  }
}

/** Requests without a key, on routes that only read: never; of this machine while no key is configured; from anywhere. */
export const anonymousAccess = ['never', 'loopback', 'everywhere'] as const;
export type AnonymousAccess = (typeof anonymousAccess)[number];

export interface AccessOptions {
  /** Asked at each request: keys can be replaced while the service runs. */
  readonly keys: () => KeyRing;
  readonly anonymous: AnonymousAccess;
  readonly clock: Clock;
}

/** Routes that need no key where {@link AnonymousAccess} allows it: what changes something always needs one. */
const open: ReadonlySet<Role> = new Set(['read', 'metrics']);

/**
 * Holds every route to its role (`config.role`; a route that names none is for `admin`). A key comes as `authorization: Bearer …` or `x-api-key`.
 * Registered before the routes, so that it sees them; the check is the first thing that runs of a route.
 */
export function guardRoutes(app: FastifyInstance, options: AccessOptions): void {
  app.decorateRequest('caller', null);
  app.addHook('onRoute', (route) => {
    const role = route.config?.role ?? (route.url.startsWith('/docs') ? 'public' : 'admin');
    if (role === 'public') return;
    document(route, role);
    const own = route.onRequest === undefined ? [] : [route.onRequest].flat();
    route.onRequest = [guard(role, options), ...own];
  });
}

/** Adds to the route's description what a caller without the right, or with too many requests, is answered. */
function document(route: RouteOptions, role: Role): void {
  const { schema } = route;
  if (schema === undefined || schema.hide === true) return;
  const response = schema.response as Record<string, unknown> | undefined;
  route.schema = {
    ...schema,
    security: [{ key: [] }, { bearer: [] }, ...(open.has(role) ? [{}] : [])],
    response: { 401: errorReference, 403: errorReference, 429: errorReference, 503: errorReference, ...response },
  };
}

function guard(role: Role, { keys, anonymous, clock }: AccessOptions): onRequestHookHandler {
  const mayBeOpen = open.has(role);
  return (request, reply, done) => {
    const ring = keys();
    const given = keyOf(request);
    if (given === null && mayBeOpen) {
      if (anonymous === 'everywhere') return done();
      if (anonymous === 'loopback' && ring.size === 0 && isLocal(request)) return done();
    }
    const caller = given === null ? null : ring.find(given, clock.now().getTime());
    if (caller === null) {
      reply.header('www-authenticate', 'Bearer realm="oneway"');
      return done(refused(given === null, ring.size === 0, mayBeOpen));
    }
    request.caller = caller;
    if (caller.roles.has(role)) return done();
    done(
      new OnewayError('ROLE_MISSING', `The key "${caller.name}" does not have the role "${role}".`, {
        hint: 'Use a key that has it; the operator makes one with: oneway keys create.',
      }),
    );
  };
}

/** At most what a key of ours has: longer ones are not worth a hash. */
const longestKey = 256;

function keyOf(request: FastifyRequest): string | null {
  const { authorization, 'x-api-key': plain } = request.headers;
  if (typeof plain === 'string') return plain.slice(0, longestKey);
  if (authorization === undefined) return null;
  const bearer = /^Bearer +(\S+)$/i.exec(authorization.slice(0, longestKey));
  return bearer === null ? '' : bearer[1]!;
}

function refused(absent: boolean, noKeys: boolean, mayBeOpen: boolean): OnewayError {
  if (!absent) {
    return new OnewayError('KEY_REFUSED', 'The key is unknown or has expired.', {
      hint: 'Send a valid one as authorization: Bearer … or x-api-key.',
    });
  }
  if (!noKeys) {
    return new OnewayError('KEY_REFUSED', 'This needs a key.', {
      hint: 'Send it as authorization: Bearer … or x-api-key.',
    });
  }
  return new OnewayError(
    'KEY_REFUSED',
    mayBeOpen
      ? 'Without a configured key only direct requests of this machine are answered.'
      : 'Without a configured key nothing can be changed.',
    { hint: 'The operator makes a key with: oneway keys create.' },
  );
}
