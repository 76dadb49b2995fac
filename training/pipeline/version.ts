import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface PackageFile {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** This package's version. */
export function packageVersion(): string {
  return ownPackage().version ?? '0.0.0';
}

/** Node, this package, and what it is built on: package → version. */
export function packageVersions(): Readonly<Record<string, string>> {
  const own = ownPackage();
  return {
    node: process.versions.node,
    oneway: own.version ?? '0.0.0',
    ...own.dependencies,
    ...own.optionalDependencies,
  };
}

/** The nearest package.json of ours above this file: it is the same from the sources and from `dist`. */
function ownPackage(): PackageFile {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = readPackage(join(folder, 'package.json'));
    if (found?.name === 'oneway' || folder === dirname(folder)) return found ?? {};
  }
}

function readPackage(path: string): PackageFile | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as PackageFile;
  } catch {
    return null;
  }
}
