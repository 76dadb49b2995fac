import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { ProductDetails, ProductSummary, Surroundings } from '../../src/lookup/index.ts';
import { failures, idParams, noQuery, reference } from '../schemas/common.ts';
import { neighbourhoodQuery, searchQuery } from '../schemas/products.ts';

const tags = ['products'];

/** The catalogue as the release knows it. */
export const productRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/products',
    {
      config: { role: 'read' },
      schema: {
        tags,
        operationId: 'searchProducts',
        summary: 'Find products by the words of their title',
        querystring: searchQuery,
        response: {
          200: reference<{ products: readonly ProductSummary[]; release: string }>('SearchAnswer'),
          ...failures(503),
        },
      },
    },
    (request) => {
      const { id, recommender } = app.releases.current();
      return { products: recommender.search(request.query.search, request.query.limit), release: id };
    },
  );

  app.get(
    '/v1/products/:id',
    {
      config: { role: 'read' },
      schema: {
        tags,
        operationId: 'product',
        summary: 'A product and its place in the graph',
        params: idParams,
        querystring: noQuery,
        response: { 200: reference<ProductDetails & { release: string }>('Product'), ...failures(404, 503) },
      },
    },
    (request) => {
      const { id, recommender } = app.releases.current();
      return { ...recommender.product(request.params.id), release: id };
    },
  );

  app.get(
    '/v1/products/:id/neighbourhood',
    {
      config: { role: 'read' },
      schema: {
        tags,
        operationId: 'neighbourhood',
        summary: "A product's surroundings in the graph of what is bought after what",
        params: idParams,
        querystring: neighbourhoodQuery,
        response: { 200: reference<Surroundings & { release: string }>('Neighbourhood'), ...failures(404, 503) },
      },
    },
    (request) => {
      const { id, recommender } = app.releases.current();
      return { ...recommender.surroundings(request.params.id, request.query), release: id };
    },
  );
};
