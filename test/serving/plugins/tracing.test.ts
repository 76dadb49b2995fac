import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, onTestFinished, test } from 'vitest';
import { buildApp } from '../../../serving/index.ts';
import { parentOf } from '../../../serving/tracing/traceparent.ts';
import { context, plantedParts, publishPlanted } from '../../src/lookup/planted-release.ts';
import { temporaryWorkspace } from '../world.ts';

async function traced() {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const { workspace, remove } = await temporaryWorkspace();
  onTestFinished(remove);
  await publishPlanted(workspace, 'first', plantedParts());
  const app = buildApp({
    workspace: workspace.root,
    context,
    tracerProvider,
    configuration: { tracing: { enabled: true } },
  });
  await app.ready();
  await app.releases.check();
  onTestFinished(() => app.close());
  return { app, spans: () => exporter.getFinishedSpans(), forget: () => exporter.reset() };
}

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

test('a lookup is a span in its request, which is one in the caller’s trace', async () => {
  const { app, spans } = await traced();
  await app.inject({ url: '/v1/products/phone-0001/related?k=3', headers: { traceparent, 'x-request-id': 'mine' } });
  const [lookup, request] = spans();
  expect(request).toMatchObject({
    name: 'GET /v1/products/:id/related',
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/v1/products/:id/related',
      'http.response.status_code': 200,
      'url.path': '/v1/products/phone-0001/related',
      'oneway.request_id': 'mine',
    },
  });
  expect(request!.spanContext().traceId).toBe(traceId);
  expect(request!.parentSpanContext).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true });
  expect(lookup).toMatchObject({
    name: 'lookup',
    attributes: {
      'oneway.relation': 'related',
      'oneway.channel': 'model',
      'oneway.results': 3,
      'oneway.release': 'first',
      'oneway.answers': 1,
    },
  });
  expect(lookup!.parentSpanContext?.spanId).toBe(request!.spanContext().spanId);
});

test('a fallback is a span in its lookup, which tells the reason', async () => {
  const { app, spans } = await traced();
  await app.inject('/v1/products/phone-0001/related?k=3&minimumScore=50');
  expect(spans().map(({ name }) => name)).toEqual(['fallback', 'lookup', 'GET /v1/products/:id/related']);
  const [fallback, lookup] = spans();
  expect(fallback!.parentSpanContext?.spanId).toBe(lookup!.spanContext().spanId);
  expect(lookup!.attributes).toMatchObject({ 'oneway.fallback.reason': 'TOO_FEW_RESULTS' });
});

test('refusals and defects end their spans', async () => {
  const { app, spans, forget } = await traced();
  await app.inject('/v1/products/nothing/related');
  expect(spans().map(({ name, attributes }) => [name, attributes['http.response.status_code']])).toEqual([
    ['lookup', undefined],
    ['GET /v1/products/:id/related', 404],
  ]);
  expect(spans()[1]!.attributes['error.type']).toBe('PRODUCT_UNKNOWN');
  forget();
  await app.inject('/nowhere');
  expect(spans()).toHaveLength(1);
  expect(spans()[0]).toMatchObject({ name: 'GET', attributes: { 'http.response.status_code': 404 } });
  forget();
  const { recommender } = app.releases.current();
  recommender.related = () => {
    throw new TypeError('a defect');
  };
  await app.inject('/v1/products/phone-0001/related');
  expect(spans().at(-1)?.status.code).toBe(SpanStatusCode.ERROR);
  expect(JSON.stringify(spans().map(({ attributes, events }) => [attributes, events]))).not.toContain('a defect');
});

test.each([
  undefined,
  '',
  'nonsense',
  `ff-${traceId}-b7ad6b7169203331-01`,
  `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId}-b7ad6b7169203331-01-more`,
  `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
])('the traceparent %s is no parent', (header) => {
  expect(trace.getSpanContext(parentOf(header))).toBeUndefined();
});

test('later versions of traceparent may say more', () => {
  expect(trace.getSpanContext(parentOf(`01-${traceId}-b7ad6b7169203331-00-more`))).toMatchObject({
    traceId,
    traceFlags: 0,
  });
});
