import { randomUUID } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type TracerProvider, trace } from '@opentelemetry/api';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { RunContext } from '../src/context.ts';
import { Workspace } from '../src/release/index.ts';
import { filterSchema, ruleSetSchema, rulesSchema } from '../src/rules/index.ts';
import { LiveKeys } from './access/key-file.ts';
import { type GivenServingConfiguration, servingConfigurationOf } from './configuration/index.ts';
import { experimentSchema } from './experiments/experiment.ts';
import { type AnonymousAccess, guardRoutes } from './plugins/access.ts';
import { readJsonBodies } from './plugins/bodies.ts';
import { documentApi } from './plugins/documentation.ts';
import { drainConnections } from './plugins/draining.ts';
import { answerBrokenRequest, answerError, handleErrors } from './plugins/errors.ts';
import { setHeaders } from './plugins/headers.ts';
import { limitRoutes } from './plugins/limits.ts';
import { exposeMetrics } from './plugins/metrics.ts';
import { logRequests } from './plugins/requests.ts';
import { traceRequests } from './plugins/tracing.ts';
import { adminExperimentRoutes } from './routes/admin-experiments.ts';
import { adminReleaseRoutes, standingSchema } from './routes/admin-releases.ts';
import { changeRoutes } from './routes/changes.ts';
import { comparisonRoutes } from './routes/comparisons.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { pageRoutes } from './routes/pages.ts';
import { productRoutes } from './routes/products.ts';
import { relatedRoutes } from './routes/related.ts';
import { releaseRoutes } from './routes/release.ts';
import { ruleSetRoutes } from './routes/rule-sets.ts';
import { answerSchema, answersSchema, basketSchema } from './schemas/answers.ts';
import { errorSchema } from './schemas/common.ts';
import { neighbourhoodSchema, productSchema, productSummarySchema, searchAnswerSchema } from './schemas/products.ts';
import { holdState } from './state.ts';
import { compileValidator } from './validation.ts';

export interface AppOptions {
  /** The workspace whose `current` release is served. */
  readonly workspace: string;
  readonly context: RunContext;
  /** What differs from the defaults; `workspace` above counts, not the one in here. */
  readonly configuration?: GivenServingConfiguration;
  /** Version of the service in the OpenAPI document. @default '0.0.0' */
  readonly version?: string;
  /** Makes the spans when tracing is on. @default the one that the process has registered */
  readonly tracerProvider?: TracerProvider;
}

const clientRequestId = /^[\w.-]{1,64}$/;

/**
 * The related-products service. Listens to nothing yet: `listen` it, or `inject` requests.
 * Once ready it watches the workspace until it is closed; without a release it is alive and not ready.
 */
export function buildApp(options: AppOptions): FastifyInstance {
  const { context } = options;
  const configuration = servingConfigurationOf(options.configuration);
  const { server, access, rateLimit } = configuration;
  const logger: FastifyBaseLogger = context.logger;
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: server.bodyKibibytes * 1024,
    requestTimeout: server.requestSeconds * 1000,
    keepAliveTimeout: server.keepAliveSeconds * 1000,
    trustProxy: server.trustedProxies.length === 0 ? false : server.trustedProxies,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 2048 },
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && clientRequestId.test(given) ? given : randomUUID();
    },
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
    clientErrorHandler: answerBrokenRequest,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setValidatorCompiler(compileValidator);
  app.removeContentTypeParser('text/plain');
  readJsonBodies(app);
  for (const schema of [
    errorSchema,
    productSummarySchema,
    productSchema,
    searchAnswerSchema,
    neighbourhoodSchema,
    filterSchema,
    rulesSchema,
    ruleSetSchema,
    basketSchema,
    answerSchema,
    answersSchema,
    standingSchema,
    experimentSchema,
  ]) {
    app.addSchema(schema);
  }

  const keys = new LiveKeys({ keys: access.keys, file: access.keysFile, context });
  app.addHook('onReady', async () => {
    await keys.start();
    if (keys.ring.size === 0) warnOfNoKey(context, access.anonymous);
  });
  app.addHook('onClose', async () => keys.stop());

  const plain = app as unknown as FastifyInstance;
  const releases = holdState(plain, new Workspace(options.workspace), configuration, context);
  handleErrors(plain);
  drainConnections(plain);
  setHeaders(plain, server.origins);
  if (configuration.tracing.enabled) {
    traceRequests(plain, options.tracerProvider ?? trace.getTracerProvider(), options.version ?? '0.0.0');
  }
  logRequests(plain, configuration.logging, context.logger);
  guardRoutes(plain, { keys: () => keys.ring, anonymous: access.anonymous, clock: context.clock });
  limitRoutes(plain, {
    rate: rateLimit.requests === null ? null : { requests: rateLimit.requests, seconds: rateLimit.seconds },
    maximumLagMilliseconds: server.maximumLagMilliseconds,
  });
  documentApi(plain, options.version ?? '0.0.0');
  exposeMetrics(plain, { configuration: configuration.metrics, releases, context });
  app.register(healthRoutes);
  app.register(releaseRoutes);
  app.register(productRoutes);
  app.register(relatedRoutes);
  app.register(ruleSetRoutes);
  if (configuration.releases.compare) app.register(comparisonRoutes);
  app.register(eventRoutes);
  app.register(changeRoutes);
  app.register(adminReleaseRoutes);
  app.register(adminExperimentRoutes);
  app.register(pageRoutes);
  return plain;
}

function warnOfNoKey({ logger }: RunContext, anonymous: AnonymousAccess): void {
  const who = { never: 'by nobody', loopback: 'by this machine alone', everywhere: 'by everybody' }[anonymous];
  logger.warn(
    { hint: 'Make one with: oneway keys create.' },
    `no key is configured: the service can be read ${who}, and nothing can be changed`,
  );
}
