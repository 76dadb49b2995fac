import type { FastifyInstance, preSerializationHookHandler } from 'fastify';
import { Registry } from 'prom-client';
import type { RunContext } from '../../src/context.ts';
import type { Answer } from '../../src/lookup/index.ts';
import type { ServingConfiguration } from '../configuration/index.ts';
import { answersOf } from '../metrics/answers.ts';
import { measureFeedback } from '../metrics/feedback.ts';
import { LookupMetrics } from '../metrics/lookups.ts';
import { ProcessMetrics } from '../metrics/process.ts';
import { RecallProbe } from '../metrics/recall-probe.ts';
import { measureReleases } from '../metrics/releases.ts';
import { measureRequests } from '../metrics/requests.ts';
import type { Releases } from '../releases.ts';
import { failures, noQuery } from '../schemas/common.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Where figures for /metrics are registered; null when metrics are off. */
    readonly metrics: Registry | null;
    /** Counts a lookup. What routes of the role `read` send as objects is counted already: an answer, or `answers` of a batch. */
    readonly countLookup: (answer: Answer) => void;
  }
}

export interface MetricsOptions {
  readonly configuration: ServingConfiguration['metrics'];
  readonly releases: Releases;
  readonly context: RunContext;
}

/** Prometheus metrics at /metrics. Registered before the routes, so that it measures them. */
export function exposeMetrics(app: FastifyInstance, { configuration, releases, context }: MetricsOptions): void {
  if (!configuration.enabled) {
    app.decorate('metrics', null);
    app.decorate('countLookup', () => {});
    return;
  }
  const registry = new Registry();
  measureRequests(app, registry);
  measureReleases(registry, releases, context.clock);
  measureFeedback(registry, app.workspace, context.clock);
  const lookups = new LookupMetrics(registry);
  const processes = new ProcessMetrics(registry);
  const probe =
    configuration.probeSeconds === null
      ? null
      : new RecallProbe({
          registry,
          context,
          seconds: configuration.probeSeconds,
          release: () => (releases.ready ? releases.current().recommender.release : null),
          hold: () => {
            const { tenancy } = releases.current();
            tenancy.hold();
            return () => tenancy.leave();
          },
        });
  const count = (answer: Answer): void => {
    lookups.count(answer);
    const id = answer.context.length === 1 ? answer.context[0]!.id : null;
    if (probe !== null && answer.relation === 'related' && id !== null) probe.saw(id);
  };
  app.decorate('metrics', registry);
  app.decorate('countLookup', count);
  app.addHook('onRoute', (route) => {
    if (route.config?.role !== 'read') return;
    const own = route.preSerialization === undefined ? [] : [route.preSerialization].flat();
    const observe: preSerializationHookHandler<unknown> = (_request, _reply, payload, done) => {
      for (const answer of answersOf(payload)) count(answer);
      done(null, payload);
    };
    route.preSerialization = [...own, observe];
  });
  app.addHook('onReady', async () => {
    processes.start();
    probe?.start();
  });
  app.addHook('onClose', async () => {
    processes.stop();
    probe?.stop();
  });
  app.register(async (scope) => {
    scope.get(
      '/metrics',
      {
        config: { role: configuration.requireKey ? 'metrics' : 'public' },
        schema: {
          tags: ['health'],
          operationId: 'metrics',
          summary: 'Figures for Prometheus',
          querystring: noQuery,
          response: {
            200: {
              description: 'The Prometheus text format, version 0.0.4.',
              content: { 'text/plain': { schema: { type: 'string' } } },
            },
            ...failures(),
          },
        },
      },
      async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
    );
  });
}
