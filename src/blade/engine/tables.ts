import type { Parameter } from '../../tensor/threads.ts';
import type { BladeConfiguration } from '../configuration.ts';
import { type GateName, gateNames, ownerOf, type ParameterName, type Parameters } from '../parameters.ts';
import type { Side } from '../sampler.ts';

/** What one side's encoder reads. */
export interface SideTables {
  /** Whose rows the side's products have. */
  readonly owner: Side;
  /** What both sides' products are, features that travel mixed in. Null where nothing is learned of that. */
  readonly own: Readonly<Record<Side, Parameter | null>>;
  readonly near: Parameter | null;
  readonly across: Parameter | null;
  readonly viewed: Parameter | null;
  readonly bias: Parameter;
  /** The projection of features that stay with their product; null where they travel or are off. */
  readonly features: Parameter | null;
  readonly gates: Readonly<Record<GateName, number>>;
}

/** @param projected what products are where features travel, see `Projection`; null where they do not. */
export function tablesOf(
  parameters: Parameters,
  projected: Readonly<Record<Side, Parameter>> | null,
  side: Side,
  configuration: BladeConfiguration,
): SideTables {
  const owner = ownerOf(side, configuration);
  const named = (name: ParameterName) => parameters.get(name) ?? null;
  const own = (end: Side) => projected?.[ownerOf(end, configuration)] ?? named(`${ownerOf(end, configuration)}Own`);
  return {
    owner,
    own: { source: own('source'), target: own('target') },
    near: named(`${owner}Near`),
    across: named(`${owner}Across`),
    viewed: named(`${owner}Viewed`),
    bias: parameters.get(`${owner}Bias`)!,
    features: configuration.features === 'own' ? named(`${owner}Features`) : null,
    gates: gatesOf(parameters, owner),
  };
}

function gatesOf(parameters: Parameters, owner: Side): Readonly<Record<GateName, number>> {
  const { values } = parameters.get('gates')!;
  const gate = (name: GateName) => values[gateColumn(owner, name)]!;
  return { own: gate('own'), source: gate('source'), target: gate('target'), viewed: gate('viewed') };
}

/** Where a gate stands in the `gates` parameter. */
export function gateColumn(owner: Side, name: GateName): number {
  return (owner === 'source' ? 0 : gateNames.length) + gateNames.indexOf(name);
}
