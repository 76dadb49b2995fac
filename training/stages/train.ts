import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointFiles, type EpochRecord, saveBlade, trainEnsemble } from '../../src/blade/index.ts';
import { readFeatures } from '../../src/catalogue/index.ts';
import { readGraph } from '../../src/graph/index.ts';
import { writeJson } from '../../src/storage/index.ts';
import { checkpointPath } from './checkpoint.ts';
import { nameOf, pathOf, type RefreshStage } from './environment.ts';
import { readHeldOut } from './held-out.ts';

/** `history.json`: how the training went. */
export interface TrainingHistory {
  readonly epochs: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly backend: string;
  readonly parameters: number;
}

/** Training edges → weights; the validation edges choose the epoch. */
export const trainStage: RefreshStage = {
  name: 'train',
  inputs: ({ configuration, seed, backendPreference }) => ({ blade: configuration.blade, seed, backendPreference }),
  run: async (folder, environment) => {
    const { configuration, seed, context } = environment;
    const backend = await environment.backend();
    const checkpoint = checkpointPath(environment, 'model');
    const { validation } = await readHeldOut(pathOf(environment, 'heldOut'));
    const { model, history, bestEpoch } = await trainEnsemble(
      {
        graph: await readGraph(pathOf(environment, 'trainGraph')),
        features: await readFeatures(pathOf(environment, 'features')),
        validation: validation.source.length > 0 ? validation : null,
      },
      configuration.blade,
      { seed, backend, context, checkpoint: { path: checkpoint } },
    );
    await saveBlade(join(folder, nameOf('model')), model);
    let parameters = 0;
    for (const member of model.members) {
      for (const { rows, width } of member.parameters.values()) parameters += rows * width;
    }
    const record: TrainingHistory = { epochs: history, bestEpoch, backend: backend.description, parameters };
    await writeJson(join(folder, nameOf('history')), record);
    for (const file of checkpointFiles(checkpoint, configuration.blade)) await rm(file, { force: true });
  },
};
