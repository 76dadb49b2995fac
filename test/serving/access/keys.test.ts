import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LiveKeys, readKeyFile, writeKeyFile } from '../../../serving/access/key-file.ts';
import { createKey, hashKey, KeyRing } from '../../../serving/access/keys.ts';
import { context } from '../../src/lookup/planted-release.ts';
import { until } from '../world.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

describe('keys', () => {
  test('a key is found by itself alone, and stored nowhere', () => {
    const { key, entry } = createKey('shop', ['read']);
    expect(key).toMatch(/^oneway_[\w-]{43}$/);
    expect(JSON.stringify(entry)).not.toContain(key.slice(7));
    const ring = new KeyRing([createKey('other', ['events']).entry, entry]);
    expect(ring.find(key, now)).toMatchObject({ name: 'shop' });
    for (const other of ['', 'oneway_', key.slice(0, -1), `${key} `, key.toUpperCase(), hashKey(key)]) {
      expect(ring.find(other, now)).toBeNull();
    }
    expect(new KeyRing([]).find(key, now)).toBeNull();
    expect(createKey('shop', ['read']).key).not.toBe(key);
  });

  test('admin may do everything, others what they were given', () => {
    const admin = createKey('a', ['admin']);
    const two = createKey('b', ['read', 'events']);
    const ring = new KeyRing([admin.entry, two.entry]);
    expect([...ring.find(admin.key, now)!.roles].sort()).toEqual(['admin', 'catalogue', 'events', 'metrics', 'read']);
    expect([...ring.find(two.key, now)!.roles].sort()).toEqual(['events', 'read']);
  });

  test('a key ends at its time', () => {
    const { key, entry } = createKey('shop', ['read'], new Date(now + 1000));
    const ring = new KeyRing([entry]);
    expect(ring.find(key, now + 999)).not.toBeNull();
    expect(ring.find(key, now + 1000)).toBeNull();
  });

  test('names and hashes are unique', () => {
    const { entry } = createKey('shop', ['read']);
    expect(() => new KeyRing([entry, { ...entry, name: 'two' }])).toThrow(/same sha256/);
    expect(() => new KeyRing([entry, createKey('shop', ['read']).entry])).toThrow(/same name/);
  });
});

describe('a key file', () => {
  async function folder(): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), 'oneway-keys-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    return root;
  }

  test.each([
    ['no JSON', 'oneway_secret', 'not JSON'],
    ['no list', '{}', 'does not fit'],
    ['a key instead of its hash', '[{"name":"a","roles":["read"],"sha256":"oneway_secret"}]', '/0/sha256'],
    ['an unknown role', `[{"name":"a","roles":["root"],"sha256":"${'0'.repeat(64)}"}]`, '/0/roles'],
  ])('%s is refused without being quoted', async (_name, text, message) => {
    const file = join(await folder(), 'keys.json');
    await writeFile(file, text);
    const error = await readKeyFile(file).catch((e: Error) => e);
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining(message) });
    expect(JSON.stringify([String(error), error])).not.toContain('secret');
    await expect(readKeyFile(`${file}.none`)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  test('is followed: keys added and revoked count, a broken file changes nothing', async () => {
    const file = join(await folder(), 'keys.json');
    const [first, second] = [createKey('first', ['read']), createKey('second', ['read'])];
    const fixed = createKey('fixed', ['admin']);
    await writeKeyFile(file, [first.entry]);
    const live = new LiveKeys({ keys: [fixed.entry], file, context, pollMilliseconds: 5 });
    await live.start();
    onTestFinished(() => live.stop());
    expect(live.ring.size).toBe(2);
    await writeKeyFile(file, [second.entry]);
    await until(() => live.ring.find(second.key, now) !== null);
    expect(live.ring.find(first.key, now)).toBeNull();
    await writeFile(file, 'no keys');
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(live.ring.find(second.key, now)).not.toBeNull();
    await rm(file);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(live.ring.find(fixed.key, now)).not.toBeNull();
    await writeKeyFile(file, []);
    await until(() => live.ring.size === 1);
  });

  test('must be there at the start', async () => {
    const live = new LiveKeys({ keys: [], file: join(await folder(), 'none.json'), context });
    await expect(live.start()).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
