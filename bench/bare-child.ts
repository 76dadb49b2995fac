/**
 * The least that could answer: `node:http` with a fixed body of an answer's length. What its latencies are is the machine's and the generator's share of ours. Ends when its standard input does.
 * @module
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectSeldom } from '../serving/heap.ts';
import { lowerHelpers } from '../serving/helper-threads.ts';

// What the service asks of V8, asked here too.
collectSeldom();
lowerHelpers();
const body = JSON.stringify({ padding: 'x'.repeat(Number(process.argv[2] ?? 0)) });
const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json').end(body);
});
// As the service's: connections that rest between questions stay open.
server.keepAliveTimeout = 72_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(
    `${JSON.stringify({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`,
  );
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
