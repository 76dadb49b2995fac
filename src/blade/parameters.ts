import type { Random } from '../random.ts';
import { createParameter, type Parameter } from '../tensor/index.ts';
import type { BladeConfiguration } from './configuration.ts';
import type { Side } from './sampler.ts';

/**
 * Everything that is learned. For each side (source, target) a product u has three rows, each [nodeCount, d]:
 * `own` (what it is), `near` (what it says to neighbours along the side's direction) and `across` (against it),
 * a bias [nodeCount, 1], and the features have projections [columns, d].
 */
export type ParameterName =
  | `${Side}Own`
  | `${Side}Near`
  | `${Side}Across`
  | `${Side}Bias`
  | `${Side}Features`
  | `${Side}NearFeatures`
  | 'gates'
  | 'offset';

export type Parameters = ReadonlyMap<ParameterName, Parameter>;

/** Columns of the `gates` parameter per side: how much walks of two and of three hops and co-viewed products count. */
export const gatesPerSide = 3;

/** Which sides have parameters of their own: a symmetric model lends the source's to the target. */
export function ownerOf(side: Side, configuration: BladeConfiguration): Side {
  return configuration.symmetric ? 'source' : side;
}

export function createParameters(
  nodeCount: number,
  featureColumns: number,
  configuration: BladeConfiguration,
  random: Random,
): Parameters {
  const { dimension, features, idVectors, optimiser } = configuration;
  const parameters = new Map<ParameterName, Parameter>();
  const add = (name: ParameterName, rows: number, width: number, scale: number, shift = 0) => {
    const stream = random.fork(name);
    parameters.set(
      name,
      createParameter(name, rows, width, () => (scale === 0 ? shift : scale * stream.normal())),
    );
  };
  const sides: readonly Side[] = configuration.symmetric ? ['source'] : ['source', 'target'];
  const idScale = idVectors ? optimiser.initialScale : 0;
  for (const side of sides) {
    add(`${side}Own`, nodeCount, dimension, idScale);
    add(`${side}Near`, nodeCount, dimension, idScale);
    add(`${side}Across`, nodeCount, dimension, idScale);
    add(`${side}Bias`, nodeCount, 1, 0);
    if (featureColumns > 0 && features !== 'off')
      add(`${side}Features`, featureColumns, dimension, optimiser.initialScale);
    if (featureColumns > 0 && features === 'messages') {
      add(`${side}NearFeatures`, featureColumns, dimension, optimiser.initialScale);
    }
  }
  add('gates', 1, 2 * gatesPerSide, 0, 1);
  add('offset', 1, 1, 0, optimiser.initialBias);
  return parameters;
}
