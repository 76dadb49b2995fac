import type { FastifyInstance } from 'fastify';

/**
 * Bodies are JSON. An empty one is none, though the request says JSON: many clients say so of every request, of those without a body too.
 * Keys that could reach a prototype are refused, as Fastify's own reader does.
 */
export function readJsonBodies(
  app: Pick<FastifyInstance, 'addContentTypeParser' | 'getDefaultJsonParser' | 'removeContentTypeParser'>,
): void {
  const read = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else read(request, body, done);
  });
}
