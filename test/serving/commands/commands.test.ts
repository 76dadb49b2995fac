import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { readKeyFile } from '../../../serving/access/key-file.ts';
import { hashKey } from '../../../serving/access/keys.ts';
import { keysCommand } from '../../../serving/commands/keys.ts';
import { serveCommand } from '../../../serving/commands/serve.ts';
import { validateCommand } from '../../../serving/commands/validate.ts';
import { parseCommentedJson } from '../../../serving/configuration/commented-json.ts';
import { defaultServingConfiguration } from '../../../serving/configuration/index.ts';
import { Workspace } from '../../../src/release/index.ts';
import { context, plantedParts, publishPlanted } from '../../src/lookup/planted-release.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oneway-commands-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

/** Runs a command line. @returns the lines it printed */
async function run(...words: string[]): Promise<string[]> {
  const lines: string[] = [];
  const quiet = { writeErr: () => {}, writeOut: () => {} };
  const program = new Command('oneway').version('9.9.9').exitOverride().configureOutput(quiet);
  const host = { open: () => context, print: (line: string) => void lines.push(line) };
  for (const add of [serveCommand, validateCommand, keysCommand]) add(program, host);
  const silence = (command: Command): void => {
    command.exitOverride().configureOutput(quiet);
    command.commands.forEach(silence);
  };
  program.commands.forEach(silence);
  await program.parseAsync(words, { from: 'user' });
  return lines;
}

describe('oneway keys', () => {
  test('a key is printed once and kept hashed', async () => {
    const file = join(folder, 'keys.json');
    const [key] = await run('keys', 'create', '--name', 'shop', '--role', 'read', 'events', '--file', file);
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain(key);
    expect(await readKeyFile(file)).toEqual([{ name: 'shop', roles: ['read', 'events'], sha256: hashKey(key!) }]);
    const [second] = await run('keys', 'create', '--name', 'two', '--role', 'admin', '--days', '1', '--file', file);
    expect(second).not.toBe(key);
    expect(await run('keys', 'list', '--file', file)).toEqual([
      'shop  read,events  for ever',
      expect.stringMatching(/^two {2}admin {2}\d{4}-/),
    ]);
    expect(await run('keys', 'revoke', 'shop', '--file', file)).toEqual(['revoked shop']);
    const [json] = await run('keys', 'list', '--json', '--file', file);
    expect(JSON.parse(json!)).toMatchObject([{ name: 'two', roles: ['admin'] }]);
  });

  test('without a file the entry is printed beside it', async () => {
    const [key, entry] = await run('keys', 'create', '--name', 'shop', '--role', 'read');
    expect(JSON.parse(entry!.slice(entry!.indexOf('{')))).toMatchObject({ name: 'shop', sha256: hashKey(key!) });
  });

  test('what cannot be a key is refused, and the file stays', async () => {
    const file = join(folder, 'keys.json');
    await run('keys', 'create', '--name', 'shop', '--role', 'read', '--file', file);
    const before = await readFile(file, 'utf8');
    const create = (name: string, ...more: string[]) => run('keys', 'create', '--name', name, ...more, '--file', file);
    await expect(create('shop', '--role', 'read')).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    await expect(create('A shop', '--role', 'read')).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    await expect(create('a', '--role', 'root')).rejects.toThrow(/Allowed choices/);
    await expect(create('a')).rejects.toThrow(/--role/);
    await expect(create('a', '--role', 'read', '--days', '0')).rejects.toThrow(/whole number/);
    await expect(run('keys', 'revoke', 'nobody', '--file', file)).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
    await expect(run('keys', 'list', '--file', `${file}.none`)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});

describe('oneway serve', () => {
  test('prints its configuration, which can be read again', async () => {
    const text = (await run('serve', '--print-configuration', '--port', '9', '--workspace', 'w')).join('\n');
    expect(parseCommentedJson(text, 'printed')).toMatchObject({
      ...defaultServingConfiguration,
      workspace: 'w',
      server: { port: 9, host: '127.0.0.1' },
    });
    const file = join(folder, 'serve.jsonc');
    await writeFile(file, text);
    expect((await run('serve', '--print-configuration', '--config', file)).join('\n')).toBe(text);
  });

  test.each([
    [[], 'No workspace'],
    [['--config', '/no/such/file'], 'does not exist'],
  ])('%j is refused', async (words, message) => {
    await expect(run('serve', ...words)).rejects.toThrow(message);
  });

  test('a tracing module that cannot be loaded is named', async () => {
    const file = join(folder, 'serve.jsonc');
    await writeFile(file, '{ "tracing": { "enabled": true, "module": "./no-such-module.mjs" } }');
    await expect(run('serve', '--workspace', folder, '--port', '0', '--config', file)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('no-such-module'),
    });
  });
});

describe('oneway validate', () => {
  const findings = async (configuration: object, ...words: string[]) => {
    const file = join(folder, 'serve.jsonc');
    await writeFile(file, JSON.stringify(configuration));
    const lines: string[] = [];
    try {
      lines.push(...(await run('validate', '--config', file, '--json', ...words)));
    } catch (error) {
      const { details } = error as { details: { findings: readonly { key: string; severity: string }[] } };
      return details.findings.map(({ severity, key }) => `${severity} ${key}`);
    }
    const { valid, findings: found } = JSON.parse(lines[0]!) as {
      valid: boolean;
      findings: readonly { key: string; severity: string }[];
    };
    expect(valid).toBe(true);
    return found.map(({ severity, key }) => `${severity} ${key}`);
  };
  const entry = (name: string, more: object = {}) => ({ name, roles: ['read'], sha256: hashKey(name), ...more });

  test('a workspace with a release, and a key, is fine', async () => {
    const workspace = join(folder, 'work');
    await publishPlanted(new Workspace(workspace), 'first', plantedParts());
    expect(await findings({ workspace, access: { keys: [entry('a')] } })).toEqual([]);
    const file = join(folder, 'serve.jsonc');
    expect(await run('validate', '--config', file)).toEqual(['nothing to object to']);
    await rm(join(workspace, 'releases', 'first', 'graph.safetensors'));
    expect(await findings({ workspace, access: { keys: [entry('a')] } })).toEqual(['error workspace']);
  });

  test('tells what would not work, errors first', async () => {
    expect(await findings({})).toEqual(['error workspace', 'warning access.keys']);
    expect(await findings({ workspace: '/no/such/folder' })).toContain('error workspace');
    const at = { workspace: folder };
    expect(await findings(at)).toEqual(['warning access.keys', 'warning workspace']);
    expect(await findings({ ...at, access: { anonymous: 'never' } })).toContain('error access.anonymous');
    expect(await findings({ ...at, access: { keysFile: '/no/such/keys.json' } })).toContain('error access.keysFile');
    expect(await findings({ ...at, access: { keys: [entry('a'), entry('a')] } })).toContain('error access.keysFile');
    expect(await findings({ ...at, server: { host: '0.0.0.0' } })).toContain('warning access.anonymous');
    const open = {
      ...at,
      server: { host: '0.0.0.0' },
      access: { anonymous: 'everywhere' },
      rateLimit: { requests: null },
      metrics: { requireKey: false },
    };
    expect(await findings(open)).toEqual(
      expect.arrayContaining([
        'warning access.anonymous',
        'warning releases.compare',
        'warning rateLimit.requests',
        'warning metrics.requireKey',
      ]),
    );
    const soon = new Date(Date.now() + 86_400_000).toISOString();
    expect(
      await findings({
        ...at,
        access: { keys: [entry('a', { expires: soon }), entry('b', { expires: '2020-01-01T00:00:00Z' })] },
      }),
    ).toEqual(['warning access.keys', 'warning access.keys', 'warning workspace']);
  });

  test('an experiment that can show nothing', async () => {
    const workspace = join(folder, 'work');
    await publishPlanted(new Workspace(workspace), 'first', plantedParts());
    const said = async (experiment: object, keys: object[], more: object = {}) => {
      await writeFile(join(workspace, 'experiments.json'), JSON.stringify({ experiments: [experiment] }));
      const file = join(folder, 'serve.jsonc');
      await writeFile(file, JSON.stringify({ workspace, access: { keys }, ...more }));
      return run('validate', '--config', file);
    };
    const reader = entry('a');
    const feeder = entry('b', { roles: ['read', 'events'] });
    const variants = [{ name: 'control' }, { name: 'other', release: 'first' }];
    const spring = { name: 'spring', variants };
    expect(await said(spring, [reader, feeder])).toEqual(['nothing to object to']);
    expect(await said({ ...spring, status: 'stopped' }, [reader])).toEqual(['nothing to object to']);
    expect(await said(spring, [reader])).toEqual([expect.stringContaining('every request would be anonymous')]);
    expect(await said({ ...spring, variants: [{ name: 'a' }, { name: 'b' }] }, [feeder])).toEqual([
      expect.stringContaining('compares nothing'),
    ]);
    expect(await said({ ...spring, variants: [...variants, { name: 'c', release: 'gone' }] }, [feeder])).toEqual([
      expect.stringContaining('names release gone'),
    ]);
    const ruled = { ...spring, variants: [{ name: 'a' }, { name: 'b', rules: 'summer' }] };
    expect(await said(ruled, [feeder])).toEqual([expect.stringContaining('no rule set summer')]);
    expect(await said(ruled, [feeder], { ruleSets: [{ id: 'summer', rules: {} }] })).toEqual(['nothing to object to']);
    await writeFile(join(workspace, 'experiments.json'), '{');
    expect(await run('validate', '--config', join(folder, 'serve.jsonc'))).toEqual([
      expect.stringContaining('None would be in force'),
    ]);
  });

  test('a configuration that does not fit is refused as by serve', async () => {
    const file = join(folder, 'serve.jsonc');
    await writeFile(file, '{ "sever": {} }');
    await expect(run('validate', '--config', file)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  });
});
