import { Value } from 'typebox/value';
import { OnewayError } from '../errors.ts';
import { readSafetensors, type Tensor, writeSafetensors } from '../storage/index.ts';
import { createParameter, type Parameter } from '../tensor/index.ts';
import { type BladeConfiguration, bladeConfiguration } from './configuration.ts';
import type { ParameterName, Parameters } from './parameters.ts';
import type { NeighbourhoodRule } from './sampler.ts';

/** A trained model: its parameters and the rules under which they were learned, which embedding must follow too. */
export interface BladeModel {
  readonly configuration: BladeConfiguration;
  readonly seed: number;
  readonly nodeCount: number;
  readonly featureColumns: number;
  readonly rule: NeighbourhoodRule;
  readonly parameters: Parameters;
}

interface Header {
  readonly format: 'oneway-blade';
  readonly version: 2;
  readonly configuration: BladeConfiguration;
  readonly seed: number;
  readonly nodeCount: number;
  readonly featureColumns: number;
  readonly rule: NeighbourhoodRule;
}

/** Writes the parameters (without the optimiser's moments) and the configuration as one safetensors file. */
export async function saveBlade(path: string, model: BladeModel): Promise<void> {
  const { parameters, ...rest } = model;
  const header: Header = { format: 'oneway-blade', version: 2, ...rest };
  const tensors: Record<string, Tensor> = {};
  for (const [name, { rows, width, values }] of parameters) tensors[name] = { shape: [rows, width], data: values };
  await writeSafetensors(path, tensors, { oneway: JSON.stringify(header) });
}

/** @throws OnewayError `FILE_CORRUPT` when the file is not a model of ours or does not hold what its header says. */
export async function loadBlade(path: string): Promise<BladeModel> {
  const { tensors, metadata } = await readSafetensors(path);
  const header = headerOf(path, metadata.oneway);
  const parameters = new Map<ParameterName, Parameter>();
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const [rows = 0, width = 0] = shape;
    if (!(data instanceof Float32Array) || shape.length !== 2)
      throw corrupt(path, `tensor '${name}' is not a float matrix`);
    const parameter = createParameter(name, rows, width, () => 0);
    parameter.values.set(data);
    parameters.set(name as ParameterName, parameter);
  }
  if (parameters.get('sourceBias')?.rows !== header.nodeCount) {
    throw corrupt(path, `tensor 'sourceBias' does not have ${header.nodeCount} rows`);
  }
  const { configuration, seed, nodeCount, featureColumns, rule } = header;
  return { configuration, seed, nodeCount, featureColumns, rule, parameters };
}

function headerOf(path: string, text: string | undefined): Header {
  let header: Partial<Header>;
  try {
    header = JSON.parse(text ?? '') as Partial<Header>;
  } catch (cause) {
    throw corrupt(path, 'it has no model header', cause);
  }
  if (header.format !== 'oneway-blade' || header.version !== 2) throw corrupt(path, 'its header is of another format');
  if (!Value.Check(bladeConfiguration, header.configuration)) throw corrupt(path, 'its configuration is invalid');
  return header as Header;
}

function corrupt(path: string, reason: string, cause?: unknown): OnewayError {
  return new OnewayError('FILE_CORRUPT', `${path} is not a usable model: ${reason}.`, {
    hint: 'Delete it and run the refresh again.',
    cause,
    details: { file: path },
  });
}
