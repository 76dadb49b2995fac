import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandHost } from '../../../src/context.ts';
import { ownAdapter } from '../../../src/events/index.ts';
import type { AblationResult } from '../../../training/ablation/index.ts';
import { ablateCommand } from '../../../training/commands/ablate.ts';
import { tuneCommand } from '../../../training/commands/tune.ts';
import { refreshConfigurationOf } from '../../../training/configuration.ts';
import { defaultSearchSpace } from '../../../training/tuning/index.ts';
import { quietContext } from '../../quiet-context.ts';
import { tinyConfiguration, writePlantedShop } from '../planted-shop.ts';
import { plantedData, tinyModel } from '../study/planted-task.ts';

describe('tune and ablate on the command line', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'oneway-choosing-'));
    await writeFile(join(root, 'tiny.json'), JSON.stringify({ blade: tinyModel.blade }));
    await writeFile(join(root, 'shop.json'), JSON.stringify(tinyConfiguration));
    await writeFile(join(root, 'space.json'), JSON.stringify({ dimension: { choice: [4, 16] } }));
    await writeFile(join(root, 'bad-space.json'), JSON.stringify({ depth: { integer: [1, 4] } }));
    await writeFile(join(root, 'cut.json'), '{"dimension": ');
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  const run = async (...parameters: string[]) => {
    const said: string[] = [];
    const host: CommandHost = { open: () => quietContext(), print: (line) => void said.push(line) };
    const program = new Command().exitOverride().configureOutput({ writeErr: (text) => void said.push(text) });
    tuneCommand(program, host, { adapters: [ownAdapter], data: plantedData });
    ablateCommand(program, host, plantedData);
    for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
    const error: unknown = await program.parseAsync(parameters, { from: 'user' }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return { error, said };
  };
  const file = (name: string) => join(root, name);
  const small = () => ['--trials', '2', '--budget', '2', '--space', file('space.json'), '--backend', 'wasm'];

  it('tunes on a task, and its last line is the result', async () => {
    const parameters = ['tune', 'planted', ...small(), '--configuration', file('tiny.json'), '--folder', file('task')];
    const { error, said } = await run(...parameters, '--json');
    expect(error).toBeNull();
    const result = JSON.parse(said.at(-1)!) as { file: string; best: { objective: number }; ended: string };
    expect(result).toMatchObject({
      task: 'planted',
      ended: 'finished',
      trials: 2,
      file: join(file('task'), 'best.json'),
    });
    refreshConfigurationOf(JSON.parse(await readFile(result.file, 'utf8')));
    const again = await run(...parameters);
    expect(again.said.join('\n')).toContain(`--configuration ${result.file}`);
  });

  it('tunes on a shop’s own files, and keeps the rest of its configuration', async () => {
    const shop = await writePlantedShop(file('shop'), 400);
    const source = ['--adapter', 'oneway', '--events', shop.events, '--catalogue', shop.catalogue];
    const { error, said } = await run(
      ...['tune', '--workspace', file('work'), ...source, ...small(), '--configuration', file('shop.json'), '--json'],
    );
    expect(error).toBeNull();
    const result = JSON.parse(said.at(-1)!) as { file: string; best: { hitRate: number } };
    expect(result.file).toBe(join(file('work'), 'tune', 'best.json'));
    expect(result.best.hitRate).toBeGreaterThan(0);
    const best = refreshConfigurationOf(JSON.parse(await readFile(result.file, 'utf8')));
    const given = refreshConfigurationOf(tinyConfiguration);
    expect({ ...best, blade: null }).toEqual({ ...given, blade: null });
    expect(best.blade.optimiser.epochs).toBe(2);
  });

  it('prints the search space', async () => {
    const { said } = await run('tune', '--print-space');
    expect(JSON.parse(said.join('\n'))).toEqual(defaultSearchSpace);
  });

  it('ablates, and writes the page', async () => {
    const { error, said } = await run(
      ...['ablate', 'planted', '--rows', 'one-hop,no-penalty', '--configuration', file('tiny.json')],
      ...['--folder', file('ablate'), '--html', file('page/ablation.html'), '--backend', 'wasm', '--json'],
    );
    expect(error).toBeNull();
    const result = JSON.parse(said.at(-1)!) as AblationResult;
    expect(result).toMatchObject({ task: 'planted', splits: [0], seeds: [1], ended: 'finished', runs: 1 });
    expect(result.rows.map(({ name }) => name)).toEqual(['one-hop', 'no-penalty']);
    expect(await readFile(file('page/ablation.html'), 'utf8')).toContain('No multi-hop');
  });

  it.each([
    [['tune'], { exitCode: 2 }],
    [['tune', 'planted', '--workspace', 'w'], { exitCode: 2 }],
    [['tune', '--workspace', 'w'], { exitCode: 2 }],
    [['tune', 'planted', '--trials', '0'], { code: 'commander.invalidArgument' }],
    [['tune', 'planted', '--space', 'bad-space.json'], { code: 'CONFIGURATION_INVALID' }],
    [['tune', 'planted', '--space', 'cut.json'], { code: 'CONFIGURATION_INVALID' }],
    [['tune', 'planted', '--space', 'absent.json'], { code: 'FILE_NOT_FOUND' }],
    [['tune', 'elsewhere', '--space', 'space.json'], { code: 'REQUEST_INVALID' }],
    [['ablate'], { code: 'commander.missingArgument' }],
    [['ablate', 'planted', '--rows', 'everything'], { code: 'REQUEST_INVALID' }],
    [['ablate', 'planted', '--seeds', 'one'], { code: 'commander.invalidArgument' }],
  ])('%j is refused', async (parameters, expected) => {
    const placed = parameters.map((one) => (one.endsWith('.json') ? file(one) : one));
    const { error } = await run(...placed, ...(placed.includes('planted') ? ['--folder', file('refused')] : []));
    expect(error).toMatchObject(expected);
  });
});
