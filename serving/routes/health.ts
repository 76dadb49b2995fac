import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { OnewayError } from '../../src/errors.ts';
import { failures, noQuery } from '../schemas/common.ts';

const tags = ['health'];

const readySchema = Type.Object({
  status: Type.Literal('ready'),
  release: Type.String({ description: 'Id of the release being served.' }),
  refused: Type.Union([Type.Object({ release: Type.String(), code: Type.String() }), Type.Null()], {
    description: 'A newer release that failed verification and is not served.',
  }),
});

/** Liveness: the process answers. Readiness: a verified release is loaded, and the service is not about to stop. */
export const healthRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/health/live',
    {
      config: { role: 'public' },
      schema: {
        tags,
        operationId: 'live',
        summary: 'Is the process alive?',
        querystring: noQuery,
        response: { 200: Type.Object({ status: Type.Literal('live') }), ...failures() },
      },
    },
    () => ({ status: 'live' as const }),
  );

  app.get(
    '/health/ready',
    {
      config: { role: 'public' },
      schema: {
        tags,
        operationId: 'ready',
        summary: 'Is a release loaded?',
        querystring: noQuery,
        response: { 200: readySchema, ...failures(503) },
      },
    },
    () => {
      if (app.drain.begun) throw new OnewayError('NOT_READY', 'The service is stopping.');
      const { id } = app.releases.current();
      return { status: 'ready' as const, release: id, refused: app.releases.refused };
    },
  );
};
