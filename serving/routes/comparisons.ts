import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Answer } from '../../src/lookup/index.ts';
import { basketBody } from '../schemas/answers.ts';
import { failures, noQuery, reference } from '../schemas/common.ts';
import { releaseParams } from '../schemas/release.ts';
import { answerFrom } from './related.ts';

const tags = ['release'];
const config = { role: 'read' as const };

/** Another release's answers, to be held beside those of the one in service. */
export const comparisonRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/releases',
    {
      config,
      schema: {
        tags,
        operationId: 'comparableReleases',
        summary: 'The releases whose answers can be asked for',
        querystring: noQuery,
        response: {
          200: Type.Object({
            releases: Type.Array(
              Type.Object({
                id: Type.String(),
                createdAt: Type.String({ description: 'ISO 8601, UTC.' }),
                products: Type.Integer(),
                current: Type.Boolean({ description: 'Whether it is the one in service.' }),
              }),
              { description: 'Newest first.' },
            ),
          }),
          ...failures(503),
        },
      },
    },
    async () => ({ releases: [...(await app.comparisons.list())] }),
  );

  app.post(
    '/v1/releases/:id/related',
    {
      config,
      schema: {
        tags,
        operationId: 'relatedByRelease',
        summary: 'What another release answers to a basket',
        description:
          'One is opened at a time, which takes seconds in a large shop, and let go of when nobody has asked for a while. What the shop does not show today is in no answer.',
        params: releaseParams,
        querystring: noQuery,
        body: basketBody,
        response: { 200: reference<Answer>('Answer'), ...failures(404, 413, 415, 503) },
      },
    },
    async (request) => answerFrom(await app.comparisons.open(request.params.id), request.body, 'body'),
  );
};
