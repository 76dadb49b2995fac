import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunContext } from '../src/context.ts';
import { attributeFeedback, collectSegments, type FeedbackFigures, feedbackFolder } from '../src/feedback/index.ts';
import { listSegments } from '../src/journal/index.ts';
import type { Workspace } from '../src/release/index.ts';

/** What became of recommendations by all events that the workspace has taken in, those of the last minutes too. */
export async function workspaceFeedback(
  workspace: Workspace,
  windowHours: number,
  { signal }: RunContext,
): Promise<FeedbackFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'oneway-feedback-'));
  try {
    const path = join(folder, 'feedback.ndjson');
    await collectSegments(await listSegments(join(workspace.root, feedbackFolder)), path, signal);
    return await attributeFeedback(path, { windowHours, spillFolder: join(folder, 'spill'), signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
