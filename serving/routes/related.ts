import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Answer, LookupOptions } from '../../src/lookup/index.ts';
import { relatedBody, relatedQuery, similarQuery } from '../schemas/answers.ts';
import { failures, idParams, noQuery, reference } from '../schemas/common.ts';

const answer = reference<Answer>('Answer');
const tags = ['products'];

/** Related products (directed) and similar products (symmetric), for known products and for new ones. */
export const relatedRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/products/:id/related',
    {
      config: { role: 'read' },
      schema: {
        tags,
        operationId: 'related',
        summary: 'What goes well after a product',
        description: 'By source(query) · target(product): not the same as what goes well before it.',
        params: idParams,
        querystring: relatedQuery,
        response: { 200: answer, ...failures(404, 503) },
      },
    },
    (request) => app.releases.current().recommender.related(request.params.id, lookupOptions(request.query)),
  );

  app.get(
    '/v1/products/:id/similar',
    {
      config: { role: 'read' },
      schema: {
        tags,
        operationId: 'similar',
        summary: 'What could stand in for a product',
        description:
          'Bought in the same places, of like features, viewed together: the mean of the three, the same both ways.',
        params: idParams,
        querystring: similarQuery,
        response: { 200: answer, ...failures(404, 503) },
      },
    },
    (request) => app.releases.current().recommender.similar(request.params.id, lookupOptions(request.query)),
  );

  app.post(
    '/v1/related',
    {
      config: { role: 'read' },
      schema: {
        tags,
        operationId: 'relatedToNew',
        summary: 'What goes well after a product that the shop does not have yet',
        description: 'From its features alone: it borrows its embedding from the most similar known products.',
        querystring: noQuery,
        body: relatedBody,
        response: { 200: answer, ...failures(413, 415, 503) },
      },
    },
    (request) => {
      const { product, ...options } = request.body;
      return app.releases.current().recommender.relatedToNew(product, lookupOptions(options));
    },
  );
};

/** Leaves out what was not given, so that the defaults of the lookup hold. */
function lookupOptions(
  given: { readonly [Name in keyof LookupOptions]: LookupOptions[Name] | undefined },
): LookupOptions {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
