import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crewSize } from '../../../src/crew/index.ts';
import { compiled } from '../../compiled.ts';

let child: Awaited<ReturnType<typeof compiled>>;
let outcomes: Readonly<Record<string, Record<string, unknown>>>;
beforeAll(async () => {
  child = await compiled(join(import.meta.dirname, 'crew-child.ts'));
  const { stdout } = await promisify(execFile)(process.execPath, [child.script], { timeout: 60_000 });
  const lines = stdout.trim().split('\n');
  outcomes = Object.fromEntries(lines.map((line) => JSON.parse(line)).map((outcome) => [outcome.order, outcome]));
});
afterAll(() => child.remove());

describe('a crew', () => {
  it('works in step, and answers lane by lane', () => {
    for (const order of ['throw', 'refuse', 'exit']) expect(outcomes[order]!.before).toEqual([0, 1, 2]);
  });

  it.each(['throw', 'exit'])('is lost when a worker does %s, though the others wait for it; nobody hangs', (order) => {
    const { failure, after } = outcomes[order]!;
    expect(failure).toMatchObject({ code: 'WORKER_FAILED', hint: expect.any(String) });
    expect(after).toEqual(failure);
  });

  it('hands a coded error of a worker on', () => {
    expect(outcomes.refuse!.failure).toEqual({ code: 'GRAPH_EMPTY', message: 'Nothing.', hint: 'More.' });
  });

  it('stops together where it is asked to', () => {
    expect(outcomes.endless).toMatchObject({ lanes: 3, told: 1 });
  });

  it('refuses orders once it is closed, and a module that is not there', () => {
    expect(outcomes.closed!.failure).toMatchObject({ code: 'WORKER_FAILED' });
    expect(outcomes.absent!.failure).toMatchObject({ code: 'WORKER_FAILED' });
  });
});

describe('crewSize', () => {
  it('is what was asked for, within reason, and nothing for little work', () => {
    expect([crewSize(3, false), crewSize(0, true), crewSize(99, true), crewSize(null, false)]).toEqual([3, 0, 16, 0]);
  });
});
