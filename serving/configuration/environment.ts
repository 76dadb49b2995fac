import { OnewayError } from '../../src/errors.ts';
import { configurationKeys, type KeySchema } from './keys.ts';

const sections = new Set(
  configurationKeys.filter(({ path }) => path.length > 1).map(({ variable }) => sectionOf(variable)),
);

/**
 * What the environment sets, as a table to lay over a configuration. Lists are separated by commas, or JSON; `null` is null.
 * Variables of other programs are none of ours: Kubernetes itself sets `ONEWAY_SERVICE_HOST` for a service of that name.
 * @throws OnewayError `CONFIGURATION_INVALID` for a variable that begins like a section of ours and names no key, or whose text is of another type.
 */
export function configurationOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const { path, variable, schema } of configurationKeys) {
    known.add(variable);
    const text = environment[variable];
    if (text === undefined || text === '') continue;
    let table = given;
    for (const name of path.slice(0, -1)) {
      table[name] ??= {};
      table = table[name] as Record<string, unknown>;
    }
    table[path.at(-1)!] = parsed(text, schema, variable);
  }
  for (const variable of Object.keys(environment)) {
    if (known.has(variable) || !sections.has(sectionOf(variable))) continue;
    throw new OnewayError('CONFIGURATION_INVALID', `The environment variable ${variable} sets nothing.`, {
      hint: `Known ones there: ${[...known].filter((name) => sectionOf(name) === sectionOf(variable)).join(', ')}.`,
      details: { variable },
    });
  }
  return given;
}

/** `ONEWAY_RATE_LIMIT_SECONDS` is of the section that its first key of the schema is of. */
function sectionOf(variable: string): string {
  return variable.split('_').slice(0, 2).join('_');
}

function parsed(text: string, schema: KeySchema, variable: string): unknown {
  if (schema.anyOf !== undefined) {
    if (text === 'null') return null;
    return parsed(text, schema.anyOf.find(({ type }) => type !== 'null') ?? {}, variable);
  }
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const value = Number(text);
      if (Number.isFinite(value)) return value;
      throw wrong(variable, text, 'a number');
    }
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw wrong(variable, text, 'true or false');
    case 'array':
      if (!text.trimStart().startsWith('[')) return text.split(',').map((item) => item.trim());
      try {
        return JSON.parse(text);
      } catch {
        throw wrong(variable, null, 'a list in JSON');
      }
    default:
      return text;
  }
}

function wrong(variable: string, text: string | null, wanted: string): OnewayError {
  const found = text === null ? '' : `, not ${JSON.stringify(text)}`;
  return new OnewayError('CONFIGURATION_INVALID', `The environment variable ${variable} must be ${wanted}${found}.`, {
    hint: text?.startsWith('tcp://')
      ? 'Kubernetes set it for a service of that name; give the pod enableServiceLinks: false.'
      : 'oneway serve --print-configuration shows every key with its variable.',
    details: { variable },
  });
}
