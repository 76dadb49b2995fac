import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { feedbackEvent } from '../../src/feedback/index.ts';
import { failures, noQuery } from '../schemas/common.ts';

const body = Type.Object(
  {
    events: Type.Array(feedbackEvent, {
      minItems: 1,
      maxItems: 500,
      description: 'All of them are kept, or, when the answer is an error, none.',
    }),
  },
  { additionalProperties: false },
);

const outcomeSchema = Type.Object({
  accepted: Type.Integer({ description: 'Events that are on the disk now.' }),
  repeated: Type.Integer({ description: 'Events that were kept before and are not kept twice.' }),
});

/** What visitors do with recommendations. */
export const eventRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/v1/events',
    {
      bodyLimit: 1 << 20,
      config: { role: 'events' },
      schema: {
        tags: ['feedback'],
        operationId: 'events',
        summary: 'Hand in exposures, clicks, carts and purchases',
        description:
          'Answers once the events are on the disk. Send them again, with the same ids, whenever no answer came: they count once.',
        querystring: noQuery,
        body,
        response: { 200: outcomeSchema, ...failures(413, 415, 503) },
      },
    },
    (request) => app.feedback.add(request.body.events, request.headers['user-agent']),
  );
};
