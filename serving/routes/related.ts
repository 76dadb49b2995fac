import { setImmediate } from 'node:timers/promises';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static, TSchema } from 'typebox';
import { OnewayError } from '../../src/errors.ts';
import type { Answer, BasketItem, LookupOptions, Recommender } from '../../src/lookup/index.ts';
import { checkFilters, checkRules, type Rules } from '../../src/rules/index.ts';
import type { Choice, Experiments } from '../experiments/experiments.ts';
import { type Basket, basketBody, batchBody, relatedQuery, similarQuery } from '../schemas/answers.ts';
import { failures, idParams, noQuery, reference } from '../schemas/common.ts';

const answer = reference<Answer>('Answer');
const tags = ['products'];

/** Related products (directed) and similar products (symmetric): of one product, of a basket, of several baskets. */
export const relatedRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const ofProduct = (relation: 'related' | 'similar', summary: string, description: string, querystring: TSchema) =>
    app.get<{ Params: Static<typeof idParams>; Querystring: Static<typeof relatedQuery> }>(
      `/v1/products/:id/${relation}`,
      {
        config: { role: 'read' },
        schema: {
          tags,
          operationId: relation,
          summary,
          description,
          params: idParams,
          querystring,
          response: { 200: answer, ...failures(404, 503) },
        },
      },
      (request) => {
        const choice = app.experiments.choose(request.query.visitor);
        const options = optionsOfQuery(request.query);
        return choice.release.recommender[relation](request.params.id, inVariant(options, choice));
      },
    );

  ofProduct(
    'related',
    'What goes well after a product, or what it goes well after',
    'By source(query) · target(product). With `direction=before` by source(product) · target(query): another list, not the same one.',
    relatedQuery,
  );
  ofProduct(
    'similar',
    'What could stand in for a product',
    'Bought in the same places, of like features, viewed together: the mean of the three, the same both ways.',
    similarQuery,
  );

  app.post(
    '/v1/related',
    {
      config: { role: 'read' },
      schema: {
        tags,
        operationId: 'relatedToBasket',
        summary: 'What goes well after a basket of products, new ones among them',
        description:
          'Products that the shop does not know are named in the answer; new ones are described by features.',
        querystring: noQuery,
        body: basketBody,
        response: { 200: answer, ...failures(413, 415, 503) },
      },
    },
    (request) => answerBasket(app.experiments, request.body, 'body'),
  );

  app.post(
    '/v1/related/batch',
    {
      config: { role: 'read' },
      schema: {
        tags,
        operationId: 'relatedToBaskets',
        summary: 'Several baskets in one request, each answered by itself',
        querystring: noQuery,
        body: batchBody,
        response: { 200: reference<{ answers: readonly Answer[] }>('Answers'), ...failures(413, 415, 503) },
      },
    },
    async (request) => {
      const answers: Answer[] = [];
      for (const [i, body] of request.body.baskets.entries()) {
        // Others are answered between two baskets.
        if (i > 0) await setImmediate();
        answers.push(answerBasket(app.experiments, body, `body.baskets.${i}`));
      }
      return { answers };
    },
  );
};

/** @param where the basket's place in the request, for messages */
function answerBasket(experiments: Experiments, body: Basket, where: string): Answer {
  const choice = experiments.choose(body.visitor);
  return answerFrom(choice.release.recommender, body, where, (options) => inVariant(options, choice));
}

/**
 * A basket answered by a recommender, whoever asks.
 * @param where the basket's place in the request, for messages
 */
export function answerFrom(
  recommender: Recommender,
  { basket, visitor: _visitor, ...options }: Basket,
  where: string,
  lay: (options: LookupOptions) => LookupOptions = (given) => given,
): Answer {
  if (options.rules !== undefined) checkFilters(options.rules, `${where}.rules`, 'REQUEST_INVALID');
  const items = basket.map((item, i): BasketItem => {
    const { id, features, ...rest } = item;
    const given = weighing(rest);
    if (id !== undefined && features === undefined) return { id, ...given };
    if (features !== undefined && id === undefined) return { features, ...given };
    throw new OnewayError('REQUEST_INVALID', `${where}.basket.${i} must have either id or features.`, {
      hint: 'A product of the shop has an id; any other is described by its features.',
      details: { field: `${where}.basket.${i}` },
    });
  });
  return recommender.relatedToBasket(items, lay(defined(options)));
}

/** Adds what the visitor's variant of an experiment lays over the request. */
function inVariant(options: LookupOptions, { variant, rules }: Choice): LookupOptions {
  if (variant === null) return options;
  return { ...options, variant, ...(rules === null ? {} : { ruleSets: [...(options.ruleSets ?? []), rules] }) };
}

function weighing({ weight, ageDays }: { weight?: number; ageDays?: number }): Pick<BasketItem, 'weight' | 'ageDays'> {
  return { ...(weight === undefined ? {} : { weight }), ...(ageDays === undefined ? {} : { ageDays }) };
}

/** Options in a URL: rules are JSON text there, names of rule sets are separated by commas. */
function optionsOfQuery({
  rules,
  ruleSets,
  visitor: _visitor,
  ...options
}: Static<typeof similarQuery> & Pick<LookupOptions, 'direction' | 'excludeReverse' | 'fallback'>): LookupOptions {
  if (rules === undefined && ruleSets === undefined) return defined(options);
  return {
    ...defined(options),
    ...(rules === undefined ? {} : { rules: rulesOfText(rules) }),
    ...(ruleSets === undefined ? {} : { ruleSets: ruleSets.split(',') }),
  };
}

function rulesOfText(text: string): Rules {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new OnewayError('REQUEST_INVALID', `query.rules is not JSON: ${(error as Error).message}.`, {
      hint: 'Percent-encode the JSON text, or send a basket of one product to POST /v1/related.',
      details: { field: 'query.rules' },
    });
  }
  return checkRules(value, 'query.rules');
}

/** Leaves out what was not given, so that the defaults of the lookup hold. */
function defined(given: { readonly [Name in keyof LookupOptions]: LookupOptions[Name] | undefined }): LookupOptions {
  const options: Record<string, unknown> = {};
  for (const name in given) {
    const value = given[name as keyof LookupOptions];
    if (value !== undefined) options[name] = value;
  }
  return options;
}
