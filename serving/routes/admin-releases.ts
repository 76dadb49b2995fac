import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import {
  currentRelease,
  listReleases,
  pinnedRelease,
  pinRelease,
  promote,
  rollback,
  unpinRelease,
} from '../../src/release/index.ts';
import { failures, noQuery } from '../schemas/common.ts';

const tags = ['admin'];
const config = { role: 'admin' as const };
const orNull = Type.Union([Type.String(), Type.Null()]);

const standingSchema = Type.Object({
  current: Type.Union([Type.String(), Type.Null()], { description: 'What the workspace points at.' }),
  pinned: Type.Union([Type.String(), Type.Null()], { description: 'What it is pinned to.' }),
  serving: Type.Union([Type.String(), Type.Null()], {
    description: 'What answers: the last one that could be opened.',
  }),
  refused: Type.Union([Type.Object({ release: Type.String(), code: Type.String() }), Type.Null()]),
});

const listSchema = Type.Object({
  ...standingSchema.properties,
  releases: Type.Array(
    Type.Object({
      id: Type.String(),
      createdAt: Type.String({ description: 'ISO 8601, UTC.' }),
      current: Type.Boolean(),
      pinned: Type.Boolean(),
      loaded: Type.Boolean({
        description: 'Whether it is in memory: the current one, and those that an experiment asks for.',
      }),
      products: Type.Union([Type.Integer(), Type.Null()]),
      bytes: Type.Integer(),
      parent: orNull,
      run: orNull,
      problem: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
    }),
    { description: 'Newest first.' },
  ),
});

const idParams = Type.Object(
  { id: Type.String({ pattern: '^[A-Za-z0-9][\\w.-]{0,127}$', description: 'Of a release.' }) },
  { additionalProperties: false },
);

/** Where the service stands, after a look of its own that began after the change. */
async function standing(app: FastifyInstance): Promise<Static<typeof standingSchema>> {
  const { workspace, releases } = app;
  await releases.check();
  await releases.check();
  return {
    current: await currentRelease(workspace),
    pinned: await pinnedRelease(workspace),
    serving: releases.ready ? releases.current().id : null,
    refused: releases.refused,
  };
}

/** Releases: list, promote, roll back, pin. The same as `oneway releases`. */
export const adminReleaseRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/v1/admin/releases',
    {
      config,
      schema: {
        tags,
        operationId: 'listReleases',
        summary: 'Every release of the workspace',
        querystring: noQuery,
        response: { 200: listSchema, ...failures() },
      },
    },
    async () => {
      const { workspace, releases } = app;
      const found = await listReleases(workspace);
      return {
        current: found.find(({ current }) => current)?.id ?? null,
        pinned: await pinnedRelease(workspace),
        serving: releases.ready ? releases.current().id : null,
        refused: releases.refused,
        releases: found.map(({ id, createdAt, current, pinned, manifest, bytes, problem }) => ({
          id,
          createdAt,
          current,
          pinned,
          loaded: releases.loaded(id) !== null,
          products: manifest?.counts.products ?? null,
          bytes,
          parent: manifest?.parent ?? null,
          run: manifest?.run ?? null,
          problem,
        })),
      };
    },
  );

  const schema = (operationId: string, summary: string, description: string) => ({
    tags,
    operationId,
    summary,
    description,
    querystring: noQuery,
    response: { 200: standingSchema, ...failures(404, 409, 503) },
  });

  app.post(
    '/v1/admin/releases/:id/promote',
    {
      config,
      schema: {
        ...schema(
          'promoteRelease',
          'Make a release current',
          'It is verified first; when it is broken, the current one stays.',
        ),
        params: idParams,
      },
    },
    async (request) => {
      await promote(app.workspace, request.params.id);
      return standing(app);
    },
  );

  app.post(
    '/v1/admin/releases/:id/pin',
    {
      config,
      schema: {
        ...schema(
          'pinRelease',
          'Keep a release current',
          'Refreshes go on to publish; none takes its place until it is unpinned.',
        ),
        params: idParams,
      },
    },
    async (request) => {
      await pinRelease(app.workspace, request.params.id);
      return standing(app);
    },
  );

  app.post(
    '/v1/admin/releases/unpin',
    {
      config,
      schema: schema(
        'unpinRelease',
        'Let go of the pinned release',
        'It stays current until another is published or promoted.',
      ),
    },
    async () => {
      await unpinRelease(app.workspace);
      return standing(app);
    },
  );

  app.post(
    '/v1/admin/releases/rollback',
    {
      config,
      schema: schema(
        'rollbackRelease',
        'Go back to the release before',
        "The current one's parent, or the newest older one that is whole.",
      ),
    },
    async () => {
      await rollback(app.workspace);
      return standing(app);
    },
  );
};
