import Type from 'typebox';
import { expect, test } from 'vitest';
import { compileValidator } from '../../serving/validation.ts';

const schema = Type.Object(
  {
    k: Type.Integer({ minimum: 1, maximum: 200, default: 10 }),
    share: Type.Optional(Type.Number()),
    on: Type.Boolean({ default: true }),
    text: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
const route = { schema, method: 'GET', url: '/' };
const query = compileValidator({ ...route, httpPart: 'querystring' });
const body = compileValidator({ ...route, httpPart: 'body' });

/** A parsed query string: no prototype, all text. */
const parsed = (entries: Record<string, unknown>): unknown => Object.assign(Object.create(null), entries);

test('text of a URL becomes what the schema asks for, and defaults are filled in', () => {
  expect(query(parsed({}))).toEqual({ value: { k: 10, on: true } });
  expect(query(parsed({ k: '5', share: '-2.5e1', on: 'false', text: '7' }))).toEqual({
    value: { k: 5, share: -25, on: false, text: '7' },
  });
});

test.each([
  [{ k: '0' }, '/k'],
  [{ k: '201' }, '/k'],
  [{ k: '1.5' }, '/k'],
  [{ k: '' }, '/k'],
  [{ k: ' 5' }, '/k'],
  [{ k: '0x10' }, '/k'],
  [{ k: 'Infinity' }, '/k'],
  [{ k: ['1', '2'] }, '/k'],
  [{ share: '1e999' }, '/share'],
  [{ share: 'NaN' }, '/share'],
  [{ on: '1' }, '/on'],
  [{ on: '' }, '/on'],
  [{ other: '1' }, '/other'],
])('%o is refused, not bent into shape', (entries, pointer) => {
  const found = query(parsed(entries)) as { error?: readonly { instancePath: string }[] };
  expect(found.error?.[0]?.instancePath).toBe(pointer);
});

test('bodies are never coerced', () => {
  expect(body({ k: 5 })).toEqual({ value: { k: 5, on: true } });
  for (const value of [{ k: '5' }, { on: 'true' }, null, 'text', [], 5, undefined]) {
    expect(body(value)).toHaveProperty('error');
  }
});
