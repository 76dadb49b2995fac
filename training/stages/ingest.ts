import { join } from 'node:path';
import { type IngestRequest, ingest } from '../../src/events/index.ts';
import { attributeFeedback, collectSegments, feedbackSource } from '../../src/feedback/index.ts';
import { writeJson } from '../../src/storage/index.ts';
import { nameOf, type RefreshEnvironment, type RefreshStage } from './environment.ts';

/** Files, and the workspace's own feedback and catalogue changes → one encoded event log and one catalogue, every row accounted for. */
export const ingestStage: RefreshStage = {
  name: 'ingest',
  inputs: ({ source, files, configuration, journals }) => {
    const { adapter, eventMapping, catalogueMapping } = source;
    const { feedback, changes } = journals;
    return {
      adapter,
      eventMapping,
      catalogueMapping,
      files,
      configuration: configuration.ingest,
      ...(feedback.length === 0 ? {} : { feedback, reading: configuration.feedback }),
      ...(changes.length === 0 ? {} : { changes }),
    };
  },
  run: async (folder, environment) => {
    const { source, configuration, context, journals } = environment;
    const further = await takeFeedback(folder, environment);
    const request: IngestRequest = { ...source, further, changes: journals.changes };
    await ingest(request, configuration.ingest, folder, context);
  },
};

/** Collects the sealed feedback into one file, and what became of the recommendations. */
async function takeFeedback(
  folder: string,
  { configuration, context, journals }: RefreshEnvironment,
): Promise<NonNullable<IngestRequest['further']>> {
  if (journals.segments.length === 0) return [];
  const { ingest: limits, feedback } = configuration;
  const path = join(folder, nameOf('feedback'));
  context.progress.start('collect feedback');
  await collectSegments(journals.segments, path, context.signal);
  const figures = await attributeFeedback(path, {
    windowHours: feedback.windowHours,
    memoryMebibytes: limits.memoryMebibytes,
    threads: limits.threads,
    spillFolder: join(folder, '.feedback-spill'),
    signal: context.signal,
  });
  await writeJson(join(folder, nameOf('feedbackFigures')), figures);
  context.progress.end();
  return [{ path, source: feedbackSource(feedback.types) }];
}
