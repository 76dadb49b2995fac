import { ingest } from '../../src/events/index.ts';
import type { RefreshStage } from './environment.ts';

/** Files → one encoded event log and one catalogue, every row accounted for. */
export const ingestStage: RefreshStage = {
  name: 'ingest',
  inputs: ({ source, files, configuration }) => {
    const { adapter, eventMapping, catalogueMapping } = source;
    return { adapter, eventMapping, catalogueMapping, files, configuration: configuration.ingest };
  },
  run: async (folder, { source, configuration, context }) => {
    await ingest(source, configuration.ingest, folder, context);
  },
};
