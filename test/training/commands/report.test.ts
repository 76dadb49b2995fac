import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/context.ts';
import { exposureId, type FeedbackEvent, FeedbackLog } from '../../../src/feedback/index.ts';
import { Workspace } from '../../../src/release/index.ts';
import { reportCommand } from '../../../training/commands/report.ts';
import { quietContext } from '../../quiet-context.ts';

const context = quietContext();

async function said(...parameters: string[]): Promise<string> {
  const lines: string[] = [];
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  reportCommand(program, { open: () => context, print: (line) => lines.push(line) });
  program.commands[0]!.exitOverride().configureOutput({ writeErr: () => {} });
  await program.parseAsync(['report', ...parameters], { from: 'user' });
  return lines.join('\n');
}

test('report --feedback prints a table per release and variant, JSON, and a page', async () => {
  const root = await mkdtemp(join(tmpdir(), 'oneway-report-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  expect(await said('--feedback', '--workspace', root)).toContain('no exposure yet');
  const log = await FeedbackLog.open(new Workspace(root), { logger: context.logger, clock: systemClock });
  const events: FeedbackEvent[] = [];
  for (let i = 0; i < 60; i++) {
    const variant = i % 2 === 0 ? 'spring.control' : 'spring.bold';
    const exposure = exposureId(`u${i}`, { release: 'r1', variant, strategy: 'index' });
    events.push({ type: 'exposure', id: `s${i}`, visitor: `v${i}`, exposure, products: ['p'] });
    if (i % 3 === 0) events.push({ type: 'click', id: `c${i}`, visitor: `v${i}`, exposure, product: 'p' });
  }
  await log.add(events.map((event) => ({ event, robot: false })));
  await log.close();
  const out = join(root, 'feedback.html');
  const text = await said('--feedback', '--workspace', root, '--out', out);
  expect(text).toMatch(/r1 +spring\.control +30 +30 +33\.33 %/);
  expect(text).toMatch(/spring +bold +control +\+0\.00/);
  expect(text).toContain(out);
  expect(await readFile(out, 'utf8')).toContain('spring.bold · r1');
  const figures = JSON.parse(await said('--feedback', '--json', '--workspace', root)) as { events: object };
  expect(figures.events).toEqual({ exposure: 60, click: 20, cart: 0, purchase: 0 });
  await expect(said('--feedback', '--release', 'r1', '--workspace', root)).rejects.toMatchObject({ exitCode: 2 });
  await expect(said('--feedback', '--window-hours', '0', '--workspace', root)).rejects.toThrow();
  await expect(said('--workspace', root)).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
});
