import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import type { OnewayError } from '../../../src/errors.ts';

/** A folder for one test file, removed at its end. */
export function temporaryFolder(): { path: string; write(name: string, content: string | Uint8Array): string } {
  const path = mkdtempSync(join(tmpdir(), 'oneway-ingest-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write: (name, content) => {
      const file = join(path, name);
      writeFileSync(file, name.endsWith('.gz') && typeof content === 'string' ? gzipSync(content) : content);
      return file;
    },
  };
}

export { quietContext } from '../../quiet-context.ts';

/** The error that `work` fails with. */
export async function failureOf(work: Promise<unknown>): Promise<OnewayError> {
  return work.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: OnewayError) => error,
  );
}
