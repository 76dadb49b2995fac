import { createHmac, randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import Type from 'typebox';
import { OnewayError } from '../errors.ts';
import { readJson, writeJson } from '../storage/index.ts';

const keyFile = Type.Object({ key: Type.String({ pattern: '^[0-9a-f]{64}$' }) }, { additionalProperties: false });

/** A visitor's text → what is kept of it. */
export type VisitorName = (visitor: string) => string;

/**
 * Hashes visitors with a key of the workspace's own, made at the first call: the same visitor gets the same 22 characters, and without the key nobody can tell
 * whether a known address is among them. Deleting the file makes all kept visitors anonymous for good.
 */
export async function hashedVisitors(path: string): Promise<VisitorName> {
  let key: Buffer;
  try {
    key = Buffer.from((await readJson(path, keyFile)).key, 'hex');
  } catch (error) {
    if (!(error instanceof OnewayError) || error.code !== 'FILE_NOT_FOUND') throw error;
    key = randomBytes(32);
    await mkdir(dirname(path), { recursive: true });
    await writeJson(path, { key: key.toString('hex') });
    await chmod(path, 0o600);
  }
  return (visitor) => createHmac('sha256', key).update(visitor).digest().toString('base64url', 0, 16);
}
