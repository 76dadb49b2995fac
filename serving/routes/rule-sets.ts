import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { RuleSet } from '../../src/rules/index.ts';
import { failures, noQuery, reference } from '../schemas/common.ts';

/** The named merchandising rules of the configuration. */
export const ruleSetRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/rule-sets',
    {
      config: { role: 'read' },
      schema: {
        tags: ['products'],
        operationId: 'ruleSets',
        summary: 'The named merchandising rules',
        querystring: noQuery,
        response: {
          200: Type.Object({ ruleSets: Type.Array(reference<RuleSet>('RuleSet')) }),
          ...failures(503),
        },
      },
    },
    () => ({ ruleSets: [...app.releases.current().recommender.ruleSets] }),
  );
};
