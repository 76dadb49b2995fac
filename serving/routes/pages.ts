import { createHash } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import { OnewayError } from '../../src/errors.ts';
import { landingPage } from '../pages/landing.ts';

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The report shows text from the shop's files. It needs no script and loads nothing, so neither is allowed. */
const reportPolicy =
  "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Pages for people: `/` and the release's quality report. */
export const pageRoutes: FastifyPluginAsync = async (app) => {
  const page = landingPage();
  const pagePolicy = [
    "default-src 'none'",
    `script-src ${sha256(page.script)}`,
    `style-src ${sha256(page.style)}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

  app.get('/', { config: { role: 'public' }, schema: { hide: true } }, (_request, reply) =>
    reply
      .header('content-security-policy', pagePolicy)
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(page.html),
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
