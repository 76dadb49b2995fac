import { errorCodes } from '../../src/errors.ts';
import { type ApiCode, apiCodes } from '../schemas/common.ts';
import { examples } from './examples.ts';

interface Schema {
  required?: string[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

interface MediaType {
  example?: unknown;
  readonly schema?: Schema;
}

interface Parameter {
  readonly name: string;
  required?: boolean;
  example?: unknown;
  readonly schema?: Schema;
}

interface Response {
  description?: string;
  content?: Record<string, MediaType>;
}

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { required?: boolean; readonly content?: Record<string, MediaType> };
  readonly responses?: Record<string, Response>;
}

/** The parts of an OpenAPI document that are completed here. */
export interface Completable {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const parameters: Readonly<Record<string, unknown>> = {
  k: 10,
  id: 'phone-0012',
  name: 'new-model',
  search: 'phone case',
};

/** Gives a document what routes do not say themselves: what each status means, with the codes that stand for it, and examples. In place. */
export function completeDocument(document: Completable): void {
  for (const methods of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(methods)) completeOperation(operation);
  }
}

function completeOperation(operation: Operation): void {
  const found = examples[operation.operationId ?? ''];
  if (operation.requestBody !== undefined) {
    operation.requestBody.required = true;
    for (const media of Object.values(operation.requestBody.content ?? {})) {
      media.example = found?.request;
      if (media.schema !== undefined) requireLess(media.schema);
    }
  }
  for (const parameter of operation.parameters ?? []) {
    if (parameter.schema?.default !== undefined) parameter.required = false;
    if (Object.hasOwn(parameters, parameter.name)) parameter.example = parameters[parameter.name];
  }
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    if (status === '200') {
      if (response.description === 'Default Response') response.description = 'Done.';
      for (const media of Object.values(response.content ?? {})) media.example = found?.answer;
      continue;
    }
    const codes = codesOf(Number(status));
    response.description = codes.map((code) => `\`${code}\`: ${errorCodes[code].meaning}`).join(' ');
    for (const media of Object.values(response.content ?? {})) media.example = errorExample(codes[0]);
  }
}

/** What has a default need not be sent: it is filled in before the check, which the schema itself cannot say. */
function requireLess(schema: Schema): void {
  const { properties = {}, required } = schema;
  if (required !== undefined) schema.required = required.filter((name) => properties[name]?.default === undefined);
  for (const inner of Object.values(properties)) requireLess(inner);
  if (schema.items !== undefined) requireLess(schema.items);
}

function codesOf(status: number): readonly ApiCode[] {
  return apiCodes.filter((code) => errorCodes[code].status === status);
}

function errorExample(code: ApiCode | undefined): unknown {
  if (code === undefined) return undefined;
  return {
    error: { code, message: errorCodes[code].meaning, requestId: '0ba129de-9a56-4e69-941a-5ff3bb9f2228' },
  };
}
