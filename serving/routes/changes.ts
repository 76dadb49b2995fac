import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { type ProductChange, productFields } from '../../src/overlay/index.ts';
import { failures, noQuery } from '../schemas/common.ts';

const tags = ['catalogue'];

const idParams = Type.Object(
  {
    id: Type.String({
      minLength: 1,
      maxLength: 512,
      pattern: '^[^\\p{Cc}\\p{Cs}]+$',
      description: "The shop's own product id, percent-encoded.",
    }),
  },
  { additionalProperties: false },
);

const changeSchema = Type.Object({
  id: Type.String(),
  withdrawn: Type.Boolean(),
  fields: Type.Record(Type.String(), Type.Unknown(), {
    description: 'All fields that were changed since the catalogue was read.',
  }),
});

/** Catalogue changes between refreshes. */
export const changeRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.put(
    '/v1/products/:id',
    {
      config: { role: 'catalogue' },
      schema: {
        tags,
        operationId: 'putProduct',
        summary: 'Change fields of a product, add a new one, or bring a withdrawn one back',
        description:
          'Fields that are left out stay as they are. In effect with the answer, on every path, and kept across restarts until a release is made from a newer catalogue.',
        params: idParams,
        querystring: noQuery,
        body: productFields,
        response: { 200: changeSchema, ...failures(413, 415, 503) },
      },
    },
    async (request) => answer(request.params.id, await app.changes().put(request.params.id, request.body)),
  );

  app.delete(
    '/v1/products/:id',
    {
      config: { role: 'catalogue' },
      schema: {
        tags,
        operationId: 'withdrawProduct',
        summary: 'Take a product out of the shop',
        description:
          'It is in no answer from now on. Twice is as once; a product that the release does not have can be withdrawn too.',
        params: idParams,
        querystring: noQuery,
        response: { 200: changeSchema, ...failures(503) },
      },
    },
    async (request) => answer(request.params.id, await app.changes().withdraw(request.params.id)),
  );
};

function answer(id: string, { withdrawn, fields }: ProductChange) {
  const values = Object.entries(fields).map(([name, said]) => [name, said.value]);
  return { id, withdrawn: withdrawn?.value === true, fields: Object.fromEntries(values) as Record<string, unknown> };
}
