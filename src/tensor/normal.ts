import type { Random } from '../random.ts';
import { memoryOfParameter, type Parameter } from './parameter.ts';

/**
 * Fills a parameter's values with normal numbers of a standard deviation: those that the stream draws one after the other, to the bit. It is for nothing else
 * afterwards.
 */
export function fillNormals(parameter: Parameter, stream: Random, deviation: number): void {
  const { values } = parameter;
  const memory = memoryOfParameter(parameter);
  if (memory === null) {
    for (let i = 0; i < values.length; i++) values[i] = deviation * stream.normal();
    return;
  }
  memory.referenceIndices.set(stream.state());
  memory.functions.fillNormals(memory.values, values.length, deviation, memory.chunkIndices);
}
