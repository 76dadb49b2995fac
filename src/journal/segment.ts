import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../storage/index.ts';
import { decodeLine, type Entry, maximumLineBytes } from './line.ts';

const sealedEnding = '.ndjson';
const openEnding = '.open';
const chunkBytes = 1 << 18;

/** A file of a journal. Named by its first number, so that names sort as entries do. */
export interface Segment {
  readonly path: string;
  /** Number of its first entry. */
  readonly first: number;
  /** A sealed segment never changes; the one that is not may still grow. */
  readonly sealed: boolean;
  readonly bytes: number;
}

/** A line that is cut or altered. */
export interface BrokenLine {
  readonly broken: Buffer;
}

export function segmentPath(folder: string, first: number, sealed: boolean): string {
  return join(folder, `${String(first).padStart(16, '0')}${sealed ? sealedEnding : openEnding}`);
}

/** Segments of a folder in order; none when there is no folder. Other files are not looked at. */
export async function listSegments(folder: string): Promise<readonly Segment[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const segments: Segment[] = [];
  for (const name of names) {
    const match = /^(\d{16})(\.ndjson|\.open)$/.exec(name);
    if (match === null) continue;
    const path = join(folder, name);
    // A writer may seal it (rename it) between the listing and the look.
    const found = await stat(path).catch(() => null);
    if (found === null) continue;
    segments.push({ path, first: Number(match[1]), sealed: match[2] === sealedEnding, bytes: found.size });
  }
  return segments.sort((a, b) => a.first - b.first || Number(b.sealed) - Number(a.sealed));
}

/**
 * Entries of a segment in order, with the lines that are cut or altered in between. `end` is the byte after the line.
 * Memory is bounded by the longest line.
 */
export async function* readSegment(path: string): AsyncGenerator<(Entry | BrokenLine) & { readonly end: number }> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let end = 0;
  const lineOf = (last: Buffer): Buffer => {
    const line = rest.length === 0 ? last : Buffer.concat([...rest, last]);
    rest = [];
    restBytes = 0;
    return line;
  };
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
    const bytes = chunk as Buffer;
    let from = 0;
    for (let feed = bytes.indexOf(0x0a); feed !== -1; feed = bytes.indexOf(0x0a, from)) {
      end += restBytes + feed - from + 1;
      const line = lineOf(bytes.subarray(from, feed));
      yield { ...(decodeLine(line) ?? { broken: line }), end };
      from = feed + 1;
    }
    const left = bytes.subarray(from);
    // Of a line that is too long to be ours only the length is kept.
    if (restBytes < maximumLineBytes) rest.push(Buffer.from(left));
    restBytes += left.length;
  }
  if (restBytes > 0) {
    end += restBytes;
    yield { broken: lineOf(Buffer.alloc(0)), end };
  }
}

export interface Repaired {
  /** Lines that are broken and have whole ones after them: they stay, and readers meet them. */
  readonly broken: number;
  /** Bytes cut off its end, of a write that did not finish. */
  readonly cut: number;
  /** Number of its last entry; null when it held none and is gone. */
  readonly last: number | null;
}

/**
 * Takes over what a writer that ended left open: cuts off the tail that never became whole (nobody was told that it was kept) and seals the rest.
 */
export async function repairSegment(folder: string, segment: Segment): Promise<Repaired> {
  let whole = 0;
  let last: number | null = null;
  let broken = 0;
  let brokenSince = 0;
  let size = 0;
  for await (const line of readSegment(segment.path)) {
    size = line.end;
    if ('broken' in line) {
      brokenSince++;
      continue;
    }
    broken += brokenSince;
    brokenSince = 0;
    whole = line.end;
    last = line.sequence;
  }
  if (last === null) {
    await rm(segment.path, { force: true });
  } else {
    const handle = await open(segment.path, 'r+');
    try {
      if (size > whole) await handle.truncate(whole);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(segment.path, segmentPath(folder, segment.first, true));
  }
  await syncFolder(folder);
  return { broken, cut: size - whole, last };
}
