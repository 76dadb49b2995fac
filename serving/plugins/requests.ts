import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ServingConfiguration } from '../configuration/index.ts';

/**
 * One structured line a request: id, caller, method, path, status, milliseconds. Headers, bodies and visitors are never logged, and a key is in no path.
 * Requests that failed or were slow are told by default, all of them at `debug`.
 */
export function logRequests(
  app: FastifyInstance,
  { requests, slowMilliseconds }: ServingConfiguration['logging'],
  logger: Logger,
): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode, elapsedTime } = reply;
    const slow = requests !== 'none' && elapsedTime > slowMilliseconds;
    const failed = requests !== 'none' && statusCode >= 500;
    const told = slow || failed || requests === 'all';
    if (told || logger.isLevelEnabled('debug')) {
      const line = {
        reqId: request.id,
        caller: request.caller?.name ?? null,
        method: request.method,
        url: request.url.replace(/([?&]visitor=)[^&]*/g, '$1…'),
        status: statusCode,
        milliseconds: Math.round(elapsedTime * 100) / 100,
      };
      if (slow) logger.warn(line, 'slow request');
      else if (told) logger.info(line, 'request');
      else logger.debug(line, 'request');
    }
    done();
  });
}
