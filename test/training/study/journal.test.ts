import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeriesJournal } from '../../../training/study/index.ts';
import { quietContext } from '../../quiet-context.ts';

const entry = Type.Object({ n: Type.Integer(), name: Type.String() }, { additionalProperties: false });
const context = quietContext();

describe('SeriesJournal', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'oneway-journal-'));
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  const filled = async (name: string): Promise<string> => {
    const path = join(root, name, 'trials.jsonl');
    const journal = await SeriesJournal.open(path, { seed: 1 }, entry, context);
    await journal.append({ n: 1, name: 'häuser' });
    await journal.append({ n: 2, name: 'b' });
    await journal.close();
    return path;
  };
  const reopened = async (path: string) => {
    const journal = await SeriesJournal.open(path, { seed: 1 }, entry, context);
    const found = [...journal.entries];
    await journal.close();
    return found;
  };

  it('keeps what was appended, in order', async () => {
    const path = await filled('kept');
    expect(await reopened(path)).toEqual([
      { n: 1, name: 'häuser' },
      { n: 2, name: 'b' },
    ]);
    expect((await readFile(path, 'utf8')).endsWith('\n')).toBe(true);
  });

  it('takes a cut last line away wherever it was cut, and goes on', async () => {
    const whole = await readFile(await filled('whole'), 'utf8');
    const header = whole.indexOf('\n') + 1;
    const bytes = Buffer.byteLength(whole);
    for (let cut = header; cut < bytes; cut++) {
      const path = join(root, 'cut.jsonl');
      await writeFile(path, whole);
      await truncate(path, cut);
      const journal = await SeriesJournal.open(path, { seed: 1 }, entry, context);
      for (let n = journal.entries.length + 1; n <= 2; n++) await journal.append({ n, name: n === 1 ? 'häuser' : 'b' });
      await journal.close();
      expect(await readFile(path, 'utf8')).toBe(whole);
    }
  });

  it('begins anew where even the first line was cut', async () => {
    const path = join(root, 'headless.jsonl');
    await writeFile(path, '{"se');
    expect(await reopened(path)).toEqual([]);
    expect(await readFile(path, 'utf8')).toBe('{"seed":1}\n');
  });

  it('takes zeros away that a power cut left at the end', async () => {
    const path = await filled('zeros');
    await appendFile(path, '\u0000\u0000\u0000\n');
    expect(await reopened(path)).toHaveLength(2);
  });

  it('refuses another series and says in what it differs', async () => {
    const path = await filled('other');
    await expect(SeriesJournal.open(path, { seed: 2, space: {} }, entry, context)).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
      details: { differing: ['seed', 'space'] },
    });
  });

  it('refuses a bad line before the last', async () => {
    const path = await filled('damaged');
    const lines = (await readFile(path, 'utf8')).split('\n');
    lines[1] = '{"n":1}';
    await writeFile(path, lines.join('\n'));
    await expect(reopened(path)).rejects.toMatchObject({ code: 'FILE_CORRUPT', details: { line: 2 } });
  });
});
