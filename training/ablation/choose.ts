import type { BladeConfiguration } from '../../src/blade/index.ts';
import type { SparseFeatures } from '../../src/catalogue/index.ts';
import { OnewayError } from '../../src/errors.ts';
import { isPlainList, type ProductGraph } from '../../src/graph/index.ts';
import { hashJson } from '../../src/storage/index.ts';
import { bladeWith } from '../overlay.ts';
import { type Ablation, ablationNames, ablations, type DataFacts } from './rows.ts';
import { equalSamples, type SampleTotals } from './samples.ts';

/** An ablation made ready for one graph. */
export interface PreparedAblation {
  readonly ablation: Ablation;
  readonly configuration: BladeConfiguration;
  /** Where it is held to as many samples as the full model. */
  readonly samples: SampleTotals | null;
}

export interface Preparation {
  readonly rows: readonly PreparedAblation[];
  /** Name → why it takes nothing out. */
  readonly skipped: Readonly<Record<string, string>>;
}

/**
 * The ablations of the given names (all by default) for one training graph, each checked against the configuration's schema.
 * @throws OnewayError `REQUEST_INVALID` for an unknown name, `CONFIGURATION_INVALID` for a row that the schema refuses.
 */
export function prepareAblations(
  names: readonly string[] | null,
  blade: BladeConfiguration,
  graph: ProductGraph,
  facts: DataFacts,
  seed: number,
): Preparation {
  const wanted = new Set(names === null ? ablationNames : checkNames(names));
  const rows: PreparedAblation[] = [];
  const skipped: Record<string, string> = {};
  for (const ablation of ablations) {
    if (!wanted.has(ablation.name)) continue;
    const idle = ablation.idle?.(facts) ?? null;
    const plain = bladeWith(blade, ablation.overlay, `ablation ${ablation.name}`);
    if (idle !== null || hashJson(plain) === hashJson(blade)) {
      skipped[ablation.name] = idle ?? 'the configuration has it so already';
      continue;
    }
    const samples = ablation.equalSamples === true ? equalSamples(graph.bought, blade, seed) : null;
    const size = samples === null ? {} : { neighbourhood: { fixedSize: samples.fixedSize, walks: samples.walks } };
    const configuration = bladeWith(plain, size, `ablation ${ablation.name}`);
    rows.push({ ablation, configuration, samples });
  }
  return { rows, skipped };
}

/**
 * The model with one choice taken out; as it is where that takes nothing out.
 * @throws OnewayError `REQUEST_INVALID` for a name that is not in the table.
 */
export function withoutChoice(
  name: string,
  blade: BladeConfiguration,
  graph: ProductGraph,
  seed: number,
): BladeConfiguration {
  const { rows } = prepareAblations([name], blade, graph, factsOf(graph, null), seed);
  return rows[0]?.configuration ?? blade;
}

export function factsOf(graph: ProductGraph, features: SparseFeatures | null): DataFacts {
  return {
    products: graph.nodeCount,
    features: features !== null && features.indices.length > 0,
    coViews: graph.viewed !== null && graph.viewed.edgeCount > 0,
    buyers: !isPlainList(graph),
    trend: graph.trend !== undefined,
  };
}

/** @throws OnewayError `REQUEST_INVALID` for an unknown name or none at all. */
export function checkNames(names: readonly string[]): readonly string[] {
  const unknown = names.find((name) => !ablationNames.includes(name));
  if (unknown === undefined && names.length > 0) return names;
  throw new OnewayError(
    'REQUEST_INVALID',
    unknown === undefined ? 'No ablation is named.' : `There is no ablation “${unknown}”.`,
    { hint: `Ablations: ${ablationNames.join(', ')}.` },
  );
}
