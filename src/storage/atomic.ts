import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const temporaryName = /\.[0-9a-f]{12}\.tmp$/;

/**
 * Writes a file so that a reader, or a crash at any moment, sees the old bytes or all the new ones: a temporary file beside it,
 * fsync, rename, fsync of the folder. Missing folders are made. A failed write leaves the old file and no temporary one;
 * after a SIGKILL {@link removeTemporaryFiles} sweeps.
 */
export async function writeFileAtomic(
  path: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = temporaryPath(path);
  try {
    const handle = await open(temporary, 'wx');
    try {
      if (typeof content === 'string') await writeAll(handle, new TextEncoder().encode(content));
      else if (content instanceof Uint8Array) await writeAll(handle, content);
      else for await (const chunk of content) await writeAll(handle, chunk);
    } finally {
      await handle.close();
    }
    await moveFileDurable(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A name beside `path` for a writer that insists on writing files itself; {@link moveFileDurable} puts the file in its place. */
export function temporaryPath(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`;
}

/** Makes a file's bytes durable, renames it over `to` on the same file system, and makes the rename durable. */
export async function moveFileDurable(from: string, to: string): Promise<void> {
  await syncFile(from);
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** One write call takes at most 2 GiB and may take less than it is given. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  const limit = 64 * 1024 * 1024;
  for (let offset = 0; offset < bytes.byteLength; ) {
    const { bytesWritten } = await handle.write(bytes, offset, Math.min(limit, bytes.byteLength - offset));
    offset += bytesWritten;
  }
}

/** Copies a file (by reference where the file system can) and fsyncs the copy. The folder's entry is the caller's to sync. */
export async function copyFileDurable(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await syncFile(to);
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes renames and new names in a folder durable. Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Removes what killed writers left in a folder (not below it). Call it only while no other writer works there.
 * @param name the file whose temporary files go. @default all files
 */
export async function removeTemporaryFiles(folder: string, name = ''): Promise<void> {
  for (const found of await readdir(folder)) {
    const of = found.replace(temporaryName, '');
    if (of !== found && (name === '' || of === name)) await rm(join(folder, found), { force: true });
  }
}
