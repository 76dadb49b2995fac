/** Sends the events e0 … e<count−1> in batches, again and again whatever was kept, until it is killed or done: `feedback-child.js <workspace> <count>`. */
import { pino } from 'pino';
import { systemClock } from '../../../src/context.ts';
import { FeedbackLog } from '../../../src/feedback/index.ts';
import { Workspace } from '../../../src/release/index.ts';

const [root, count] = process.argv.slice(2) as [string, string];
const log = await FeedbackLog.open(new Workspace(root), {
  logger: pino({ level: 'silent' }),
  clock: systemClock,
  segmentBytes: 30_000,
});
for (let from = 0; from < Number(count); from += 20) {
  const batches = [from, from + 5, from + 10, from + 15].map(async (first) => {
    const ids = Array.from({ length: 5 }, (_, i) => `e${first + i}`);
    await log.add(ids.map((id) => ({ event: { type: 'click', id, visitor: 'v', product: 'p' }, robot: false })));
    process.stdout.write(ids.map((id) => `kept ${id}\n`).join(''));
  });
  await Promise.all(batches);
}
await log.close();
