import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Comparisons } from '../../serving/comparisons.ts';
import type { GivenServingConfiguration } from '../../serving/configuration/index.ts';
import { Rooms } from '../../serving/rooms.ts';
import { listReleases, promote, releaseFiles, type Workspace } from '../../src/release/index.ts';
import { context, plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { adminKey, readyApp, temporaryWorkspace, withAdminKey } from './world.ts';

/** Two releases: `old` shows everything and takes a phone's case for undecided; in `new`, which is served, `hidden` is hidden and `sold` sold out. */
async function twoReleases(configuration: GivenServingConfiguration = {}) {
  const { workspace, remove } = await temporaryWorkspace();
  onTestFinished(remove);
  const old = plantedParts({ model: 'undecided' });
  const cases = old.catalogue.products.filter(({ id }) => id.startsWith('case')).map(({ id }) => id);
  const [hidden, sold] = cases as [string, string];
  await publishPlanted(workspace, 'old', old);
  const id = await onlyRelease(workspace);
  await publishPlanted(
    workspace,
    'new',
    plantedParts({
      change: (product) =>
        product.id === hidden ? { ...product, hidden: true } : product.id === sold ? { ...product, stock: 0 } : product,
    }),
  );
  const app = await readyApp(workspace, 20, { ...withAdminKey, ...configuration });
  onTestFinished(() => app.close());
  const phone = old.catalogue.products.find((product) => product.id.startsWith('phone'))!.id;
  const ask = (release: string, basket: readonly object[] = [{ id: phone }], rest: object = {}) =>
    app.inject({
      method: 'POST',
      url: `/v1/releases/${release}/related`,
      payload: { basket, k: 50, fallback: false, ...rest },
    });
  return { app, workspace, ask, id, hidden, sold, phone };
}

async function onlyRelease(workspace: Workspace): Promise<string> {
  return (await listReleases(workspace))[0]!.id;
}

test('lists the releases that are whole, and answers from another', async () => {
  const { app, ask, id, phone, workspace } = await twoReleases();
  const listed = (await app.inject('/v1/releases')).json().releases;
  expect(listed.map((one: { current: boolean }) => one.current)).toEqual([true, false]);
  expect(listed[1].id).toBe(id);
  const answer = (await ask(id)).json();
  expect(answer.release).toBe(id);
  expect(answer.context).toEqual([expect.objectContaining({ id: phone })]);
  expect(answer.results.length).toBeGreaterThan(0);
  const current = (await ask(listed[0].id)).json();
  expect(current.release).toBe(listed[0].id);

  await rename(join(workspace.releases, id, releaseFiles.graph), join(workspace.releases, id, 'away'));
  expect((await app.inject('/v1/releases')).json().releases).toHaveLength(1);
});

test('what the shop does not show today is in no answer of the older release, nor named as a reason', async () => {
  const { app, ask, id, hidden, sold, phone } = await twoReleases();
  const answered = async (basket?: readonly object[]) => (await ask(id, basket, { excludeReverse: false })).body;
  const before = await answered();
  for (const gone of [hidden, sold]) expect(before).not.toContain(`"${gone}"`);
  expect(JSON.parse(await answered([{ id: hidden }]))).toMatchObject({ unknown: [hidden], results: [] });
  expect(JSON.parse(await answered([{ id: sold }])).context).toHaveLength(1);

  const [shown] = JSON.parse(before).results as { product: { id: string } }[];
  const withdrawn = shown!.product.id;
  const done = await app.inject({
    method: 'DELETE',
    url: `/v1/products/${withdrawn}`,
    headers: { 'x-api-key': adminKey },
  });
  expect(done.statusCode).toBe(200);
  const after = await answered([{ id: phone }]);
  expect(after).not.toContain(`"${withdrawn}"`);
  expect(after).not.toContain(`"${hidden}"`);
});

test('refuses an unknown release, a broken one, and bad rules with their place', async () => {
  const { workspace, ask, id } = await twoReleases();
  expect((await ask('nowhere')).json().error.code).toBe('RELEASE_UNKNOWN');
  expect((await ask('..%2F..')).statusCode).toBe(400);
  const graph = join(workspace.releases, id, releaseFiles.graph);
  await rename(graph, `${graph}.away`);
  await writeFile(graph, 'broken');
  expect((await ask(id)).json().error.code).toMatch(/^(RELEASE_INVALID|FILE_CORRUPT)$/);
  await rename(`${graph}.away`, graph);
  const refused = (await ask(id, undefined, { rules: { filter: { price: { below: 'x' } } } })).json().error;
  expect(refused).toMatchObject({ code: 'REQUEST_INVALID', field: 'body.rules.filter.price.below' });
  expect((await ask(id)).statusCode).toBe(200);
});

test('opens one at a time, shares an opening, and lets go', async () => {
  const { app, id, workspace } = await twoReleases();
  const comparisons = new Comparisons({
    workspace,
    releases: app.releases,
    context,
    overlayFor: () => ({ revision: 0, entryOf: () => undefined, changedSince: () => [] }),
    ruleSets: [],
    rooms: new Rooms(),
    idleMilliseconds: 30,
  });
  onTestFinished(() => comparisons.close());
  const both = [comparisons.open(id), comparisons.open(id)];
  await expect(comparisons.open('another')).rejects.toMatchObject({ code: 'OVERLOADED' });
  const [one, other] = await Promise.all(both);
  expect(one).toBe(other);
  expect(await comparisons.open(id)).toBe(one);
  await delay(120);
  expect(await comparisons.open(id)).not.toBe(one);
  await expect(comparisons.open('another')).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
  await expect(comparisons.open(app.releases.current().id)).resolves.toBe(app.releases.current().recommender);
});

test('is screened by the release that is served now', async () => {
  const { app, ask, id, workspace, hidden } = await twoReleases();
  const newer = app.releases.current().id;
  expect((await ask(id)).body).not.toContain(`"${hidden}"`);
  await promote(workspace, id);
  await app.releases.check();
  expect((await app.inject('/v1/release')).json().id).toBe(id);
  // Now the newer one is the guest, and its own catalogue hides the product all the same.
  expect((await ask(newer)).body).not.toContain(`"${hidden}"`);
});

test('is not there when it is switched off', async () => {
  const { app, ask, id } = await twoReleases({ releases: { compare: false } });
  expect((await app.inject('/v1/releases')).json().error.code).toBe('NOT_FOUND');
  expect((await ask(id)).json().error.code).toBe('NOT_FOUND');
});
