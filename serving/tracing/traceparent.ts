import { type Context, isSpanContextValid, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * The caller's span as the parent of ours, from a `traceparent` header (W3C Trace Context). Read here rather than by the registered propagator,
 * so that traces join whatever SDK the process has. A header that is none gives a trace of its own.
 */
export function parentOf(traceparent: string | string[] | undefined): Context {
  const found = typeof traceparent === 'string' ? pattern.exec(traceparent) : null;
  if (found === null) return ROOT_CONTEXT;
  const [, version, traceId, spanId, flags, rest] = found;
  // Version 00 has four fields; later ones may have more; ff is forbidden.
  if (version === 'ff' || (version === '00' && rest !== undefined)) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags!, 16) & TraceFlags.SAMPLED;
  const parent = { traceId: traceId!, spanId: spanId!, traceFlags, isRemote: true };
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}
