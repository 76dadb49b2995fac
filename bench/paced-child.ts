/**
 * The generator of `paced` in a process of its own: one JSON object with its options on standard input, the latencies on standard output.
 * @module
 */
import { text } from 'node:stream/consumers';
import { lowerHelpers } from '../serving/helper-threads.ts';
import { type PacedOptions, paced } from './paced.ts';

lowerHelpers();
const latencies = await paced(JSON.parse(await text(process.stdin)) as PacedOptions);
process.stdout.write(JSON.stringify(latencies));
