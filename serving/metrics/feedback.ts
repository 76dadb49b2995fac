import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../../src/context.ts';
import { feedbackFolder } from '../../src/feedback/index.ts';
import { listSegments } from '../../src/journal/index.ts';
import type { Workspace } from '../../src/release/index.ts';

/** How long ago the last event came in, whichever process took it: by when the newest segment of the journal was written. Read when asked for. */
export function measureFeedback(registry: Registry, workspace: Workspace, clock: Clock): void {
  new Gauge({
    name: 'oneway_feedback_age_seconds',
    help: 'Time since the last event was taken in; absent before the first.',
    registers: [registry],
    async collect() {
      const newest = (await listSegments(join(workspace.root, feedbackFolder))).at(-1);
      const written = newest === undefined ? null : await stat(newest.path).catch(() => null);
      if (written === null) this.remove();
      else this.set(Math.max(0, clock.now().getTime() - written.mtimeMs) / 1000);
    },
  });
}
