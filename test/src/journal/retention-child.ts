/** Removes old segments, and kills itself after so many. */
import { pino } from 'pino';
import { listSegments, removeSegmentsBefore } from '../../../src/journal/index.ts';

const [, , folder = '', before = '', killAfter = ''] = process.argv;
let removed = 0;
const logger = pino({
  level: 'info',
  hooks: {
    logMethod() {
      if (++removed === Number(killAfter)) process.kill(process.pid, 'SIGKILL');
    },
  },
});
await removeSegmentsBefore(folder, await listSegments(folder), Number(before), logger);
