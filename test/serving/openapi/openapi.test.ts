import { Validator } from '@seriousme/openapi-schema-validator';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../../serving/index.ts';
import { examples } from '../../../serving/openapi/examples.ts';
import { context } from '../../src/lookup/planted-release.ts';
import { temporaryWorkspace } from '../world.ts';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, Media> }>;
}

let document: {
  paths: Record<string, Record<string, Operation>>;
  tags: { name: string }[];
  components: { schemas: Record<string, object> };
};
let operations: { path: string; method: string; operation: Operation }[];

beforeAll(async () => {
  const { workspace, remove } = await temporaryWorkspace();
  const app = buildApp({ workspace: workspace.root, context, version: '1.2.3' });
  await app.ready();
  document = (await app.inject('/docs/json')).json();
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  await app.close();
  await remove();
});

/** A schema of the document with what it refers to, as TypeBox takes them. */
function checker(schema: object) {
  const named = (value: object) => JSON.parse(JSON.stringify(value).replaceAll('#/components/schemas/', '')) as TSchema;
  const all = Object.fromEntries(Object.entries(document.components.schemas).map(([name, one]) => [name, named(one)]));
  return Compile(all, named(schema));
}

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  test('says of every operation what it is, and of every status what it means', () => {
    const tags = document.tags.map(({ name }) => name);
    for (const { path, method, operation } of operations) {
      const at = `${method} ${path}`;
      expect(operation.operationId, at).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.summary, at).not.toBe('');
      for (const tag of operation.tags) expect(tags, at).toContain(tag);
      expect(Object.keys(operation.responses), at).toEqual(expect.arrayContaining(['200', '400', '500']));
      if (operation.security !== undefined) {
        expect(Object.keys(operation.responses), at).toEqual(expect.arrayContaining(['401', '403', '429', '503']));
      }
      if (operation.requestBody !== undefined) {
        expect(operation.requestBody.required, at).toBe(true);
        expect(Object.keys(operation.responses), at).toEqual(expect.arrayContaining(['413', '415']));
      }
      for (const [status, { description }] of Object.entries(operation.responses)) {
        expect(description, `${at} ${status}`).not.toMatch(/^(Default Response)?$/);
      }
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has an example of every request and every answer, each of which fits its schema', () => {
    for (const { operation } of operations) {
      const { operationId, requestBody, responses } = operation;
      expect(examples, operationId).toHaveProperty(operationId);
      const bodies = Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Object.values(content).map((media) => [`${operationId} ${status}`, media] as const),
      );
      for (const media of Object.values(requestBody?.content ?? {})) bodies.push([`${operationId} request`, media]);
      for (const [at, { schema, example }] of bodies) {
        expect(example, at).toBeDefined();
        const check = checker(schema);
        expect([at, ...check.Errors(example)]).toEqual([at]);
        expect(check.Check(example), at).toBe(true);
      }
    }
    expect(Object.keys(examples).sort()).toEqual(operations.map(({ operation }) => operation.operationId).sort());
  });
});
