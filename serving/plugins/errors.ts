import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorCodes, OnewayError } from '../../src/errors.ts';
import { type ApiCode, apiCodes, type ErrorBody } from '../schemas/common.ts';

const partNames: Readonly<Record<string, string>> = {
  querystring: 'query',
  params: 'path',
  body: 'body',
  headers: 'headers',
};

/** Turns every failure into the one error body, by the one table of codes. Whatever is no code of the API is masked. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!.slice(0, 200);
    return answerError(
      new OnewayError('NOT_FOUND', `There is no ${request.method} ${path}.`, { hint: 'See /docs for what there is.' }),
      request,
      reply,
    );
  });
}

export function answerError(
  error: FastifyError | OnewayError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const failure = failureOf(error);
  const status = errorCodes[failure.code].status;
  if (failure.code === 'INTERNAL') {
    request.log.error({ err: error, reqId: request.id }, 'request failed');
    return reply.code(status).send(
      bodyOf(request.id, {
        code: 'INTERNAL',
        message: 'The service failed to answer; the fault is ours.',
        hint: 'Give the request id to the operator: the log has the details under it.',
      }),
    );
  }
  request.log.debug({ code: failure.code, message: failure.message, reqId: request.id }, 'request refused');
  if (status === 503) reply.header('retry-after', '1');
  return reply.code(status).send(bodyOf(request.id, failure));
}

interface Failure {
  readonly code: ApiCode;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly field?: string | undefined;
}

function bodyOf(requestId: string, { code, message, hint, field }: Failure): ErrorBody {
  return {
    error: {
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(field === undefined ? {} : { field }),
      requestId,
    },
  };
}

function failureOf(error: FastifyError | OnewayError | Error): Failure {
  if (error instanceof OnewayError) {
    const code = apiCodes.find((known) => known === error.code);
    const { field } = error.details;
    return {
      code: code ?? 'INTERNAL',
      message: error.message,
      hint: error.hint,
      ...(typeof field === 'string' ? { field } : {}),
    };
  }
  if ('validation' in error && error.validation !== undefined) return invalid(error);
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  if (status === 413) {
    return {
      code: 'REQUEST_TOO_LARGE',
      message: 'The body is too large.',
      hint: 'Send less at once, in several requests; server.bodyKibibytes is the limit.',
    };
  }
  if (status === 415) {
    return {
      code: 'MEDIA_TYPE_UNSUPPORTED',
      message: 'The body is not of a supported type.',
      hint: 'Send JSON with content-type: application/json.',
    };
  }
  if (status === 503) return { code: 'NOT_READY', message: 'The service is stopping.' };
  if (status >= 400 && status < 500) {
    return { code: 'REQUEST_INVALID', message: `The request cannot be read: ${error.message}.`.replace(/\.\.$/, '.') };
  }
  return { code: 'INTERNAL', message: error.message };
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Names the first field at fault. */
function invalid(error: FastifyError): Failure {
  const part = partNames[error.validationContext ?? ''] ?? 'request';
  const found = (error.validation ?? []) as readonly SchemaError[];
  const unknown = found.find((entry) => entry.keyword === 'additionalProperties');
  if (unknown !== undefined) {
    const names = unknown.params?.additionalProperties;
    const path = dotted(part, unknown.instancePath);
    const field = `${path}.${String(Array.isArray(names) ? names[0] : '?').slice(0, 100)}`;
    return { code: 'REQUEST_INVALID', message: `${field} is unknown.`, hint: 'See /docs for what it takes.', field };
  }
  const missing = found.find((entry) => entry.keyword === 'required');
  if (missing !== undefined) {
    const names = missing.params?.requiredProperties;
    const field = `${dotted(part, missing.instancePath)}.${String(Array.isArray(names) ? names[0] : '?')}`;
    return { code: 'REQUEST_INVALID', message: `${field} is missing.`, hint: 'See /docs for what it takes.', field };
  }
  const first = found[0];
  const field = dotted(part, first?.instancePath ?? '');
  return {
    code: 'REQUEST_INVALID',
    message: `${field} ${first?.message ?? 'does not fit its schema'}.`,
    hint: 'See /docs for what it takes.',
    field,
  };
}

function dotted(part: string, pointer: string): string {
  return `${part}${pointer.replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')}`.slice(0, 200);
}

/** For bytes that are no HTTP request: there is no route yet, so the answer is written to the socket. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const failure: Failure = { code: 'REQUEST_INVALID', message: `This is not a readable HTTP request (${status}).` };
  const text = JSON.stringify(bodyOf('none', failure));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  );
}
