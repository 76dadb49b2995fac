import { fileURLToPath } from 'node:url';
import type { FastifyPluginAsync } from 'fastify';
import { OnewayError } from '../../src/errors.ts';
import { type ExplorerPage, readExplorer } from '../pages/explorer.ts';

/** The explorer runs our own files and asks this service; nothing inline, nothing from elsewhere. */
const explorerPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The report shows text from the shop's files. It needs no script and loads nothing, so neither is allowed. */
const reportPolicy =
  "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const year = 31_536_000;
const bundled = fileURLToPath(new URL('../explorer/bundle', import.meta.url));

/** Pages for people: the explorer at `/` with its files, and the release's quality report. */
export const pageRoutes: FastifyPluginAsync = async (app) => {
  let reading: Promise<ExplorerPage> | null = null;
  /** Read with the first request and kept; what could not be read is tried again. */
  const explorer = (): Promise<ExplorerPage> => {
    reading ??= readExplorer(bundled).catch((error: unknown) => {
      reading = null;
      throw error;
    });
    return reading;
  };

  app.get('/', { config: { role: 'public' }, schema: { hide: true } }, async (_request, reply) =>
    reply
      .header('content-security-policy', explorerPolicy)
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send((await explorer()).html),
  );

  app.get<{ Params: { name: string } }>(
    '/assets/:name',
    { config: { role: 'public' }, schema: { hide: true } },
    async (request, reply) => {
      const asset = (await explorer()).assets.get(request.params.name);
      if (asset === undefined) {
        throw new OnewayError('NOT_FOUND', 'There is no such file of the explorer.', {
          hint: 'Load the page again: another version of it may be served by now.',
        });
      }
      const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
      if (takesGzip) reply.header('content-encoding', 'gzip');
      return reply
        .header('cache-control', `public, max-age=${year}, immutable`)
        .header('vary', 'accept-encoding')
        .type(asset.type)
        .send(takesGzip ? asset.gzipped : asset.plain);
    },
  );

  app.get('/report', { config: { role: 'read' }, schema: { hide: true } }, (_request, reply) => {
    const { id, report } = app.releases.current();
    if (report === null) {
      throw new OnewayError('FILE_NOT_FOUND', `Release ${id} has no quality report.`);
    }
    return reply
      .header('content-security-policy', reportPolicy)
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(report);
  });
};
