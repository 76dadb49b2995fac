import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseCommentedJson } from '../../../serving/configuration/commented-json.ts';
import { configurationOfEnvironment } from '../../../serving/configuration/environment.ts';
import {
  configurationKeys,
  defaultServingConfiguration,
  type GivenServingConfiguration,
  loadConfiguration,
  renderConfiguration,
  servingConfigurationOf,
} from '../../../serving/configuration/index.ts';

async function file(text: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'oneway-configuration-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const path = join(root, 'serve.jsonc');
  await writeFile(path, text);
  return path;
}

const load = (path: string | null, environment: Record<string, string> = {}, options: GivenServingConfiguration = {}) =>
  loadConfiguration({ file: path, environment, options });

describe('the example', () => {
  test('is in step with the schema; npx vitest run test/serving/configuration -u writes it', async () => {
    const example = renderConfiguration(defaultServingConfiguration);
    await expect(example).toMatchFileSnapshot('../../../docs/deploy/serve.jsonc');
  });

  test('holds exactly the defaults', async () => {
    const text = await readFile(new URL('../../../docs/deploy/serve.jsonc', import.meta.url), 'utf8');
    expect(parseCommentedJson(text, 'example')).toEqual(defaultServingConfiguration);
    for (const { variable, path } of configurationKeys) expect(text, path.join('.')).toContain(variable);
  });
});

describe('commented JSON', () => {
  test('comments and last commas are allowed where they are none of a text', () => {
    const text = '\uFEFF{ // one\n "a": [1, 2,], /* two\n lines */ "b": "// no, /* comment */ ,]", "c": "\\"//",\n}';
    expect(parseCommentedJson(text, 'x')).toEqual({ a: [1, 2], b: '// no, /* comment */ ,]', c: '"//' });
  });

  test('law: plain JSON is what JSON says', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, wide) => {
        const text = JSON.stringify(value, null, wide ? 2 : 0);
        expect(parseCommentedJson(text, 'x')).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each(['', '{', '{"a" 1}', '[1,,2]', '{,}', "{'a':1}", '/* never ended {}'])('%s is refused', (text) => {
    expect(() => parseCommentedJson(text, 'my.jsonc')).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
    );
  });
});

describe('layers', () => {
  test('file over defaults, environment over file, command line over environment', async () => {
    const path = await file('{ "workspace": "from-file", "server": { "port": 1, "host": "h", "drainSeconds": 5 } }');
    const found = await load(
      path,
      { ONEWAY_SERVER_PORT: '2', ONEWAY_SERVER_HOST: 'from-env' },
      { server: { port: 3 } },
    );
    expect(found.workspace).toBe('from-file');
    expect(found.server).toMatchObject({ port: 3, host: 'from-env', drainSeconds: 5, graceSeconds: 10 });
    expect(await load(null)).toEqual(defaultServingConfiguration);
  });

  test('every key can be set in the environment, and comes out of a file as it went in', async () => {
    const samples: Record<string, string> = {};
    for (const { variable, path } of configurationKeys) {
      const place = path.reduce<unknown>(
        (table, name) => (table as Record<string, unknown>)[name],
        defaultServingConfiguration,
      );
      samples[variable] = typeof place === 'string' ? place : JSON.stringify(place);
    }
    expect(await load(null, samples)).toEqual(defaultServingConfiguration);
    expect(new Set(Object.keys(samples)).size).toBe(configurationKeys.length);
    const changed = servingConfigurationOf({ server: { port: 1 }, rateLimit: { requests: null } });
    expect(await load(await file(renderConfiguration(changed)))).toEqual(changed);
  });

  test.each([
    [
      'ONEWAY_SERVER_TRUSTED_PROXIES',
      '10.0.0.0/8, loopback',
      { server: { trustedProxies: ['10.0.0.0/8', 'loopback'] } },
    ],
    ['ONEWAY_SERVER_ORIGINS', '["https://a.example"]', { server: { origins: ['https://a.example'] } }],
    ['ONEWAY_RATE_LIMIT_REQUESTS', 'null', { rateLimit: { requests: null } }],
    ['ONEWAY_METRICS_ENABLED', 'false', { metrics: { enabled: false } }],
    ['ONEWAY_SERVER_PORT', '', {}],
    ['ONEWAY_SERVICE_HOST', '10.1.1.1', {}],
    ['ONEWAY_PORT', 'tcp://10.1.1.1:8080', {}],
    ['ONEWAY_SHARED_DATA', '/data', {}],
    ['PATH', '/bin', {}],
  ])('%s=%s', (variable, text, given) => {
    expect(configurationOfEnvironment({ [variable]: text })).toEqual(given);
  });

  test.each([
    ['ONEWAY_SERVER_PORT', 'eighty', 'a number'],
    ['ONEWAY_SERVER_PORT', 'tcp://10.1.1.1:8080', 'a number'],
    ['ONEWAY_SERVER_PORTS', '80', 'sets nothing'],
    ['ONEWAY_METRICS_ENABLED', 'yes', 'true or false'],
    ['ONEWAY_ACCESS_KEYS', '[{"secret"', 'a list in JSON'],
  ])('%s=%s is refused by name', (variable, text, message) => {
    const refused = () => configurationOfEnvironment({ [variable]: text });
    expect(refused).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }));
    expect(refused).toThrow(message);
    expect(refused).toThrow(variable);
    expect(refused).not.toThrow(/secret/);
  });

  test.each([
    ['{ "server": { "prot": 1 } }', 'server.prot'],
    ['{ "server": { "port": 70000 } }', 'server.port'],
    ['{ "server": { "port": "80" } }', 'server.port'],
    ['{ "server": { "origins": ["*"] } }', 'server.origins.0'],
    ['{ "__proto__": { "a": 1 } }', '__proto__'],
    ['[]', 'the configuration'],
  ])('the file %s is refused by key', async (text, place) => {
    const path = await file(text);
    await expect(load(path)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining(place),
    });
    await expect(load(path)).rejects.toThrow(path);
  });

  test('a key that stands where its hash should is not repeated', async () => {
    const path = await file(
      '{ "access": { "keys": [{ "name": "a", "roles": ["read"], "sha256": "oneway_secret" }] } }',
    );
    const error = await load(path).catch((e: Error) => e);
    expect(error).toMatchObject({ message: expect.stringContaining('access.keys.0.sha256') });
    expect(JSON.stringify([String(error), error])).not.toContain('oneway_secret');
  });

  test('a file that is not there', async () => {
    await expect(load('/no/such/file.jsonc')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
