import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { failures, noQuery } from '../schemas/common.ts';
import { releaseSchema } from '../schemas/release.ts';

/** What is being served. */
export const releaseRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/release',
    {
      config: { role: 'read' },
      schema: {
        tags: ['release'],
        operationId: 'release',
        summary: 'The release being served',
        querystring: noQuery,
        response: { 200: releaseSchema, ...failures(503) },
      },
    },
    () => {
      const { id, recommender, report, loadedAt } = app.releases.current();
      const { manifest, graph, embeddings, index } = recommender.release;
      return {
        id,
        createdAt: manifest.createdAt,
        loadedAt: loadedAt.toISOString(),
        products: recommender.counts.products,
        shown: recommender.counts.shown,
        boughtEdges: graph.bought.edgeCount,
        // Stored both ways; a pair counts once.
        viewedEdges: graph.viewed === null ? null : graph.viewed.edgeCount / 2,
        dimension: embeddings.dimension,
        index: index.kind,
        report: report !== null,
      };
    },
  );
};
