import type { FastifyInstance } from 'fastify';
import type { Product } from '../src/catalogue/index.ts';
import type { RunContext } from '../src/context.ts';
import { OnewayError } from '../src/errors.ts';
import type { CatalogueOverlay } from '../src/lookup/index.ts';
import { ChangeLog } from '../src/overlay/index.ts';
import { listReleases, type Manifest, type Release, type Workspace } from '../src/release/index.ts';
import { Comparisons } from './comparisons.ts';
import type { ServingConfiguration } from './configuration/index.ts';
import { Experiments } from './experiments/experiments.ts';
import { FeedbackIntake } from './feedback/intake.ts';
import { Releases } from './releases.ts';
import { Rooms } from './rooms.ts';

declare module 'fastify' {
  interface FastifyInstance {
    readonly workspace: Workspace;
    readonly releases: Releases;
    readonly experiments: Experiments;
    readonly comparisons: Comparisons;
    readonly feedback: FeedbackIntake;
    /** @throws OnewayError `NOT_READY` before the app is ready */
    readonly changes: () => ChangeLog;
  }
}

const minute = 60_000;

/**
 * What the service holds beside its routes: releases, catalogue changes, experiments and the events it takes in. Read when the app gets ready, looked after while it
 * runs, closed with it. @throws OnewayError `FILE_CORRUPT` (from `ready`) when the catalogue changes cannot be read: withdrawn products would be shown.
 */
export function holdState(
  app: FastifyInstance,
  workspace: Workspace,
  configuration: ServingConfiguration,
  context: RunContext,
): Releases {
  const { logger, clock } = context;
  const settled = (manifest: Manifest): number =>
    manifest.catalogueAsOf == null
      ? Number.NEGATIVE_INFINITY
      : Date.parse(manifest.catalogueAsOf) - configuration.catalogue.settleMinutes * minute;
  let log: ChangeLog | null = null;
  const changes = (): ChangeLog => {
    if (log !== null) return log;
    throw new OnewayError('NOT_READY', 'The service is starting.', { hint: 'Ask again in a moment.' });
  };
  const overlayFor = (release: Release): CatalogueOverlay =>
    changes().overlayFor({ settled: settled(release.manifest), product: finderOf(release) });
  const { ruleSets } = configuration;
  const rooms = new Rooms();
  let swaps = -1;
  const releases: Releases = new Releases({
    workspace,
    context,
    pollMilliseconds: configuration.releases.pollMilliseconds,
    ruleSets,
    overlayFor,
    rooms,
    beforeLook: async () => {
      await changes().follow();
      await experiments.look();
      if (swaps === releases.figures.swaps) return;
      swaps = releases.figures.swaps;
      const manifests = await manifestsOf(workspace);
      if (manifests.length > 0) changes().forget(Math.min(...manifests.map(settled)));
    },
  });
  const experiments = new Experiments(workspace, releases, new Set(ruleSets.map(({ id }) => id)), context);
  const feedback = new FeedbackIntake(workspace, context, {
    visitors: configuration.feedback.visitors,
    rememberedEvents: configuration.feedback.rememberedEvents,
    segmentMilliseconds: configuration.feedback.sealSeconds * 1000,
  });
  const comparisons = new Comparisons({ workspace, releases, context, overlayFor, ruleSets, rooms });
  app.decorate('workspace', workspace);
  app.decorate('releases', releases);
  app.decorate('experiments', experiments);
  app.decorate('comparisons', comparisons);
  app.decorate('feedback', feedback);
  app.decorate('changes', changes);
  app.addHook('onReady', async () => {
    log = await ChangeLog.open(workspace, { logger, clock });
    void releases.start();
  });
  app.addHook('onClose', async () => {
    await releases.stop();
    await comparisons.close();
    await rooms.close();
    await feedback.close();
    await log?.close();
  });
  return releases;
}

/** Of the releases that can still be served. */
async function manifestsOf(workspace: Workspace): Promise<readonly Manifest[]> {
  const releases = await listReleases(workspace);
  return releases.flatMap(({ manifest }) => manifest ?? []);
}

function finderOf({ products }: Release): (id: string) => Product | undefined {
  return (id) => {
    const node = products.nodeOf(id);
    return node < 0 ? undefined : products.copy(node);
  };
}
