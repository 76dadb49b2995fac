import { readFeatures } from '../../src/catalogue/index.ts';
import type { RunContext } from '../../src/context.ts';
import { readGraph } from '../../src/graph/index.ts';
import { acquireLock, type Workspace } from '../../src/release/index.ts';
import type { RefreshConfiguration } from '../configuration.ts';
import { runStages } from '../pipeline/index.ts';
import { prepareRun, type RefreshRequest } from '../refresh.ts';
import { readHeldOut } from '../stages/held-out.ts';
import { pathOf, refreshStages } from '../stages/index.ts';
import { edgeStudy, type Study } from './study.ts';

/** Stages of a refresh that a choice about the model builds on. */
const preparing = ['ingest', 'graph'];

export interface ShopStudy extends Study {
  /** Hash of all that the graph, the features and the split come from. */
  readonly data: string;
}

/**
 * Opens a shop's own files for choices: the refresh's first stages, in the run folder of the refresh with this configuration, and its split
 * of the edges. Test edges have no part in it.
 * @throws OnewayError `WORKSPACE_BUSY`, `FILE_NOT_FOUND`, and what the stages throw.
 */
export async function openShopStudy(
  request: RefreshRequest,
  configuration: RefreshConfiguration,
  workspace: Workspace,
  context: RunContext,
): Promise<ShopStudy> {
  const environment = await prepareRun(request, configuration, workspace, context);
  const lock = await acquireLock(workspace, 'refresh');
  try {
    const stages = refreshStages.filter(({ name }) => preparing.includes(name));
    const finished = await runStages(stages, environment.folder, environment, context);
    const graph = await readGraph(pathOf(environment, 'trainGraph'));
    const features = await readFeatures(pathOf(environment, 'features'));
    const { validation } = await readHeldOut(pathOf(environment, 'heldOut'));
    const lesson = { early: { graph }, late: { graph }, features, validation };
    return { ...edgeStudy({ lesson, examination: null }, 'The shop', request.seed), data: finished.at(-1)!.hash };
  } finally {
    await lock.release();
  }
}
