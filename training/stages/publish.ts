import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogueFileName } from '../../src/catalogue/index.ts';
import { OnewayError } from '../../src/errors.ts';
import { publishRelease, releaseFiles, stageRelease } from '../../src/release/index.ts';
import { readJson, writeJson } from '../../src/storage/index.ts';
import { packageVersions } from '../pipeline/index.ts';
import type { DataPart } from '../report/index.ts';
import { nameOf, pathOf, type RefreshEnvironment, type RefreshStage } from './environment.ts';
import type { EvaluationRecord } from './evaluate.ts';
import type { Verdicts } from './report.ts';
import type { IndexFigures } from './vector-index.ts';

/** `published.json` */
interface Published {
  readonly release: string;
}

/** Gates, then the release: verified as a whole and made current in one step. */
export const publishStage: RefreshStage = {
  name: 'publish',
  inputs: () => null,
  stillHolds: async (folder, { workspace }) => {
    const { release } = (await readJson(join(folder, nameOf('published')))) as Published;
    return (await stat(workspace.release(release)).catch(() => null)) !== null;
  },
  run: async (folder, environment) => {
    const { workspace, configuration, seed, run, context } = environment;
    const { release, gates } = (await readJson(pathOf(environment, 'gates'))) as Verdicts;
    const { description } = (await readJson(pathOf(environment, 'indexFigures'))) as IndexFigures;
    const { from, to } = (await readJson(pathOf(environment, 'dataFigures'))) as DataPart;
    const { chance } = (await readJson(pathOf(environment, 'evaluation'))) as EvaluationRecord;
    const draft = {
      id: release,
      run,
      dataWindow: from === null || to === null ? null : { from, to },
      catalogueAsOf: environment.catalogueAsOf === null ? null : new Date(environment.catalogueAsOf).toISOString(),
      configuration,
      seed,
      index: description,
      ...(chance == null ? {} : { chance }),
      gates,
      versions: packageVersions(),
    };
    try {
      const staged = await stageRelease(workspace, release, filesOf(environment, description.kind), context);
      await publishRelease(workspace, staged, draft, context);
    } catch (error) {
      if (!(error instanceof OnewayError) || error.code !== 'GATE_FAILED') throw error;
      throw new OnewayError('GATE_FAILED', error.message, {
        hint: `The figures are in ${pathOf(environment, 'report')}; the release before it stays in service.`,
        details: error.details,
        cause: error,
      });
    }
    const published: Published = { release };
    await writeJson(join(folder, nameOf('published')), published);
  },
};

function filesOf(environment: RefreshEnvironment, kind: 'exact' | 'hnsw'): Readonly<Record<string, string>> {
  return {
    [releaseFiles.catalogue]: join(environment.folder, 'ingest', catalogueFileName),
    [releaseFiles.embeddings]: pathOf(environment, 'embeddings'),
    [releaseFiles.encoder]: pathOf(environment, 'encoder'),
    [releaseFiles.features]: pathOf(environment, 'features'),
    [releaseFiles.graph]: pathOf(environment, 'fullGraph'),
    [releaseFiles.lists]: pathOf(environment, 'lists'),
    [releaseFiles.lookup]: pathOf(environment, 'lookup'),
    [releaseFiles.products]: pathOf(environment, 'products'),
    [releaseFiles.report]: pathOf(environment, 'report'),
    ...(kind === 'hnsw' ? { [releaseFiles.index]: pathOf(environment, 'index') } : {}),
  };
}
