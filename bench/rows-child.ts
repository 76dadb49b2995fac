/**
 * Rows both ways of random edges, in a process of its own: prints median seconds and memory as a JSON line.
 * usage: rows-child.js <edges> <repeats>
 * @module
 */
import { buildCsr } from '../src/graph/index.ts';
import { Random } from '../src/random.ts';
import { peakMemory, processorSeconds } from './bench.ts';

const [, , edges = '', repeats = ''] = process.argv;
const length = Number(edges);
const nodeCount = Math.ceil(length / 10);
const random = new Random(1);
const end = () => Math.floor(nodeCount * random.uniform() ** 2);
const list = {
  source: new Uint32Array(length).map(end),
  target: new Uint32Array(length).map(end),
  weight: new Float32Array(length).fill(1),
  count: new Uint32Array(length).fill(1),
};
const seconds = processorSeconds(Number(repeats), () => buildCsr(list, nodeCount));
process.stdout.write(`${JSON.stringify({ value: seconds, peakMemoryBytes: peakMemory() })}\n`);
