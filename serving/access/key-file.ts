import { stat } from 'node:fs/promises';
import Type from 'typebox';
import { Value } from 'typebox/value';
import type { RunContext } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { readJson, writeJson } from '../../src/storage/index.ts';
import { type KeyEntry, KeyRing, keySchema } from './keys.ts';

const keyFileSchema = Type.Array(keySchema, { maxItems: 10_000 });

/**
 * Entries of a key file.
 * @throws OnewayError `FILE_NOT_FOUND`; `CONFIGURATION_INVALID` with the place where it does not fit, never with what stands there.
 */
export async function readKeyFile(path: string): Promise<readonly KeyEntry[]> {
  let value: unknown;
  try {
    value = await readJson(path);
  } catch (error) {
    if (!(error instanceof OnewayError) || error.code !== 'FILE_CORRUPT') throw error;
    // Without the cause: the parser's message quotes the text, which may be a key.
    throw new OnewayError('CONFIGURATION_INVALID', `The key file ${path} is not JSON.`, {
      hint: 'It is a list of entries as oneway keys create prints them.',
      details: { file: path },
    });
  }
  if (Value.Check(keyFileSchema, value)) return value;
  const place = Value.Errors(keyFileSchema, value)[0]?.instancePath ?? '';
  throw new OnewayError('CONFIGURATION_INVALID', `The key file ${path} does not fit at "${place}".`, {
    hint: 'It is a list of entries as oneway keys create prints them: name, roles, sha256, and expires if need be.',
    details: { file: path, place },
  });
}

/** Written whole or not at all. It holds hashes alone, of keys too random to be guessed. */
export async function writeKeyFile(path: string, keys: readonly KeyEntry[]): Promise<void> {
  await writeJson(path, keys);
}

export interface LiveKeysOptions {
  readonly keys: readonly KeyEntry[];
  /** Path of a file with more; null for none. */
  readonly file: string | null;
  readonly context: RunContext;
  /** How often the file is looked at. @default 2000 */
  readonly pollMilliseconds?: number;
}

/** The keys in force, those of a file with them: a key added or revoked there counts within seconds. A file that became unreadable changes nothing. */
export class LiveKeys {
  readonly #options: LiveKeysOptions;
  #ring: KeyRing;
  #seen = '';
  #complaint = '';
  #timer: NodeJS.Timeout | null = null;

  /** @throws OnewayError `CONFIGURATION_INVALID` when two keys share a name or a hash. */
  constructor(options: LiveKeysOptions) {
    this.#options = options;
    this.#ring = new KeyRing(options.keys);
  }

  get ring(): KeyRing {
    return this.#ring;
  }

  /**
   * Reads the file and keeps an eye on it until {@link stop}.
   * @throws OnewayError of {@link readKeyFile}: a service must not start with fewer keys than it was given.
   */
  async start(): Promise<void> {
    const { file, pollMilliseconds = 2000 } = this.#options;
    if (file === null) return;
    await this.#read(file);
    const look = async (): Promise<void> => {
      await this.#look(file);
      if (this.#timer !== null) this.#timer = setTimeout(look, pollMilliseconds).unref();
    };
    this.#timer = setTimeout(look, pollMilliseconds).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #look(file: string): Promise<void> {
    const { logger } = this.#options.context;
    try {
      if ((await stamp(file)) === this.#seen) return;
      await this.#read(file);
      this.#complaint = '';
      logger.info({ file, keys: this.#ring.size }, 'keys read again');
    } catch (error) {
      const complaint = error instanceof Error ? error.message : String(error);
      if (complaint !== this.#complaint)
        logger.error({ file, reason: complaint }, 'key file refused; the keys before hold');
      this.#complaint = complaint;
    }
  }

  async #read(file: string): Promise<void> {
    const seen = await stamp(file).catch(() => '');
    this.#ring = new KeyRing([...this.#options.keys, ...(await readKeyFile(file))]);
    this.#seen = seen;
  }
}

async function stamp(file: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(file);
  return `${mtimeMs} ${size} ${ino}`;
}
