import type { Random } from '../random.ts';
import { createParameter, fillNormals, type Parameter } from '../tensor/threads.ts';
import type { BladeConfiguration } from './configuration.ts';
import type { Side } from './sampler.ts';

/**
 * Everything that is learned. For each side (source, target) a product has up to four rows, each of width d: `own` (what
 * it is), `near` (what it says to neighbours along the side's direction), `across` (against it) and `viewed` (to products it
 * is viewed together with), and a bias.
 * Features have a projection [columns, d] into `own`.
 */
export type ParameterName =
  | `${Side}Own`
  | `${Side}Near`
  | `${Side}Across`
  | `${Side}Viewed`
  | `${Side}Bias`
  | `${Side}Features`
  | 'gates'
  | 'offset';

export type Parameters = ReadonlyMap<ParameterName, Parameter>;

/** Columns of the `gates` parameter per side: the product's own row, walks' ends by side, co-viewed products. */
export const gateNames = ['own', 'source', 'target', 'viewed'] as const;
export type GateName = (typeof gateNames)[number];

/** Levels, not directions: how popular a product is needs no doubt cast on it. */
export const unpenalised: ReadonlySet<ParameterName> = new Set(['gates', 'offset', 'sourceBias', 'targetBias']);

/** Which sides have parameters of their own: a symmetric model lends the source's to the target. */
export function ownerOf(side: Side, configuration: BladeConfiguration): Side {
  return configuration.symmetric ? 'source' : side;
}

export function createParameters(
  nodeCount: number,
  featureColumns: number,
  coViews: boolean,
  configuration: BladeConfiguration,
  random: Random,
): Parameters {
  const { dimension, features, idVectors, messageVectors, neighbourhood, optimiser } = configuration;
  const parameters = new Map<ParameterName, Parameter>();
  const add = (name: ParameterName, rows: number, width: number, valueAt: (position: number) => number) =>
    parameters.set(name, createParameter(name, rows, width, valueAt));
  const addNoise = (name: ParameterName, rows: number) => {
    const parameter = createParameter(name, rows, dimension);
    fillNormals(parameter, random.fork(name), optimiser.initialScale);
    parameters.set(name, parameter);
  };
  const sides: readonly Side[] = configuration.symmetric ? ['source'] : ['source', 'target'];
  for (const side of sides) {
    if (idVectors) addNoise(`${side}Own`, nodeCount);
    if (messageVectors) {
      for (const name of [`${side}Near`, `${side}Across`, `${side}Viewed`] as const) {
        if (name === `${side}Viewed` && !coViews) continue;
        addNoise(name, nodeCount);
      }
    }
    parameters.set(`${side}Bias`, createParameter(`${side}Bias`, nodeCount, 1));
    if (featureColumns > 0 && features !== 'off') {
      addNoise(`${side}Features`, featureColumns);
    }
  }
  const initialGates: Readonly<Record<GateName, number>> = {
    own: 1,
    source: neighbourhood.gate,
    target: neighbourhood.gate,
    viewed: 1,
  };
  add('gates', 1, 2 * gateNames.length, (i) => initialGates[gateNames[i % gateNames.length]!]);
  add('offset', 1, 1, () => optimiser.initialBias);
  return parameters;
}

/**
 * Parameters of the same names and shapes with values of their own. Their moments are zero and take no memory: they are of use to training alone, and twice as large
 * as what was learned.
 */
export async function withoutMoments(
  parameters: Parameters,
  fill: (name: ParameterName, values: Float32Array) => Promise<void>,
): Promise<Parameters> {
  const copies = new Map<ParameterName, Parameter>();
  for (const [name, { rows, width }] of parameters) {
    const copy = createParameter(name, rows, width);
    await fill(name, copy.values);
    copies.set(name, copy);
  }
  return copies;
}

/** What parameters take with their moments. */
export function parameterBytes(parameters: Parameters): number {
  let bytes = 0;
  for (const { values, mean, variance } of parameters.values()) {
    bytes += values.byteLength + mean.byteLength + variance.byteLength;
  }
  return bytes;
}
