import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { throwIfAborted } from '../context.ts';
import { encodeLine, readSegment, type Segment } from '../journal/index.ts';
import { sha256File } from '../storage/index.ts';

/** A sealed segment as a refresh takes it in; the same name and hash are the same events. */
export interface SegmentSignature {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export async function signSegments(segments: readonly Segment[]): Promise<readonly SegmentSignature[]> {
  const signed: SegmentSignature[] = [];
  for (const { path, bytes } of segments) signed.push({ name: basename(path), bytes, sha256: await sha256File(path) });
  return signed;
}

const linesBetweenLooks = 10_000;

/**
 * Copies sealed segments, one after the other, into one file of JSON lines. A line that is cut or altered becomes `{"corrupt":true}`, so that no row
 * is lost unseen.
 * @throws OnewayError `ABORTED`.
 */
export async function collectSegments(segments: readonly Segment[], path: string, signal: AbortSignal): Promise<void> {
  const lines = async function* (): AsyncGenerator<Buffer | string> {
    let count = 0;
    for (const segment of segments) {
      for await (const line of readSegment(segment.path)) {
        if (count++ % linesBetweenLooks === 0) throwIfAborted(signal);
        yield 'broken' in line ? '{"corrupt":true}\n' : encodeLine(line);
      }
    }
  };
  await pipeline(Readable.from(lines(), { objectMode: true }), createWriteStream(path));
}
