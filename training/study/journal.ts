import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { RunContext } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { canonicalJson, syncFolder } from '../../src/storage/index.ts';

/**
 * Results of a long series, one JSON object a line, each durable before the next training begins. The first line says what the series is;
 * a series of anything else is refused. A kill costs at most the line being written: a cut last line is taken away at the next opening.
 * No line holds a time, so the same series gives the same bytes.
 */
export class SeriesJournal<Entry> {
  readonly #handle: FileHandle;
  readonly #entries: Entry[];

  private constructor(handle: FileHandle, entries: Entry[]) {
    this.#handle = handle;
    this.#entries = entries;
  }

  /**
   * Opens the journal, or makes it with its folder.
   * @param identity everything that the entries depend on, as JSON.
   * @throws OnewayError `FOLDER_NOT_EMPTY` when the file's first line names another identity, saying in what they differ;
   * `FILE_CORRUPT` when a line before the last is no entry.
   */
  static async open<S extends TSchema>(
    path: string,
    identity: Readonly<Record<string, unknown>>,
    schema: S,
    context: RunContext,
  ): Promise<SeriesJournal<Static<S>>> {
    await mkdir(dirname(path), { recursive: true });
    const { lines, bytes, cut } = split(await contentOf(path));
    const header = canonicalJson(identity);
    if (lines.length > 0) refuseOther(path, header, lines[0]!);
    const entries = lines.slice(1).map((line, i) => parseEntry(path, i + 2, line, schema));
    const handle = await open(path, 'a');
    try {
      if (cut) {
        context.logger.warn(
          { file: path },
          'the last line was cut by a kill; it is taken away and its work done again',
        );
        await handle.truncate(bytes);
      }
      const journal = new SeriesJournal<Static<S>>(handle, entries);
      if (lines.length === 0) {
        await journal.#write(header);
        await syncFolder(dirname(path));
      }
      return journal;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** In the order in which they were finished. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Returns when the entry is on disk. */
  async append(entry: Entry): Promise<void> {
    await this.#write(JSON.stringify(entry));
    this.#entries.push(entry);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #write(line: string): Promise<void> {
    await this.#handle.appendFile(`${line}\n`);
    await this.#handle.sync();
  }
}

async function contentOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

/** Whole lines, the bytes they take, and whether something follows them. A last line that ends but is no JSON was torn too. */
function split(content: string): { readonly lines: readonly string[]; readonly bytes: number; readonly cut: boolean } {
  const lines = content.split('\n');
  const rest = lines.pop()!;
  let cut = rest !== '';
  if (lines.length > 0 && !isJson(lines.at(-1)!)) {
    lines.pop();
    cut = true;
  }
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  return { lines, bytes, cut };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parseEntry<S extends TSchema>(path: string, number: number, line: string, schema: S): Static<S> {
  const value: unknown = isJson(line) ? JSON.parse(line) : undefined;
  if (Value.Check(schema, value)) return value;
  throw new OnewayError('FILE_CORRUPT', `${path}, line ${number}, is not an entry of this journal.`, {
    hint: 'The file was edited or damaged. Delete that line to do its work again, or the file to begin anew.',
    details: { file: path, line: number },
  });
}

function refuseOther(path: string, wanted: string, found: string): void {
  if (found === wanted) return;
  const differing = differences(JSON.parse(wanted), JSON.parse(found));
  throw new OnewayError(
    'FOLDER_NOT_EMPTY',
    `${path} belongs to another series: it differs in ${differing.join(', ')}.`,
    {
      hint: 'Give the command that began it to go on with it, or another folder to begin anew.',
      details: { file: path, differing },
    },
  );
}

/** Names of the first-level keys that differ. */
function differences(a: Readonly<Record<string, unknown>>, b: unknown): string[] {
  if (typeof b !== 'object' || b === null) return ['everything'];
  const other = b as Readonly<Record<string, unknown>>;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(other)])].sort();
  return keys.filter((key) => canonicalJson(a[key] ?? null) !== canonicalJson(other[key] ?? null));
}
