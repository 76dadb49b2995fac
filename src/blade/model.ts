import { Value } from 'typebox/value';
import { OnewayError } from '../errors.ts';
import { openSafetensors, type Tensor, writeSafetensors } from '../storage/index.ts';
import { createParameter, type Parameter } from '../tensor/threads.ts';
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

/**
 * Models of one configuration that differ by their seed alone. Their mean logit is more right than any one's (deep ensembles:
 * Lakshminarayanan, Pritzel and Blundell, NeurIPS 2017), and it is still one dot product: of their embeddings side by side.
 */
export interface BladeEnsemble {
  /** At least one; `configuration.members` of them. */
  readonly members: readonly BladeModel[];
}

type Described = Omit<BladeModel, 'parameters' | 'seed'>;

/** A model whose parameters are being read. */
type Loading = BladeModel & { readonly parameters: Map<ParameterName, Parameter> };

interface Header extends Described {
  readonly format: 'oneway-blade';
  readonly version: 3;
  /** One per member. */
  readonly seeds: readonly number[];
}

/** Writes the parameters (without the optimiser's moments) and the configuration as one safetensors file; tensors are named `member.parameter`. */
export async function saveBlade(path: string, { members }: BladeEnsemble): Promise<void> {
  const { parameters: _, seed: __, ...described } = members[0]!;
  const seeds = members.map(({ seed }) => seed);
  const header: Header = { format: 'oneway-blade', version: 3, ...described, seeds };
  const tensors: Record<string, Tensor> = {};
  members.forEach(({ parameters }, member) => {
    for (const [name, { rows, width, values }] of parameters) {
      tensors[`${member}.${name}`] = { shape: [rows, width], data: values };
    }
  });
  await writeSafetensors(path, tensors, { oneway: JSON.stringify(header) });
}

/** @throws OnewayError `FILE_CORRUPT` when the file is not a model of ours or does not hold what its header says. */
export async function loadBlade(path: string): Promise<BladeEnsemble> {
  const file = await openSafetensors(path);
  try {
    const { format: _, version: __, seeds, ...described } = headerOf(path, file.metadata.oneway);
    const members = seeds.map((seed): Loading => ({ ...described, seed, parameters: new Map() }));
    for (const [label, { shape, dtype }] of file.tensors) {
      const [number, name] = label.split('.') as [string, ParameterName];
      const [rows = 0, width = 0] = shape;
      if (dtype !== 'F32' || shape.length !== 2) throw corrupt(path, `tensor '${label}' is not a float matrix`);
      const parameter = createParameter(name, rows, width);
      await file.read(label, parameter.values);
      members[Number(number)]?.parameters.set(name, parameter);
    }
    for (const [member, { parameters }] of members.entries()) {
      if (parameters.get('sourceBias')?.rows !== described.nodeCount) {
        throw corrupt(path, `tensor '${member}.sourceBias' does not have ${described.nodeCount} rows`);
      }
    }
    return { members };
  } finally {
    file.close();
  }
}

function headerOf(path: string, text: string | undefined): Header {
  let header: Partial<Header>;
  try {
    header = JSON.parse(text ?? '') as Partial<Header>;
  } catch (cause) {
    throw corrupt(path, 'it has no model header', cause);
  }
  if (header.format !== 'oneway-blade' || header.version !== 3) throw corrupt(path, 'its header is of another format');
  if (!Value.Check(bladeConfiguration, header.configuration)) throw corrupt(path, 'its configuration is invalid');
  if (!Array.isArray(header.seeds) || header.seeds.length === 0) throw corrupt(path, 'it holds no model');
  return header as Header;
}

function corrupt(path: string, reason: string, cause?: unknown): OnewayError {
  return new OnewayError('FILE_CORRUPT', `${path} is not a usable model: ${reason}.`, {
    hint: 'Delete it and run the refresh again.',
    cause,
    details: { file: path },
  });
}
