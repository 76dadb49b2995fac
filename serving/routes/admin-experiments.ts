import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { releaseFolder } from '../../src/release/index.ts';
import { type Experiment, experimentBody } from '../experiments/experiment.ts';
import { failures, noQuery, reference } from '../schemas/common.ts';

const tags = ['admin'];
const config = { role: 'admin' as const };
const experiment = reference<Experiment>('Experiment');
const nameParams = Type.Object(
  { name: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,31}$' }) },
  { additionalProperties: false },
);

/** A/B tests between releases and rule sets. */
export const adminExperimentRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/admin/experiments',
    {
      config,
      schema: {
        tags,
        operationId: 'listExperiments',
        summary: 'Every experiment',
        querystring: noQuery,
        response: { 200: Type.Object({ experiments: Type.Array(experiment) }), ...failures() },
      },
    },
    () => ({ experiments: [...app.experiments.list()] }),
  );

  app.put(
    '/v1/admin/experiments/:name',
    {
      config,
      schema: {
        tags,
        operationId: 'putExperiment',
        summary: 'Add, change, start or stop an experiment',
        description:
          'Visitors are drawn by a hash of salt and visitor: the same visitor gets the same variant as long as salt, weights and order stay. Releases of the variants are loaded beside the current one.',
        params: nameParams,
        querystring: noQuery,
        body: experimentBody,
        response: { 200: experiment, ...failures(404, 413, 415, 503) },
      },
    },
    async (request) => {
      for (const { release } of request.body.variants)
        if (release !== null) await releaseFolder(app.workspace, release);
      const kept = await app.experiments.put({ name: request.params.name, ...request.body });
      await app.releases.check();
      await app.releases.check();
      for (const { name, release } of request.body.variants) {
        if (kept.status === 'stopped' || release === null || app.releases.loaded(release) !== null) continue;
        app.log.warn(
          { experiment: kept.name, variant: name, release },
          'the release of a variant is not served; its visitors get the current one',
        );
      }
      return kept;
    },
  );

  app.delete(
    '/v1/admin/experiments/:name',
    {
      config,
      schema: {
        tags,
        operationId: 'deleteExperiment',
        summary: 'Remove an experiment',
        description: 'What was measured under its name stays in the feedback.',
        params: nameParams,
        querystring: noQuery,
        response: { 200: experiment, ...failures(404, 503) },
      },
    },
    (request) => app.experiments.remove(request.params.name),
  );
};
