import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateCommand } from '../../../data/commands/simulate.ts';
import type { CommandHost } from '../../../src/context.ts';
import { quietContext } from '../../quiet-context.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'oneway-simulate-command-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function run(...words: string[]): Promise<string> {
  let printed = '';
  const host: CommandHost = {
    open: () => quietContext(),
    print: (line) => {
      printed += `${line}\n`;
    },
  };
  const output = { writeOut: (text: string) => (printed += text), writeErr: (text: string) => (printed += text) };
  const program = new Command('oneway').exitOverride().configureOutput(output);
  simulateCommand(program, host);
  for (const command of program.commands) command.exitOverride().configureOutput(output);
  try {
    await program.parseAsync(['simulate', ...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof Error && 'exitCode' in error)) throw error;
  }
  return printed;
}

describe('oneway simulate', () => {
  it('shows every key of the configuration, and an example', async () => {
    const help = (await run('--help')).replace(/\s+/g, ' ');
    expect(help).toContain('$ oneway simulate --out');
    for (const word of [
      '--products',
      '200 to 2000000',
      'default: 2000',
      'robotShare',
      'popularityExponent',
      '--force',
    ]) {
      expect(help).toContain(word);
    }
    expect(help).not.toContain('undefined');
  });

  it('writes a shop and says what comes next', async () => {
    const out = join(root, 'shop');
    const printed = await run('--out', out, '--products', '300', '--customers', '40', '--days', '30', '--seed', '9');
    expect(printed).toContain('300 products, 40 customers');
    expect(printed).toContain(`--events ${join(out, 'events.csv')} --catalogue ${join(out, 'catalogue.csv')}`);
    await expect(run('--out', out)).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
      hint: expect.stringContaining('--force'),
    });
    const json = await run(
      '--out',
      out,
      '--products',
      '300',
      '--customers',
      '40',
      '--format',
      'parquet',
      '--force',
      '--json',
    );
    expect(JSON.parse(json)).toMatchObject({ products: 300, customers: 40, eventsPath: join(out, 'events.parquet') });
    expect((await readdir(out)).sort()).toEqual(['catalogue.parquet', 'events.parquet', 'simulation.json', 'truth']);
  });

  it('takes a configuration file, over which flags win', async () => {
    const file = join(root, 'configuration.json');
    await writeFile(file, JSON.stringify({ products: 250, customers: 30, robotShare: 0.5 }));
    const json = await run('--out', join(root, 'configured'), '--configuration', file, '--customers', '20', '--json');
    expect(JSON.parse(json)).toMatchObject({ products: 250, customers: 20, robots: 10 });
  });

  it('refuses bad words and files with a reason', async () => {
    const out = join(root, 'never');
    for (const products of ['many', '-5', '2.5', '199', '1e9']) {
      expect(await run('--out', out, '--products', products)).toContain('It must be a whole number, 200 to 2000000.');
    }
    expect(await run('--out', out, '--format', 'xml')).toContain('csv, csv.gz, parquet');
    expect(await run('--products', '300')).toContain("required option '--out <folder>'");
    const file = join(root, 'bad.json');
    const refused = (code: string) =>
      expect(run('--out', out, '--configuration', file)).rejects.toMatchObject({ code });
    await refused('FILE_NOT_FOUND');
    for (const text of ['{ products: 1 }', '[1]', '{ "robots": 1 }', '{ "robotShare": 2 }']) {
      await writeFile(file, text);
      await refused('CONFIGURATION_INVALID');
    }
    expect(await readdir(root)).not.toContain('never');
  });
});
