import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultOfField, faultOfText, lineOf } from '../../../serving/explorer/logic/json-place.ts';
import { type Preset, rulesOfText, textOfRules, withPreset } from '../../../serving/explorer/logic/presets.ts';
import { OnewayError } from '../../../src/errors.ts';
import { checkRules } from '../../../src/rules/index.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('a fault of JSON', () => {
  test('is found where JSON.parse finds one, and only there', () => {
    const text = fc.json({ maxDepth: 4 });
    const hurt = fc
      .tuple(text, fc.nat(), fc.constantFrom('', ',', '"', '{', ']', ':', '\\', 'x', '\n', '0'))
      .map(([whole, at, put]) => {
        const i = at % (whole.length + 1);
        return `${whole.slice(0, i)}${put}${whole.slice(i + (put === '' ? 1 : 0))}`;
      });
    fc.assert(
      fc.property(fc.oneof(text, hurt, fc.string()), (given) => {
        const fault = faultOfText(given);
        expect(fault === null, JSON.stringify(given)).toBe(isJson(given));
        if (fault?.span == null) return;
        expect(fault.span.start).toBeGreaterThanOrEqual(0);
        expect(fault.span.start).toBeLessThanOrEqual(given.length);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['{ "filter": { }, }', 'comma too many', '}'],
    ['{ filter: 1 }', 'double quotes', 'f'],
    ['{ "a" 1 }', 'colon', '1'],
    ['[1 2]', 'comma or a closing bracket', '2'],
    ['{ "a": }', 'value is missing', '}'],
    ['{ "a": "b }', 'does not end', '"'],
    ['{ "a": 1 } x', 'nothing may follow', 'x'],
  ])('in %j', (text, words, at) => {
    const fault = faultOfText(text)!;
    expect(fault.message).toContain(words);
    expect(text.slice(fault.span!.start, fault.span!.end)).toBe(at);
  });

  test('is found without a stack, however deep', () => {
    expect(faultOfText('['.repeat(100_000))?.message).toContain('too deeply');
  });

  test('has a line and a column', () => {
    expect(lineOf('a\nbc\nd', 3)).toEqual({ line: 2, column: 2 });
    expect(lineOf('', 0)).toEqual({ line: 1, column: 1 });
  });
});

describe('a fault of the schema', () => {
  /** What the service says of rules, put where it is in their text. */
  const marked = (text: string): string => {
    try {
      checkRules(JSON.parse(text), 'body.rules');
    } catch (error) {
      if (!(error instanceof OnewayError)) throw error;
      const { span, message } = faultOfField(text, error.details.field as string, error.message);
      expect(message).not.toContain('body.');
      return span === null ? '' : text.slice(span.start, span.end);
    }
    throw new Error('The rules are good.');
  };

  test.each([
    ['{ "filter": { "price": { "atMost": "cheap" } } }', '"cheap"'],
    ['{ "filter": { "any": [{}, { "price": { "below": "x" } }] } }', '{}'],
    ['{ "filter": { "any": [{ "id": { "in": ["a"] } }, { "price": { "below": [1] } }] } }', '[1]'],
    ['{ "filters": {} }', '"filters"'],
    ['{ "diversity": { "perCategory": { "level": 1 } } }', '"perCategory"'],
    ['{ "diversity": { "mmr": 2 } }', '2'],
    ['{ "pin": [{ "id": "a", "position": 0 }] }', '0'],
    ['[]', '[]'],
  ])('of %s is at %s', (text, at) => {
    expect(marked(text)).toBe(at);
  });

  test('of a text that is no JSON by now has no place', () => {
    expect(faultOfField('{', 'body.rules.pin', 'body.rules.pin is wrong.').span).toBeNull();
    expect(faultOfField('{}', 'body.rules', 'body.rules is wrong.')).toEqual({
      message: 'The rules are wrong.',
      span: { start: 0, end: 2 },
    });
  });
});

const preset: fc.Arbitrary<Preset> = fc.oneof(
  fc.record({ kind: fc.constant('stock' as const), atLeast: fc.nat(100) }),
  fc.record({ kind: fc.constant('price' as const), atMost: fc.nat(1000) }),
  fc.record({ kind: fc.constant('cheaper' as const), share: fc.constant(1) }),
  fc.record({
    kind: fc.constantFrom('notCategory' as const, 'onlyCategory' as const),
    path: fc.array(fc.string({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 4 }),
  }),
  fc.constant({ kind: 'otherBrands' as const }),
  fc.record({ kind: fc.constant('perCategory' as const), atMost: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ kind: fc.constant('variety' as const), mmr: fc.constant(0.4) }),
  fc.record({ kind: fc.constantFrom('exclude' as const, 'pin' as const), id: fc.constantFrom('a', 'b', 'c "d"') }),
);

describe('presets', () => {
  test('laid over one another are always good rules, and survive the editor', () => {
    fc.assert(
      fc.property(fc.array(preset, { maxLength: 8 }), (given) => {
        const rules = given.reduce<unknown>(withPreset, {});
        expect(() => checkRules(rules)).not.toThrow();
        expect(rulesOfText(textOfRules(rules as Readonly<Record<string, unknown>>)) ?? {}).toEqual(rules);
      }),
    );
  });

  test('say no more when laid again', () => {
    fc.assert(
      fc.property(preset, (given) => {
        const once = withPreset({}, given);
        expect(withPreset(once, given)).toEqual(once);
      }),
    );
  });

  test('keep what was said before', () => {
    const rules = withPreset(
      { filter: { brand: { known: true } }, hide: { id: { in: ['x'] } } },
      {
        kind: 'notCategory',
        path: ['Phones'],
      },
    );
    expect(rules).toEqual({
      filter: { brand: { known: true } },
      hide: { any: [{ id: { in: ['x'] } }, { category: { under: ['Phones'] } }] },
    });
    const pinned = withPreset({ pin: [{ id: 'a', position: 1 }] }, { kind: 'pin', id: 'b' });
    expect(pinned.pin).toEqual([
      { id: 'a', position: 1 },
      { id: 'b', position: 2 },
    ]);
  });

  test('make nothing of what is no table', () => {
    for (const odd of [null, 3, 'x', [1], undefined]) {
      expect(withPreset(odd, { kind: 'stock', atLeast: 1 })).toEqual({ filter: { stock: { atLeast: 1 } } });
    }
    expect(textOfRules({})).toBe('');
    expect(rulesOfText('  ')).toBeUndefined();
  });
});
