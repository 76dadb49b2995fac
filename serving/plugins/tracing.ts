import { type Context, type Span, SpanKind, SpanStatusCode, type TracerProvider, trace } from '@opentelemetry/api';
import type { FastifyInstance, preHandlerHookHandler, preSerializationHookHandler, RouteOptions } from 'fastify';
import { type Answer, fallbackChannel } from '../../src/lookup/index.ts';
import { answersOf } from '../metrics/answers.ts';
import { parentOf } from '../tracing/traceparent.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The spans of this request; null where nothing is traced. */
    spans: RequestSpans | null;
  }
}

interface RequestSpans {
  readonly request: Span;
  readonly context: Context;
  lookup: Span | null;
}

/**
 * OpenTelemetry spans: one of each request, one of what its handler does where that is a lookup, and in that one of each answer in which popular products
 * stood in. Names and attributes follow the semantic conventions for HTTP; those of ours begin with `oneway.`. Registered before the routes, and only when asked for.
 */
export function traceRequests(app: FastifyInstance, provider: TracerProvider, version: string): void {
  const tracer = provider.getTracer('oneway', version);
  let asking: Context | null = null;
  followFallbacks(app, () => (asking === null ? null : tracer.startSpan('fallback', {}, asking)));
  app.decorateRequest('spans', null);
  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url;
    const { method } = request;
    const parent = parentOf(request.headers.traceparent);
    const span = tracer.startSpan(
      route === undefined ? method : `${method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': method,
          'url.path': request.url.split('?', 1)[0]!,
          'oneway.request_id': request.id,
          ...(route === undefined ? {} : { 'http.route': route }),
        },
      },
      parent,
    );
    request.spans = { request: span, context: trace.setSpan(parent, span), lookup: null };
    done();
  });
  app.addHook('onError', (request, _reply, error, done) => {
    const { spans } = request;
    spans?.lookup?.end();
    if (spans !== null) {
      spans.lookup = null;
      if ('code' in error) spans.request.setAttribute('error.type', String(error.code));
    }
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { spans } = request;
    if (spans !== null) {
      spans.lookup?.end();
      spans.request.setAttribute('http.response.status_code', reply.statusCode);
      if (request.caller !== null) spans.request.setAttribute('oneway.caller', request.caller.name);
      if (reply.statusCode >= 500) spans.request.setStatus({ code: SpanStatusCode.ERROR });
      spans.request.end();
    }
    done();
  });
  app.addHook('onRoute', (route) => {
    if (!answersLookups(route)) return;
    const begin: preHandlerHookHandler = (request, _reply, done) => {
      const { spans } = request;
      if (spans !== null) {
        spans.lookup = tracer.startSpan('lookup', {}, spans.context);
        asking = trace.setSpan(spans.context, spans.lookup);
        // A lookup is one step: what it tells of itself comes before anything else runs.
        queueMicrotask(() => {
          asking = null;
        });
      }
      done();
    };
    const end: preSerializationHookHandler<unknown> = (request, _reply, payload, done) => {
      const { spans } = request;
      if (spans !== null && spans.lookup !== null) {
        const answers = answersOf(payload);
        describe(spans.lookup, answers);
        spans.lookup.end();
        spans.lookup = null;
      }
      done(null, payload);
    };
    route.preHandler = [...(route.preHandler === undefined ? [] : [route.preHandler].flat()), begin];
    route.preSerialization = [end, ...(route.preSerialization === undefined ? [] : [route.preSerialization].flat())];
  });
}

/** Spans of what lookups tell about themselves. */
function followFallbacks(app: FastifyInstance, begin: () => Span | null): void {
  let open: Span | null = null;
  const subscriber = {
    start: () => {
      open = begin();
    },
    end: () => {
      open?.end();
      open = null;
    },
    asyncStart: () => {},
    asyncEnd: () => {},
    error: () => {},
  };
  fallbackChannel.subscribe(subscriber);
  app.addHook('onClose', async () => {
    fallbackChannel.unsubscribe(subscriber);
  });
}

/** By what its schema says it answers. */
function answersLookups({ schema }: RouteOptions): boolean {
  const response = (schema?.response as Record<string, { readonly $ref?: string }> | undefined)?.[200];
  return response?.$ref === 'Answer#' || response?.$ref === 'Answers#';
}

function describe(span: Span, answers: readonly Answer[]): void {
  const first = answers[0];
  if (first === undefined) return;
  span.setAttributes({
    'oneway.answers': answers.length,
    'oneway.relation': first.relation,
    'oneway.strategy': first.strategy,
    'oneway.channel': first.channel,
    'oneway.results': answers.reduce((sum, { results }) => sum + results.length, 0),
    'oneway.release': first.release,
    ...(first.fallback === null ? {} : { 'oneway.fallback.reason': first.fallback.reason }),
  });
}
