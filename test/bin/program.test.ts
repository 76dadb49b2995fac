import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '../../bin/host.ts';
import { buildProgram } from '../../bin/program.ts';
import { plantedWorld } from '../../data/index.ts';
import { defaultRefreshConfiguration } from '../../training/index.ts';
import { tinyConfiguration } from '../training/planted-shop.ts';

interface Spoken {
  readonly program: Command;
  readonly said: () => string;
  readonly complained: () => string;
}

function program(): Spoken {
  let output = '';
  let errors = '';
  const host = createHost({
    output: {
      write: (text) => {
        output += text;
      },
    },
    terminal: {
      write: (text) => {
        errors += text;
      },
    },
    signal: new AbortController().signal,
    verbose: () => false,
  });
  const built = buildProgram(host);
  const listen = (command: Command) => {
    command.configureOutput({
      writeOut: (text) => {
        output += text;
      },
      writeErr: (text) => {
        errors += text;
      },
    });
    command.commands.forEach(listen);
  };
  listen(built);
  return { program: built, said: () => output, complained: () => errors };
}

async function parse(spoken: Spoken, ...parameters: string[]): Promise<unknown> {
  return spoken.program.parseAsync(parameters, { from: 'user' }).then(
    () => null,
    (error: unknown) => error,
  );
}

describe('the command line', () => {
  it('has the commands that the README names', () => {
    const names = program().program.commands.map((command) => command.name());
    expect(names).toEqual([
      'simulate',
      'refresh',
      'evaluate',
      'tune',
      'ablate',
      'recommend',
      'report',
      'serve',
      'validate',
      'keys',
      'releases',
      'doctor',
      'demo',
    ]);
  });

  const commands = program().program.commands.flatMap((command) =>
    command.commands.length === 0 ? [[command.name()]] : command.commands.map((sub) => [command.name(), sub.name()]),
  );

  it.each(commands.map((names) => [names.join(' '), names] as const))(
    '%s --help shows an example',
    async (_, names) => {
      const spoken = program();
      const error = await parse(spoken, ...names, '--help');
      expect(error).toMatchObject({ code: 'commander.helpDisplayed', exitCode: 0 });
      expect(spoken.said()).toMatch(/Examples?:/);
      expect(spoken.said()).toContain(`oneway ${names.join(' ')}`);
    },
  );

  it.each([
    [['refresh', '--nope'], '--nope'],
    [['refresh', '--seed', '1.5'], 'whole number'],
    [['refresh', '--seed', '-1'], 'whole number'],
    [['refresh', '--backend', 'cuda'], 'native-gpu'],
    [['refresh', '--run', '../elsewhere'], 'letters'],
    [['refresh'], '--workspace'],
    [['refresh', '--workspace', 'w'], '--events'],
    [['refresh', '--workspace', 'w', '--events', 'e.csv'], '--adapter'],
    [['refresh', '--workspace', 'w', '--events', 'e.csv', '--adapter', 'amazon'], 'online-retail'],
    [['refresh', '--workspace', 'w', '--events', 'e.csv', '--adapter', 'oneway', '--event-mapping', 'm'], '--adapter'],
    [['recommend', '--workspace', 'w'], 'id'],
    [['recommend', 'x'], '--workspace'],
    [['recommend', 'x', '--workspace', 'w', '-k', '0'], 'whole number'],
    [['releases', 'prune', '--workspace', 'w', '--keep', 'all'], 'whole number'],
    [['refrehs'], 'refresh'],
  ])('refuses %j and says what is wrong', async (parameters, said) => {
    const spoken = program();
    const error = await parse(spoken, ...parameters);
    expect(error).toMatchObject({ name: 'CommanderError' });
    expect(spoken.complained()).toContain(said);
  });

  it('prints the whole default configuration', async () => {
    const spoken = program();
    expect(await parse(spoken, 'refresh', '--print-configuration')).toBeNull();
    expect(JSON.parse(spoken.said())).toEqual(defaultRefreshConfiguration);
  });

  it.each([
    [['recommend', 'x', '--workspace', 'absent-workspace'], 'RELEASE_UNKNOWN'],
    [['report', '--workspace', 'absent-workspace'], 'RELEASE_UNKNOWN'],
    [['releases', 'verify', '--workspace', 'absent-workspace'], 'RELEASE_UNKNOWN'],
    [['refresh', '--workspace', 'w', '--events', 'absent.csv', '--adapter', 'oneway'], 'FILE_NOT_FOUND'],
    [['refresh', '--configuration', 'absent.json', '--print-configuration'], 'FILE_NOT_FOUND'],
  ])('%j fails with %s', async (parameters, code) => {
    expect(await parse(program(), ...parameters)).toMatchObject({ code });
  });

  describe('with a mapping', () => {
    let root: string;

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'oneway-mapping-'));
    });
    afterAll(async () => {
      await rm(root, { recursive: true, force: true });
    });

    const refresh = async (name: string, mapping: string, configuration: unknown = tinyConfiguration) => {
      const paths = { mapping: join(root, `${name}.json`), configuration: join(root, `${name}-refresh.json`) };
      await writeFile(paths.mapping, mapping);
      await writeFile(paths.configuration, JSON.stringify(configuration));
      const spoken = program();
      const error = await parse(
        spoken,
        ...['refresh', '--workspace', join(root, 'workspace'), '--events', join(root, 'events.csv')],
        ...['--event-mapping', paths.mapping, '--configuration', paths.configuration, '--backend', 'wasm'],
      );
      return { error, said: spoken.said() };
    };

    it('reads the files of a shop under their own names, and derives the catalogue', async () => {
      const { catalogue, log } = plantedWorld({ customers: 500 });
      const rows = Array.from(log.time, (time, i) => {
        const kind = log.type[i] === 3 ? 'ORDER' : 'pv';
        return `u${log.customer[i]};${catalogue.products[log.product[i]!]!.id};${new Date(time * 1000).toISOString()};${kind}`;
      });
      await writeFile(join(root, 'events.csv'), ['user;sku;at;what', ...rows].join('\n'));
      const types = { purchase: ['order'], view: ['pv'] };
      const mapping = JSON.stringify({ customer: 'user', product: 'sku', time: 'at', type: 'what', types });
      const { error, said } = await refresh('right', mapping);
      expect(error).toBeNull();
      expect(said).toMatch(/publish +[\d.]+ s/);
      expect(said).toContain('release ');
    });

    it.each([
      ['not-json', '{"customer": ', tinyConfiguration],
      ['unknown-key', '{"customer":"user","product":"sku","time":"at","kind":"what"}', tinyConfiguration],
      ['missing-key', '{"customer":"user"}', tinyConfiguration],
      ['bad-setting', '{"customer":"user","product":"sku","time":"at"}', { blade: { depth: 3 } }],
    ])('refuses one that is %s', async (name, mapping, configuration) => {
      const { error } = await refresh(name, mapping, configuration);
      expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
      expect((error as Error).message).toContain(`${name}`);
    });

    it('names a column that the files do not have', async () => {
      const { error } = await refresh('elsewhere', '{"customer":"buyer","product":"sku","time":"at"}');
      expect(error).toMatchObject({ code: 'EVENTS_INVALID' });
      expect((error as Error).message).toContain('buyer');
    });
  });

  it('lists no release of a workspace that is not there', async () => {
    const spoken = program();
    expect(await parse(spoken, 'releases', 'list', '--workspace', 'absent-workspace')).toBeNull();
    expect(spoken.said()).toBe('no release yet\n');
  });
});
