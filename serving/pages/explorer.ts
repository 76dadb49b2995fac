import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { OnewayError } from '../../src/errors.ts';

export interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** The explorer as it was bundled: its page, and what that loads, by names that bear a hash. */
export interface ExplorerPage {
  readonly html: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

const zipped = promisify(gzip);

/** @param folder what `bundle.mjs` wrote. @throws OnewayError `FILE_NOT_FOUND` where nothing was bundled. */
export async function readExplorer(folder: string): Promise<ExplorerPage> {
  const at = join(folder, 'assets');
  try {
    const [html, names] = await Promise.all([readFile(join(folder, 'index.html'), 'utf8'), readdir(at)]);
    const assets = await Promise.all(
      names.map(async (name): Promise<readonly [string, Asset]> => {
        const plain = await readFile(join(at, name));
        const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
        return [name, { type, plain, gzipped: await zipped(plain, { level: 9 }) }];
      }),
    );
    return { html, assets: new Map(assets) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new OnewayError('FILE_NOT_FOUND', 'The explorer was not bundled with this service.', {
      hint: 'Bundle it with: npm run build. The API under /v1 does not need it.',
    });
  }
}
