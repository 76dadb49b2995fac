import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { OnewayError } from '../../src/errors.ts';
import { type Role, roles } from '../roles.ts';

/** A key as configured: its hash, never the key itself. */
export const keySchema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$', description: 'Who uses it; stands in the log.' }),
    roles: Type.Array(Type.Enum([...roles]), { minItems: 1, uniqueItems: true, description: 'What it may do.' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the key, in hexadecimal.' }),
    expires: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$',
        description: 'From when on it is refused; ISO 8601, UTC. For ever when absent.',
      }),
    ),
  },
  { additionalProperties: false },
);

export type KeyEntry = Static<typeof keySchema>;

/** Who asks. */
export interface Caller {
  readonly name: string;
  readonly roles: ReadonlySet<Role>;
}

/** A key is random enough (256 bits) that a fast hash keeps it; slow ones are for what people choose. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** A new key and the entry that makes it valid. The key is told once and stored nowhere. */
export function createKey(name: string, granted: readonly Role[], expires?: Date): { key: string; entry: KeyEntry } {
  const key = `oneway_${randomBytes(32).toString('base64url')}`;
  return {
    key,
    entry: {
      name,
      roles: [...granted],
      sha256: hashKey(key),
      ...(expires === undefined ? {} : { expires: expires.toISOString() }),
    },
  };
}

interface Entry {
  readonly caller: Caller;
  readonly digest: Buffer;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** The keys in force. Every lookup compares with all of them in constant time. */
export class KeyRing {
  readonly #entries: readonly Entry[];

  /** @throws OnewayError `CONFIGURATION_INVALID` when two keys share a name or a hash. */
  constructor(keys: readonly KeyEntry[]) {
    for (const field of ['name', 'sha256'] as const) {
      const values = keys.map((key) => key[field]);
      const twice = keys.find((key, i) => values.indexOf(key[field]) !== i);
      if (twice === undefined) continue;
      throw new OnewayError('CONFIGURATION_INVALID', `Two keys have the same ${field}: ${twice.name}.`, {
        hint: 'Give each key a name and a secret of its own: oneway keys create.',
        details: { path: 'access.keys', name: twice.name },
      });
    }
    this.#entries = keys.map(({ name, roles: granted, sha256, expires }) => ({
      caller: { name, roles: new Set(granted.includes('admin') ? roles : granted) },
      digest: Buffer.from(sha256, 'hex'),
      expires: expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires),
    }));
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Who holds the key at a time (milliseconds since 1970); null when nobody does, or no longer. */
  find(key: string, now: number): Caller | null {
    const digest = createHash('sha256').update(key).digest();
    let found: Entry | null = null;
    for (const entry of this.#entries) if (timingSafeEqual(entry.digest, digest)) found = entry;
    return found === null || found.expires <= now ? null : found.caller;
  }
}
