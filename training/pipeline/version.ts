import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface PackageFile {
  readonly name?: string;
  readonly version?: string;
}

/** This package's version, from the nearest package.json above this file: it is the same in the sources and in `dist`. */
export function packageVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = readPackage(join(folder, 'package.json'));
    if (found?.name === 'oneway') return found.version ?? '0.0.0';
    if (folder === dirname(folder)) return '0.0.0';
  }
}

function readPackage(path: string): PackageFile | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as PackageFile;
  } catch {
    return null;
  }
}
