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
  type Verify,
  type Workspace,
} from '../../src/release/index.ts';
import { failures, noQuery } from '../schemas/common.ts';

const tags = ['admin'];
const config = { role: 'admin' as const };
const orNull = Type.Union([Type.String(), Type.Null()]);

export const standingSchema = Type.Object(
  {
    current: Type.Union([Type.String(), Type.Null()], { description: 'What the workspace points at.' }),
    pinned: Type.Union([Type.String(), Type.Null()], { description: 'What it is pinned to.' }),
    serving: Type.Union([Type.String(), Type.Null()], {
      description: 'What answers: the last one that could be opened.',
    }),
    refused: Type.Union([Type.Object({ release: Type.String(), code: Type.String() }), Type.Null()]),
  },
  { $id: 'Standing', title: 'Standing' },
);
type Standing = Static<typeof standingSchema>;

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
async function standing(app: FastifyInstance): Promise<Standing> {
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

  const schema = ({ operationId, summary, description }: Described) => ({
    tags,
    operationId,
    summary,
    description,
    querystring: noQuery,
    response: { 200: Type.Unsafe<Standing>({ $ref: 'Standing#' }), ...failures(404, 409, 503) },
  });
  for (const { change, act, ...described } of changesOfOne) {
    const options = { config, schema: { ...schema(described), params: idParams } };
    app.post(`/v1/admin/releases/:id/${change}`, options, async (request) => {
      await act(app.workspace, request.params.id, app.releases.verify);
      return standing(app);
    });
  }
  for (const { change, act, ...described } of changes) {
    app.post(`/v1/admin/releases/${change}`, { config, schema: schema(described) }, async () => {
      await act(app.workspace, app.releases.verify);
      return standing(app);
    });
  }
};

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
}

/** What can be done with one release. */
const changesOfOne = [
  {
    change: 'promote',
    operationId: 'promoteRelease',
    summary: 'Make a release current',
    description: 'It is verified first; when it is broken, the current one stays.',
    act: promote,
  },
  {
    change: 'pin',
    operationId: 'pinRelease',
    summary: 'Keep a release current',
    description: 'Refreshes go on to publish; none takes its place until it is unpinned.',
    act: pinRelease,
  },
] as const;

/** What can be done with whichever is current. */
const changes = [
  {
    change: 'unpin',
    operationId: 'unpinRelease',
    summary: 'Let go of the pinned release',
    description: 'It stays current until another is published or promoted.',
    act: (workspace: Workspace) => unpinRelease(workspace),
  },
  {
    change: 'rollback',
    operationId: 'rollbackRelease',
    summary: 'Go back to the release before',
    description: "The current one's parent, or the newest older one that is whole.",
    act: (workspace: Workspace, verify: Verify) => rollback(workspace, undefined, verify),
  },
] as const;
