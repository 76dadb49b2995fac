import { randomUUID } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { RunContext } from '../src/context.ts';
import { Workspace } from '../src/release/index.ts';
import { KeyRing } from './access/keys.ts';
import { type GivenServingConfiguration, servingConfigurationOf } from './configuration/index.ts';
import { guardRoutes } from './plugins/access.ts';
import { documentApi } from './plugins/documentation.ts';
import { answerBrokenRequest, answerError, handleErrors } from './plugins/errors.ts';
import { secureHeaders } from './plugins/security.ts';
import { Releases } from './releases.ts';
import { healthRoutes } from './routes/health.ts';
import { pageRoutes } from './routes/pages.ts';
import { productRoutes } from './routes/products.ts';
import { relatedRoutes } from './routes/related.ts';
import { releaseRoutes } from './routes/release.ts';
import { answerSchema } from './schemas/answers.ts';
import { errorSchema } from './schemas/common.ts';
import { productSchema, productSummarySchema, searchAnswerSchema } from './schemas/products.ts';
import { compileValidator } from './validation.ts';

declare module 'fastify' {
  interface FastifyInstance {
    readonly releases: Releases;
  }
}

export interface AppOptions {
  /** The workspace whose `current` release is served. */
  readonly workspace: string;
  readonly context: RunContext;
  /** What differs from the defaults; `workspace` above counts, not the one in here. */
  readonly configuration?: GivenServingConfiguration;
  /** Version of the service in the OpenAPI document. @default '0.0.0' */
  readonly version?: string;
}

const clientRequestId = /^[\w.-]{1,64}$/;

/**
 * The related-products service. Listens to nothing yet: `listen` it, or `inject` requests.
 * Once ready it watches the workspace until it is closed; without a release it is alive and not ready.
 */
export function buildApp(options: AppOptions): FastifyInstance {
  const { context } = options;
  const configuration = servingConfigurationOf(options.configuration);
  const { server, access } = configuration;
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
  for (const schema of [errorSchema, productSummarySchema, productSchema, searchAnswerSchema, answerSchema]) {
    app.addSchema(schema);
  }

  const releases = new Releases({
    workspace: new Workspace(options.workspace),
    context,
    pollMilliseconds: configuration.releases.pollMilliseconds,
  });
  app.decorate('releases', releases);
  app.addHook('onReady', async () => {
    void releases.start();
  });
  app.addHook('onClose', () => releases.stop());
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const milliseconds = Math.round(reply.elapsedTime * 100) / 100;
    const { method, url } = request;
    app.log.debug({ reqId: request.id, method, url, status: reply.statusCode, milliseconds }, 'request');
  });

  const plain = app as unknown as FastifyInstance;
  handleErrors(plain);
  const keys = new KeyRing(access.keys);
  guardRoutes(plain, { keys: () => keys, anonymous: access.anonymous, clock: context.clock });
  secureHeaders(plain);
  documentApi(plain, options.version ?? '0.0.0');
  app.register(healthRoutes);
  app.register(releaseRoutes);
  app.register(productRoutes);
  app.register(relatedRoutes);
  app.register(pageRoutes);
  return plain;
}
