import { rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Rooms, Tenancy } from '../../serving/rooms.ts';
import type { Recommender } from '../../src/lookup/index.ts';
import type { Workspace } from '../../src/release/index.ts';
import { plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { readyApp, temporaryWorkspace, until } from './world.ts';

const swapTo = async (workspace: Workspace, release: string): Promise<void> => {
  const link = `${workspace.current}.new`;
  await symlink(join('releases', release), link);
  await rename(link, workspace.current);
};

const collect = async (): Promise<number> => {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  for (let i = 0; i < 3; i++) {
    (runInNewContext('gc') as () => void)();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().external;
};

/** Two releases that answer differently: in the second, everything ending in 1 is hidden. */
async function twoReleases() {
  const { workspace, remove } = await temporaryWorkspace();
  onTestFinished(remove);
  const parts = plantedParts();
  const change = (product: (typeof parts.catalogue.products)[number]) => ({
    ...product,
    hidden: product.id.endsWith('1') && product.id !== 'phone-0001',
  });
  await publishPlanted(workspace, 'second', plantedParts({ change }), { index: 'hnsw', columns: true });
  await publishPlanted(workspace, 'first', parts, { index: 'hnsw', columns: true });
  const app = await readyApp(workspace);
  onTestFinished(() => app.close());
  return { workspace, app };
}

const answers = (recommender: Recommender): string =>
  JSON.stringify(
    ['phone-0001', 'case-0002', 'mug-0016'].flatMap((id) => [
      recommender.related(id, { k: 20 }),
      recommender.similar(id),
      recommender.relatedToBasket([{ id }, { id: 'phone-0002' }], { k: 50 }),
    ]),
    (key, value: unknown) => (key === 'exposure' ? null : value),
  );

test('releases follow each other in two rooms: every one answers as before, and memory is bounded however often they change', async () => {
  const { workspace, app } = await twoReleases();
  const said = new Map<string, string>();
  const bytes: number[] = [];
  let external = 0;
  for (let swap = 0; swap < 24; swap++) {
    const { id, recommender } = app.releases.current();
    expect(recommender.release.embeddings.target.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(answers(recommender)).toBe(said.get(id) ?? answers(recommender));
    said.set(id, answers(recommender));
    bytes.push(app.releases.figures.bytes);
    if (swap === 4) external = await collect();
    await swapTo(workspace, id === 'first' ? 'second' : 'first');
    await until(() => app.releases.current().id !== id);
  }
  expect(said.size).toBe(2);
  expect(said.get('first')).not.toBe(said.get('second'));
  expect(new Set(bytes.slice(1)).size).toBe(1);
  expect((await collect()) - external).toBeLessThan(1 << 20);
  expect(await (await app.inject('/metrics')).body).toContain(`oneway_release_memory_bytes ${bytes.at(-1)}`);
}, 20_000);

test('a release that is held keeps its room through later swaps', async () => {
  const { workspace, app } = await twoReleases();
  const held = app.releases.current();
  const before = answers(held.recommender);
  held.tenancy.hold();
  for (const next of ['second', 'first', 'second']) {
    await swapTo(workspace, next);
    await until(() => app.releases.current().id === next);
    expect(answers(held.recommender)).toBe(before);
  }
  held.tenancy.leave();
});

test('a release that is refused again and again takes no more room', async () => {
  const { workspace, app } = await twoReleases();
  const { truncate } = await import('node:fs/promises');
  await truncate(join(workspace.release('second'), 'lookup.safetensors'), 50);
  await swapTo(workspace, 'second');
  await until(() => app.releases.refused !== null);
  const { bytes } = app.releases.figures;
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 30 * 2 ** i));
    await app.releases.check();
  }
  expect(app.releases.current().id).toBe('first');
  expect(app.releases.figures.bytes).toBe(bytes);
});

test('a room goes to the next when the last hold is gone, and one is kept', async () => {
  const rooms = new Rooms();
  onTestFinished(() => rooms.close());
  const first = await rooms.take();
  const second = await rooms.take();
  expect(second).not.toBe(first);
  first.take(1000);
  const { bytes } = rooms;
  const tenancy = new Tenancy(() => rooms.give(first));
  tenancy.hold();
  tenancy.leave();
  const third = await rooms.take();
  expect([first, second]).not.toContain(third);
  tenancy.leave();
  expect(() => tenancy.hold()).toThrow();
  rooms.give(second);
  rooms.give(third);
  expect(rooms.bytes).toBe(bytes);
  expect(await rooms.take()).toBe(first);
  expect([first, second, third]).not.toContain(await rooms.take());
});
