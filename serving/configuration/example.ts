import { configurationKeys, type KeySchema } from './keys.ts';
import { type ServingConfiguration, servingConfiguration } from './schema.ts';

const width = 118;

/** A configuration as commented JSON: each key with what it means, its default, range and environment variable. */
export function renderConfiguration(configuration: ServingConfiguration): string {
  const head = [
    '// The configuration of `oneway serve --config FILE`. Every key may be left out; its default then holds.',
    '// The environment counts more than the file, the command line more than both.',
  ];
  const body = renderTable(servingConfiguration as KeySchema, configuration, []);
  return `${[...head, ...body].join('\n')}\n`;
}

function renderTable(schema: KeySchema, table: Readonly<Record<string, unknown>>, path: readonly string[]): string[] {
  const indent = '  '.repeat(path.length + 1);
  const lines = ['{'];
  const entries = Object.entries(schema.properties ?? {});
  for (const [i, [name, inner]] of entries.entries()) {
    const place = [...path, name];
    const comma = i === entries.length - 1 ? '' : ',';
    if (inner.properties !== undefined) {
      if (i > 0) lines.push('');
      const [first, ...rest] = renderTable(inner, table[name] as Readonly<Record<string, unknown>>, place);
      lines.push(`${indent}${JSON.stringify(name)}: ${first}`, ...rest);
      lines[lines.length - 1] += comma;
      continue;
    }
    const { variable } = configurationKeys.find((key) => key.path.join() === place.join())!;
    for (const line of wrapped(inner.description ?? '', width - indent.length - 3)) lines.push(`${indent}// ${line}`);
    const facts = [`default ${JSON.stringify(inner.default)}`, rangeOf(inner), variable].filter((fact) => fact !== '');
    lines.push(`${indent}// ${facts.join(' · ')}`);
    lines.push(`${indent}${JSON.stringify(name)}: ${JSON.stringify(table[name])}${comma}`);
  }
  lines.push(`${'  '.repeat(path.length)}}`);
  return lines;
}

/** The values a key takes, in words; '' where any of its type will do. */
function rangeOf(schema: KeySchema): string {
  if (schema.anyOf !== undefined) {
    const inner = rangeOf(schema.anyOf.find(({ type }) => type !== 'null') ?? {});
    return inner === '' ? 'or null' : `${inner} or null`;
  }
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(', ');
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'array') return schema.items?.type === 'object' ? 'a list' : 'a list of texts';
  if (schema.type === 'string') return 'a text';
  const { minimum, maximum } = schema;
  const whole = schema.type === 'integer' ? 'whole, ' : '';
  if (minimum !== undefined && maximum !== undefined) return `${whole}${minimum} … ${maximum}`;
  return minimum === undefined ? whole.slice(0, -2) : `${whole}≥ ${minimum}`;
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
