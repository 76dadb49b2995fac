import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/**
 * Answers are data: nothing may be loaded by them, and no page may frame them; pages of ours set a policy of their own.
 * No HSTS: whether the outside speaks TLS is known to the proxy in front, not to this process.
 */
const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Headers of every answer: security, and the request's id. By hand rather than by a plugin because this runs for every lookup.
 * @param origins whose pages may ask from a browser; with none, no such header is ever sent.
 */
export function setHeaders(app: FastifyInstance, origins: readonly string[]): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders).header('x-request-id', request.id);
    done();
  });
  if (origins.length === 0) return;
  app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'x-api-key', 'x-request-id', 'traceparent'],
    exposedHeaders: ['x-request-id', 'retry-after'],
    maxAge: 600,
  });
}
