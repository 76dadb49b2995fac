import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { onTestFinished } from 'vitest';
import { hashKey } from '../../serving/access/keys.ts';
import type { GivenServingConfiguration } from '../../serving/configuration/index.ts';
import { buildApp } from '../../serving/index.ts';
import { Workspace } from '../../src/release/index.ts';
import { context } from '../src/lookup/planted-release.ts';

export async function temporaryWorkspace(): Promise<{ workspace: Workspace; remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'oneway-serving-'));
  return { workspace: new Workspace(root), remove: () => rm(root, { recursive: true, force: true }) };
}

/** A key of every role, for requests that need one: `headers: { 'x-api-key': adminKey }`. Valid in apps given {@link withAdminKey}. */
export const adminKey = 'oneway_test';
export const withAdminKey: GivenServingConfiguration = {
  access: { keys: [{ name: 'test', roles: ['admin'], sha256: hashKey(adminKey) }], anonymous: 'everywhere' },
};

/** An app over the workspace, past its first look at `current`; closed by the caller. */
export async function readyApp(
  workspace: Workspace,
  pollMilliseconds = 20,
  configuration: GivenServingConfiguration = {},
): Promise<FastifyInstance> {
  const app = buildApp({
    workspace: workspace.root,
    context,
    configuration: { ...configuration, releases: { pollMilliseconds, ...configuration.releases } },
    version: '1.2.3',
  });
  await app.ready();
  await app.releases.check();
  return app;
}

/** A workspace and an app that end with the test. */
export async function testApp(
  prepare: (workspace: Workspace) => Promise<unknown> = async () => {},
  configuration: GivenServingConfiguration = {},
): Promise<{ workspace: Workspace; app: FastifyInstance }> {
  const { workspace, remove } = await temporaryWorkspace();
  onTestFinished(remove);
  await prepare(workspace);
  const app = await readyApp(workspace, 20, configuration);
  onTestFinished(() => app.close());
  return { workspace, app };
}

/** A request with {@link adminKey}: status and body of the answer. */
export async function call(
  app: FastifyInstance,
  method: NonNullable<InjectOptions['method']>,
  url: string,
  payload?: object,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await app.inject({
    method,
    url,
    headers: { 'x-api-key': adminKey, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: response.statusCode, body: response.json() };
}

/** Waits for something that another task brings about. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 2000; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('It did not happen.');
}
