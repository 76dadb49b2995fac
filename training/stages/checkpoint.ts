import { join } from 'node:path';
import { hashJson } from '../../src/storage/index.ts';
import type { RefreshEnvironment } from './environment.ts';

/**
 * Where a training keeps its checkpoint: beside the stages' folders, because it must outlast a killed stage, and named after everything
 * the training depends on, because another input must not find it.
 */
export function checkpointPath(environment: RefreshEnvironment, training: string): string {
  const { folder, files, source, configuration, seed, backendPreference } = environment;
  const { adapter, eventMapping, catalogueMapping } = source;
  const { ingest, graph, features, split, blade } = configuration;
  const inputs = {
    files,
    adapter,
    eventMapping,
    catalogueMapping,
    ingest,
    graph,
    features,
    split,
    blade,
    seed,
    backendPreference,
  };
  return join(folder, `checkpoint-${training}-${hashJson(inputs).slice(0, 12)}.safetensors`);
}
