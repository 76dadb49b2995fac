/** Publishes in a process of its own: `publish-child.js <workspace> <folder> <id> <index.json> <kill after step>`. */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { systemClock } from '../../../src/context.ts';
import type { IndexDescription } from '../../../src/index/index.ts';
import { publishRelease, Workspace } from '../../../src/release/index.ts';

const [workspace, folder, id, indexFile, killAfter] = process.argv.slice(2) as [string, string, string, string, string];
const index = JSON.parse(readFileSync(indexFile, 'utf8')) as IndexDescription;
await publishRelease(
  new Workspace(workspace),
  folder,
  { run: id, dataWindow: null, configuration: {}, seed: 1, index, gates: [], versions: {} },
  {
    logger: pino({ level: 'silent' }),
    clock: systemClock,
    signal: new AbortController().signal,
    progress: {
      start() {
        process.stdout.write('started\n');
      },
      end() {},
      update(done) {
        if (done === Number(killAfter)) process.kill(process.pid, 'SIGKILL');
      },
    },
  },
);
