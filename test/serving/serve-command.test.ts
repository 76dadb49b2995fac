import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { serveCommand } from '../../serving/commands/serve.ts';
import type { CommandHost } from '../../src/context.ts';
import { context, plantedParts, publishPlanted } from '../src/lookup/planted-release.ts';
import { testApp, until } from './world.ts';

function commandLine(): { program: Command; lines: string[]; stop: () => void } {
  const controller = new AbortController();
  const lines: string[] = [];
  const host: CommandHost = {
    open: () => ({ ...context, signal: controller.signal }),
    print: (line) => {
      lines.push(line);
    },
  };
  const quiet = { writeErr: () => {}, writeOut: () => {} };
  const program = new Command('oneway').version('9.9.9').exitOverride().configureOutput(quiet);
  serveCommand(program, host);
  for (const command of program.commands) command.exitOverride().configureOutput(quiet);
  return { program, lines, stop: () => controller.abort() };
}

describe('oneway serve', () => {
  test('prints where it listens, serves until stopped, then ends', async () => {
    const { workspace } = await testApp((w) => publishPlanted(w, 'first', plantedParts()));
    const { program, lines, stop } = commandLine();
    const running = program.parseAsync(['serve', '--workspace', workspace.root, '--port', '0'], { from: 'user' });
    await until(() => lines.length >= 5);
    const address = /http:\S+/.exec(lines[0]!)![0];
    expect(lines.join('\n')).toContain('release first');
    expect(((await (await fetch(`${address}/docs/json`)).json()) as { info: { version: string } }).info.version).toBe(
      '9.9.9',
    );
    const second = commandLine().program;
    const taken = ['serve', '--workspace', workspace.root, '--port', new URL(address).port];
    await expect(second.parseAsync(taken, { from: 'user' })).rejects.toMatchObject({ code: 'ADDRESS_TAKEN' });
    stop();
    await running;
    await expect(fetch(address)).rejects.toThrow();
  });

  test.each([
    ['serve'],
    ['serve', '--workspace', 'x', '--port', '70000'],
    ['serve', '--workspace', 'x', '--port', '80a'],
    ['serve', '--workspace', 'x', '--poll', '1'],
  ])('%s %s %s %s is refused', async (...words) => {
    const { program } = commandLine();
    await expect(program.parseAsync(words, { from: 'user' })).rejects.toThrow();
  });
});
