/** Appends until it is killed, and says of each record when it was answered for: `append-child.js <workspace> <prefix> <records>`. */
import { pino } from 'pino';
import { Journal } from '../../../src/journal/index.ts';
import { Workspace } from '../../../src/release/index.ts';

const [root, prefix, count] = process.argv.slice(2) as [string, string, string];
// A file above the limit (ulimit -f) shall be an error of the write, not the end of the process.
process.on('SIGXFSZ', () => {});
const journal = await Journal.open(new Workspace(root), 'log', {
  logger: pino({ level: 'silent' }),
  segmentBytes: 20_000,
});
const one = async (id: string): Promise<void> => {
  try {
    await journal.append([{ id, text: 'x'.repeat(100) }]);
    process.stdout.write(`kept ${id}\n`);
  } catch (error) {
    process.stdout.write(`refused ${id} ${(error as { code?: string }).code}\n`);
  }
};
for (let i = 0; i < Number(count); ) {
  const group = Array.from({ length: 1 + (i % 7) }, () => one(`${prefix}-${i++}`));
  await Promise.all(group);
}
await journal.close();
