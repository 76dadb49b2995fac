/**
 * A service in a process of its own, for the benches: prints its address as a JSON line, ends when its standard input does.
 * @module
 */
import { pino } from 'pino';
import { collectSeldom } from '../serving/heap.ts';
import { lowerHelpers } from '../serving/helper-threads.ts';
import { startServer } from '../serving/index.ts';
import { silentProgress, systemClock } from '../src/context.ts';

const [, , workspace = '', configuration = '{}'] = process.argv;
collectSeldom();
lowerHelpers();
const controller = new AbortController();
const server = await startServer({
  workspace,
  port: 0,
  configuration: JSON.parse(configuration) as object,
  context: {
    logger: pino({ level: 'silent' }),
    clock: systemClock,
    progress: silentProgress,
    signal: controller.signal,
  },
});
process.stdout.write(`${JSON.stringify({ address: server.address, release: server.release })}\n`);
process.stdin.resume();
process.stdin.on('end', () => {
  void server.close().then(() => process.exit(0));
});
