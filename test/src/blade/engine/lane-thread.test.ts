import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const from = /^(?:import|export) (?!type )[^;]*? from '([^']+)';/gm;

/** Packages that a module loads, and by which file; types are not loaded. */
function packagesOf(module: URL, seen = new Set<string>()): string[] {
  if (seen.has(module.href)) return [];
  seen.add(module.href);
  const imports = [...readFileSync(module, 'utf8').matchAll(from)].map(([, name]) => name!);
  return imports.flatMap((name) =>
    name.startsWith('.') ? packagesOf(new URL(name, module), seen) : [`${name} by ${module.pathname}`],
  );
}

describe('a thread that trains or embeds', () => {
  it('loads none but modules of our own and of Node: others take longer than a small embedding does', () => {
    const seen = new Set<string>();
    const packages = packagesOf(new URL('../../../../src/blade/engine/lane-thread.ts', import.meta.url), seen);
    expect(seen.size).toBeGreaterThan(30);
    expect(packages.filter((name) => !name.startsWith('node:'))).toEqual([]);
  });
});
