/**
 * A thread of `bench sample`: draws its batches whenever it is told an epoch.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type TwoHopInput, TwoHops } from './two-hops.ts';

const hops = new TwoHops(workerData as TwoHopInput);
parentPort!.on('message', (epoch: number) => parentPort!.postMessage(hops.run(epoch)));
parentPort!.postMessage('ready');
