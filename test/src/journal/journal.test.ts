import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Journal, type JournalOptions, listSegments, readSegment } from '../../../src/journal/index.ts';
import { decodeLine, encodeLine } from '../../../src/journal/line.ts';
import { Workspace } from '../../../src/release/index.ts';
import { compiled } from '../../compiled.ts';
import { testContext } from '../index/worlds.ts';

const { logger } = testContext();

async function workspace(): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'oneway-journal-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return new Workspace(root);
}

async function opened(place: Workspace, options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await Journal.open(place, 'log', { logger, ...options });
  onTestFinished(() => journal.close());
  return journal;
}

async function everything(place: Workspace): Promise<{ ids: unknown[]; sequences: number[]; broken: number }> {
  const ids: unknown[] = [];
  const sequences: number[] = [];
  let broken = 0;
  for (const { path } of await listSegments(join(place.root, 'log'))) {
    for await (const line of readSegment(path)) {
      if ('broken' in line) broken++;
      else {
        ids.push(line.record.id);
        sequences.push(line.sequence);
      }
    }
  }
  return { ids, sequences, broken };
}

const ascending = (numbers: readonly number[]) => numbers.every((n, i) => i === 0 || n > numbers[i - 1]!);

describe('a line', () => {
  test('comes back as it was, is JSON, and notices any changed byte', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.dictionary(
          fc.string().filter((key) => key !== 'crc' && key !== 'sequence' && key !== '__proto__'),
          fc.jsonValue(),
          { minKeys: 1 },
        ),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (sequence, record, place, change) => {
          const line = encodeLine({ sequence, record });
          const bytes = line.subarray(0, -1);
          expect(bytes.includes(0x0a)).toBe(false);
          expect(decodeLine(bytes)).toEqual({ sequence, record: JSON.parse(JSON.stringify(record)) });
          const altered = Buffer.from(bytes);
          altered[place % altered.length]! ^= change;
          expect(decodeLine(altered)).toBeNull();
          expect(decodeLine(bytes.subarray(0, place % bytes.length))).toBeNull();
        },
      ),
      { numRuns: 300 },
    );
  });

  test('has the checksum that others calculate', () => {
    const line = encodeLine({ sequence: 1, record: { a: 1 } }).toString();
    expect(line).toBe('{"crc":"7eb9d00f","sequence":1,"a":1}\n');
  });

  test.each([{}, { crc: 1 }, { sequence: 1 }, { text: 'x'.repeat(2 ** 20) }])('refuses %#', (record) => {
    expect(() => encodeLine({ sequence: 1, record })).toThrow(RangeError);
  });
});

describe('a journal', () => {
  test('keeps what it answered for, in order and numbered without a gap, across openings', async () => {
    const place = await workspace();
    const first = await opened(place, { segmentBytes: 2000 });
    expect(first.sequence).toBe(0);
    const numbers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => first.append([{ id: i }, { id: `b${i}` }])),
    );
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => 2 * i + 1));
    await first.close();
    await first.close();
    const second = await opened(place);
    expect(second.sequence).toBe(200);
    expect(await second.append([{ id: 'later' }])).toBe(201);
    expect(await second.append([])).toBe(202);
    const { ids, sequences, broken } = await everything(place);
    expect(ids).toEqual([...Array.from({ length: 100 }, (_, i) => [i, `b${i}`]).flat(), 'later']);
    expect(sequences).toEqual(Array.from({ length: 201 }, (_, i) => i + 1));
    expect(broken).toBe(0);
  });

  test('a sealed segment never changes; sealing nothing does nothing', async () => {
    const place = await workspace();
    const journal = await opened(place);
    await journal.seal();
    expect(await listSegments(journal.folder)).toEqual([]);
    await journal.append([{ id: 1 }]);
    expect((await listSegments(journal.folder)).map(({ sealed }) => sealed)).toEqual([false]);
    await journal.seal();
    const [sealed] = await listSegments(journal.folder);
    expect(sealed?.sealed).toBe(true);
    const before = await readFile(sealed!.path);
    await journal.append([{ id: 2 }]);
    await journal.seal();
    await journal.seal();
    expect(await readFile(sealed!.path)).toEqual(before);
    expect((await listSegments(journal.folder)).map(({ first }) => first)).toEqual([1, 2]);
  });

  test('a segment is sealed by time, too', async () => {
    const place = await workspace();
    const journal = await opened(place, { segmentMilliseconds: 5 });
    await journal.append([{ id: 1 }]);
    for (;;) {
      const [segment] = await listSegments(journal.folder);
      if (segment?.sealed) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  test('has one writer', async () => {
    const place = await workspace();
    const journal = await opened(place);
    await expect(Journal.open(place, 'log', { logger })).rejects.toMatchObject({ code: 'JOURNAL_BUSY', status: 503 });
    await journal.close();
    await expect(journal.append([{ id: 1 }])).rejects.toMatchObject({ code: 'JOURNAL_BUSY' });
    await (await opened(place)).append([{ id: 2 }]);
    expect((await everything(place)).ids).toEqual([2]);
  });

  test('takes no more than may wait, and goes on after', async () => {
    const place = await workspace();
    const journal = await opened(place, { pendingBytes: 1000 });
    const record = { id: 'x'.repeat(600) };
    const waiting = journal.append([record]);
    await expect(journal.append([record])).rejects.toMatchObject({ code: 'JOURNAL_BUSY' });
    await waiting;
    await journal.append([record]);
    expect((await everything(place)).ids).toHaveLength(2);
  });

  test('removes sealed segments up to a number, and only whole ones', async () => {
    const place = await workspace();
    const journal = await opened(place);
    for (let i = 1; i <= 6; i++) {
      await journal.append([{ id: i }]);
      if (i % 2 === 0 && i < 6) await journal.seal();
    }
    expect(await journal.removeThrough(1)).toBe(0);
    expect(await journal.removeThrough(3)).toBe(1);
    expect((await everything(place)).ids).toEqual([3, 4, 5, 6]);
    expect(await journal.removeThrough(100)).toBe(1);
    expect((await everything(place)).ids).toEqual([5, 6]);
    await journal.close();
    expect((await opened(place)).sequence).toBe(6);
  });
});

describe('what a killed writer left', () => {
  /** A journal of five entries whose segment is still open, as after a kill. */
  async function interrupted(): Promise<{ place: Workspace; path: string; bytes: Buffer }> {
    const place = await workspace();
    const journal = await Journal.open(place, 'log', { logger });
    for (let i = 0; i < 5; i++) await journal.append([{ id: i }]);
    const bytes = await readFile((await listSegments(journal.folder))[0]!.path);
    await journal.close();
    await rm((await listSegments(journal.folder))[0]!.path);
    const path = join(journal.folder, '0000000000000001.open');
    await writeFile(path, bytes);
    return { place, path, bytes };
  }

  test('cut at any byte: the whole lines stay, the tail goes', async () => {
    const { place, path, bytes } = await interrupted();
    const ends = [...bytes].flatMap((byte, i) => (byte === 0x0a ? [i + 1] : []));
    for (let cut = 0; cut <= bytes.length; cut += 7) {
      for (const { path: old } of await listSegments(join(place.root, 'log'))) await rm(old);
      await writeFile(path, bytes);
      await truncate(path, cut);
      const journal = await Journal.open(place, 'log', { logger });
      const whole = ends.filter((end) => end <= cut).length;
      expect((await everything(place)).ids).toEqual([0, 1, 2, 3, 4].slice(0, whole));
      expect(await journal.append([{ id: 'next' }])).toBe(whole + 1);
      await journal.close();
      expect((await everything(place)).broken).toBe(0);
    }
  });

  test('garbage or zeros at the end go', async () => {
    for (const tail of [Buffer.alloc(5000), Buffer.from('{"crc":"00000000","sequence":9}\n\n\nxx')]) {
      const { place, path } = await interrupted();
      await appendFile(path, tail);
      await (await opened(place)).append([{ id: 5 }]);
      expect(await everything(place)).toEqual({
        ids: [0, 1, 2, 3, 4, 5],
        sequences: [1, 2, 3, 4, 5, 6],
        broken: 0,
      });
    }
  });

  test('a flipped bit in the middle costs its line and no other', async () => {
    const { place, path, bytes } = await interrupted();
    const handle = await open(path, 'r+');
    await handle.write(Buffer.from([bytes[60]! ^ 4]), 0, 1, 60);
    await handle.close();
    await (await opened(place)).append([{ id: 5 }]);
    const { ids, broken } = await everything(place);
    expect(ids).toEqual([0, 2, 3, 4, 5]);
    expect(broken).toBe(1);
  });

  test('an empty open segment is gone', async () => {
    const { place, path } = await interrupted();
    await writeFile(path, '');
    const journal = await opened(place);
    expect(await readdir(journal.folder)).toEqual([]);
    expect(await journal.append([{ id: 'a' }])).toBe(1);
  });
});

describe('a process of its own', () => {
  let child: Awaited<ReturnType<typeof compiled>>;
  beforeAll(async () => {
    child = await compiled(join(import.meta.dirname, 'append-child.ts'));
  });
  afterAll(() => child.remove());

  /** Runs the child until it ends or is killed after some lines. */
  async function run(command: readonly string[], killAfter = Number.POSITIVE_INFINITY) {
    const process_ = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(process_, 'exit');
    let text = '';
    for await (const chunk of process_.stdout) {
      text += chunk.toString();
      if (text.split('\n').length > killAfter) process_.kill('SIGKILL');
    }
    await exit;
    const lines = text.split('\n').slice(0, -1);
    const of = (verdict: string) =>
      lines.filter((line) => line.startsWith(`${verdict} `)).map((line) => line.split(' ')[1]!);
    return { kept: of('kept'), refused: of('refused'), lines };
  }

  test('SIGKILL while appending loses nothing that was answered for', async () => {
    const place = await workspace();
    const kept: string[] = [];
    for (const [round, lines] of [1, 40, 333, 700].entries()) {
      kept.push(...(await run([process.execPath, child.script, place.root, `r${round}`, '100000'], lines)).kept);
    }
    await (await Journal.open(place, 'log', { logger })).close();
    const { ids, sequences, broken } = await everything(place);
    expect(kept.length).toBeGreaterThan(1000);
    expect(new Set(ids).size).toBe(ids.length);
    const found = new Set(ids);
    expect(kept.filter((id) => !found.has(id))).toEqual([]);
    expect(ascending(sequences)).toBe(true);
    expect(broken).toBe(0);
  });

  test('a write above the limit of the file system keeps nothing of it and goes on', async () => {
    const place = await workspace();
    const script = `ulimit -f 16; exec "$@"`;
    const { kept, refused, lines } = await run([
      '/bin/sh',
      '-c',
      script,
      'sh',
      process.execPath,
      child.script,
      place.root,
      'a',
      '400',
    ]);
    expect(kept.length + refused.length).toBe(400);
    expect(refused.length).toBeGreaterThan(0);
    expect(lines.filter((line) => line.startsWith('refused')).every((line) => line.endsWith('STORAGE_FULL'))).toBe(
      true,
    );
    expect((await everything(place)).ids.sort()).toEqual(kept.sort());
  });
});

describe('a full disk', () => {
  const mountable = (() => {
    try {
      execFileSync(
        'sh',
        ['-c', 'd=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs "$d" && umount "$d" && rmdir "$d"'],
        {
          stdio: 'ignore',
        },
      );
      return true;
    } catch {
      return false;
    }
  })();

  test.skipIf(!mountable)(
    'a tiny file system (needs leave to mount one): refuses whole requests, and recovers',
    async () => {
      const place = await workspace();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', place.root]);
      onTestFinished(() => {
        execFileSync('umount', [place.root]);
      });
      const ballast = join(place.root, 'ballast');
      await writeFile(ballast, Buffer.alloc(128 << 10));
      const journal = await Journal.open(place, 'log', { logger });
      const kept: number[] = [];
      const codes = new Set<string>();
      for (let i = 0; i < 200; i++) {
        await journal.append([{ id: i, text: 'x'.repeat(2000) }]).then(
          () => kept.push(i),
          (error: { code: string }) => codes.add(error.code),
        );
      }
      expect(codes).toEqual(new Set(['STORAGE_FULL']));
      expect(kept.length).toBeGreaterThan(10);
      expect(kept.length).toBeLessThan(200);
      expect((await everything(place)).ids).toEqual(kept);
      await rm(ballast);
      await journal.append([{ id: 1000 }]);
      expect((await everything(place)).ids).toEqual([...kept, 1000]);
      await journal.close();
      expect((await everything(place)).broken).toBe(0);
    },
  );
});
