export type FileFormat = 'csv' | 'tsv' | 'json-lines' | 'parquet';

/** Format by a file's ending, or null. */
export function formatOf(path: string): FileFormat | null {
  const name = path.toLowerCase().replace(/\.gz$/, '');
  if (/\.(csv|txt)$/.test(name)) return 'csv';
  if (/\.(tsv|tab)$/.test(name)) return 'tsv';
  if (/\.(jsonl|ndjson|json)$/.test(name)) return 'json-lines';
  if (/\.(parquet|pq)$/.test(name)) return 'parquet';
  return null;
}

const delimiters = [',', ';', '\t', '|'] as const;

/** Splits a header line. In a CSV the separator is the one of , ; tab | that stands in it most often. */
export function splitHeader(
  line: string,
  format: 'csv' | 'tsv' | 'parquet',
): { names: readonly string[]; delimiter: number } {
  let delimiter: string = format === 'tsv' ? '\t' : ',';
  if (format !== 'tsv') {
    const bare = line.replaceAll(/"[^"]*"/g, '');
    for (const candidate of delimiters) {
      if (bare.split(candidate).length > bare.split(delimiter).length) delimiter = candidate;
    }
  }
  const names: string[] = [];
  let field = '';
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      names.push(field.trim());
      field = '';
    } else field += character;
  }
  names.push(field.trim());
  return { names, delimiter: delimiter.charCodeAt(0) };
}
