import Type, { type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type ErrorCode, OnewayError } from '../errors.ts';
import {
  type Filter,
  largestFilterDepth,
  largestFilterSize,
  type RuleSet,
  type Rules,
  ruleReferences,
  ruleSetSchema,
  rulesSchema,
} from './schema.ts';

/** Nesting of JSON under which a check by recursion is safe; rules of the largest filter depth have less. */
const largestNesting = 64;

const checks = {
  rules: Compile(ruleReferences, rulesSchema),
  ruleSets: Compile(ruleReferences, Type.Array(Type.Unsafe<RuleSet>(ruleSetSchema as TSchema), { maxItems: 500 })),
};

/**
 * A value as rules.
 * @param where its name in messages, such as `query.rules`
 * @throws OnewayError with `code`, naming the path of the first thing that is wrong (`details.field`).
 */
export function checkRules(value: unknown, where = 'rules', code: ErrorCode = 'REQUEST_INVALID'): Rules {
  checkShape(checks.rules, value, where, code);
  const rules = value as Rules;
  checkFilters(rules, where, code);
  return rules;
}

/**
 * A value as the named rule sets of a configuration.
 * @throws OnewayError `CONFIGURATION_INVALID` naming the path of the first thing that is wrong, or an id that occurs twice.
 */
export function checkRuleSets(value: unknown, where = 'ruleSets'): readonly RuleSet[] {
  checkShape(checks.ruleSets, value, where, 'CONFIGURATION_INVALID');
  const sets = value as readonly RuleSet[];
  const seen = new Set<string>();
  sets.forEach((set, i) => {
    if (seen.has(set.id))
      throw invalid(`${where}.${i}.id`, `is ${JSON.stringify(set.id)} again`, 'CONFIGURATION_INVALID');
    seen.add(set.id);
    checkFilters(set.rules, `${where}.${i}.rules`, 'CONFIGURATION_INVALID');
  });
  return sets;
}

/** Depth and size of every filter of rules that fit their schema. @throws OnewayError as {@link checkRules}. */
export function checkFilters(rules: Rules, where: string, code: ErrorCode): void {
  if (rules.filter !== undefined) checkFilter(rules.filter, `${where}.filter`, code);
  if (rules.hide !== undefined) checkFilter(rules.hide, `${where}.hide`, code);
  rules.boost?.forEach(({ when }, i) => {
    checkFilter(when, `${where}.boost.${i}.when`, code);
  });
}

function checkFilter(filter: Filter, where: string, code: ErrorCode): void {
  let size = 0;
  const visit = (part: Filter, path: string, depth: number): void => {
    if (depth > largestFilterDepth) throw invalid(path, `is nested deeper than ${largestFilterDepth}`, code);
    size += Object.keys(part).length + Object.keys(part.attributes ?? {}).length;
    if (size > largestFilterSize)
      throw invalid(path, `makes the filter larger than ${largestFilterSize} conditions`, code);
    part.all?.forEach((inner, i) => {
      visit(inner, `${path}.all.${i}`, depth + 1);
    });
    part.any?.forEach((inner, i) => {
      visit(inner, `${path}.any.${i}`, depth + 1);
    });
    if (part.not !== undefined) visit(part.not, `${path}.not`, depth + 1);
  };
  visit(filter, where, 1);
}

interface Checker {
  Check(value: unknown): boolean;
  Errors(value: unknown): readonly unknown[];
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: {
    readonly additionalProperties?: readonly string[];
    readonly requiredProperties?: readonly string[];
  };
}

function checkShape(checker: Checker, value: unknown, where: string, code: ErrorCode): void {
  if (isDeeper(value, largestNesting)) throw invalid(where, `is nested deeper than ${largestNesting} levels`, code);
  if (checker.Check(value)) return;
  const errors = checker.Errors(value) as readonly SchemaError[];
  const unknown = errors.find((error) => error.keyword === 'additionalProperties');
  if (unknown !== undefined) {
    const key = (unknown.params.additionalProperties?.[0] ?? '?').slice(0, 100);
    throw invalid(`${where}${dotted(unknown.instancePath)}.${key}`, 'is unknown', code);
  }
  const missing = errors.find((error) => error.keyword === 'required');
  if (missing !== undefined) {
    throw invalid(
      `${where}${dotted(missing.instancePath)}.${missing.params.requiredProperties?.[0]}`,
      'is missing',
      code,
    );
  }
  const first = errors[0];
  throw invalid(`${where}${dotted(first?.instancePath ?? '')}`, first?.message ?? 'does not fit its schema', code);
}

function dotted(pointer: string): string {
  return pointer.replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 300);
}

function invalid(field: string, what: string, code: ErrorCode): OnewayError {
  return new OnewayError(code, `${field} ${what}.`, {
    hint: 'docs/rules.md has the language of rules and filters.',
    details: { field },
  });
}

/** Without recursion, so that no input is too deep to be told so. */
export function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    const next: unknown[] = [];
    for (const entry of level) {
      if (typeof entry === 'object' && entry !== null) for (const inner of Object.values(entry)) next.push(inner);
    }
    level = next;
  }
  return false;
}
