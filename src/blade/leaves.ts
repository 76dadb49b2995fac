import * as tf from '@tensorflow/tfjs';
import { gatherSum, parameterRows } from '../tensor/index.ts';
import type { BatchSide, BatchTables } from './batch.ts';
import type { BladeConfiguration } from './configuration.ts';
import { type Messages, type OwnTables, ownTable } from './encoder.ts';
import { type GateName, gateNames, ownerOf, type ParameterName, type Parameters } from './parameters.ts';
import type { Side } from './sampler.ts';

/** The rows of every parameter that a batch touches. A parameter is here once, whatever refers to it. */
export type Touched = ReadonlyMap<ParameterName, Uint32Array | null>;

const sides = ['source', 'target'] as const;

export function touchedRows(parameters: Parameters, tables: BatchTables, configuration: BladeConfiguration): Touched {
  const touched = new Map<ParameterName, Uint32Array | null>();
  for (const side of configuration.symmetric ? (['source'] as const) : sides) {
    touched.set(`${side}Own`, tables.rows[`${side}Own`]);
    touched.set(`${side}Near`, tables.rows[`${side}Near`]);
    touched.set(`${side}Across`, tables.rows[`${side}Across`]);
    touched.set(`${side}Viewed`, tables.rows[`${side}Viewed`]);
    touched.set(`${side}Bias`, tables.rows[`${side}Own`]);
    touched.set(`${side}Features`, null);
  }
  touched.set('gates', null);
  touched.set('offset', null);
  return new Map([...touched].filter(([name]) => parameters.has(name)));
}

export type Leaves = ReadonlyMap<ParameterName, tf.Tensor2D>;

/** Tensors of the rows that a batch touches, which gradients are taken by. */
export function takeLeaves(parameters: Parameters, touched: Touched): Leaves {
  return new Map([...touched].map(([name, rows]) => [name, parameterRows(parameters.get(name)!, rows)] as const));
}

/** What both sides' products are, features that travel mixed in. */
export function ownTables(leaf: Leaves, tables: BatchTables, configuration: BladeConfiguration): OwnTables {
  const of = (side: Side) =>
    ownTable(leaf.get(`${side}Own`) ?? null, leaf.get(`${side}Features`) ?? null, tables.features?.[side] ?? null);
  const source = of('source');
  return { source, target: configuration.symmetric ? source : of('target') };
}

/** What one side's products say, and the features that stay with them. */
export function messagesOf(leaf: Leaves, name: Side, batch: BatchSide, configuration: BladeConfiguration): Messages {
  const side = ownerOf(name, configuration);
  const projection = leaf.get(`${side}Features`);
  const gate = (gateName: GateName) => {
    const column = (side === 'source' ? 0 : gateNames.length) + gateNames.indexOf(gateName);
    return tf.slice2d(leaf.get('gates')!, [0, column], [1, 1]);
  };
  return {
    side,
    features: batch.features === null || projection === undefined ? null : gatherSum(projection, batch.features),
    near: leaf.get(`${side}Near`) ?? null,
    across: leaf.get(`${side}Across`) ?? null,
    viewed: leaf.get(`${side}Viewed`) ?? null,
    bias: leaf.get(`${side}Bias`)!,
    gates: { own: gate('own'), source: gate('source'), target: gate('target'), viewed: gate('viewed') },
  };
}
