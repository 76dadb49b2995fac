import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../src/random.ts';
import { plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { fuzz } from './fuzzing.ts';
import { adminKey, readyApp, temporaryWorkspace, withAdminKey } from './world.ts';

let app: FastifyInstance;
let remove: () => Promise<void>;
/** Of releases and of rule sets alike. */
const names = ['first', 'second'];
const random = new Random(11);
const parts = plantedParts({
  change: (product) => {
    const draw = random.uniform();
    return { ...product, hidden: draw < 0.2, stock: draw < 0.2 ? 5 : draw < 0.4 ? 0 : draw < 0.5 ? null : 1 };
  },
});

beforeAll(async () => {
  const temporary = await temporaryWorkspace();
  remove = temporary.remove;
  await publishPlanted(temporary.workspace, 'first', parts);
  await publishPlanted(temporary.workspace, 'second', parts);
  app = await readyApp(temporary.workspace, 60_000, {
    ...withAdminKey,
    rateLimit: { requests: null },
    ruleSets: names.map((id) => ({ id, rules: { filter: { price: { atMost: 100, orUnknown: true } } } })),
  });
});

afterAll(async () => {
  await app.close();
  await remove();
});

test('requests made from the OpenAPI document never break the service, nor bring out what must not be shown', async () => {
  const { statuses, done } = await fuzz(app, {
    runs: 3000,
    seed: 20_26,
    products: parts.catalogue.products,
    names,
    headers: { 'x-api-key': adminKey },
    patienceMilliseconds: 30_000,
  });
  expect(statuses.get(200)).toBeGreaterThan(700);
  expect(statuses.get(400)).toBeGreaterThan(300);
  for (const operation of [
    'related',
    'similar',
    'relatedToBasket',
    'relatedToBaskets',
    'putProduct',
    'withdrawProduct',
    'events',
  ]) {
    expect(done.get(operation), operation).toBeGreaterThan(5);
  }
});
