/** A stretch of a text, `end` not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is wrong with rules, and where in their text. */
export interface Fault {
  readonly message: string;
  /** Where in the text; null when that cannot be told. */
  readonly span: Span | null;
}

/** What stands at each path of a JSON text: the key with its value's span, by path such as `filter.any.0.price`. */
type Spans = ReadonlyMap<string, { readonly key: Span | null; readonly value: Span }>;

class Reader {
  readonly #text: string;
  #at = 0;
  readonly #spans = new Map<string, { key: Span | null; value: Span }>();

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws Fault for the first thing that is no JSON. */
  read(): Spans {
    this.#value([], null);
    this.#space();
    if (this.#at < this.#text.length) this.#fail('nothing may follow the closing brace');
    return this.#spans;
  }

  #value(path: readonly string[], key: Span | null): void {
    this.#space();
    if (path.length > 200) this.#fail('it is nested too deeply');
    const start = this.#at;
    const first = this.#text[start];
    if (first === '{') this.#members(path);
    else if (first === '[') this.#elements(path);
    else if (first === '"') this.#string();
    else this.#word();
    this.#spans.set(path.join('.'), { key, value: { start, end: this.#at } });
  }

  #members(path: readonly string[]): void {
    this.#at++;
    if (this.#next() === '}') {
      this.#at++;
      return;
    }
    for (;;) {
      this.#space();
      const start = this.#at;
      if (this.#text[start] !== '"')
        this.#fail(this.#text[start] === '}' ? 'there is a comma too many' : 'a key in double quotes is missing');
      const key = this.#string();
      const span = { start, end: this.#at };
      if (this.#next() !== ':') this.#fail('a colon is missing');
      this.#at++;
      this.#value([...path, key], span);
      const after = this.#next();
      if (after === '}') break;
      if (after !== ',') this.#fail('a comma or a closing brace is missing');
      this.#at++;
    }
    this.#at++;
  }

  #elements(path: readonly string[]): void {
    this.#at++;
    if (this.#next() === ']') {
      this.#at++;
      return;
    }
    for (let i = 0; ; i++) {
      if (this.#next() === ']') this.#fail('there is a comma too many');
      this.#value([...path, String(i)], null);
      const after = this.#next();
      if (after === ']') break;
      if (after !== ',') this.#fail('a comma or a closing bracket is missing');
      this.#at++;
    }
    this.#at++;
  }

  #string(): string {
    const found = /"(?:[^"\\]|\\.)*"/sy;
    found.lastIndex = this.#at;
    const match = found.exec(this.#text);
    if (match === null) return this.#fail('a text does not end');
    try {
      const text = JSON.parse(match[0]) as string;
      this.#at += match[0].length;
      return text;
    } catch {
      return this.#fail('a text holds what must be escaped');
    }
  }

  #word(): void {
    const found = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    found.lastIndex = this.#at;
    const match = found.exec(this.#text);
    if (match === null) {
      this.#fail(this.#at >= this.#text.length ? 'it ends too early' : 'a value is missing');
    }
    this.#at += match[0].length;
  }

  #next(): string | undefined {
    this.#space();
    return this.#text[this.#at];
  }

  #space(): void {
    while (/[ \t\n\r]/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #fail(what: string): never {
    const start = Math.min(this.#at, Math.max(0, this.#text.length - 1));
    throw { message: `This is not JSON: ${what}.`, span: { start, end: start + 1 } } satisfies Fault;
  }
}

/** What is wrong with a text as JSON; null when nothing is. */
export function faultOfText(text: string): Fault | null {
  try {
    new Reader(text).read();
    return null;
  } catch (fault) {
    return fault as Fault;
  }
}

/**
 * Where in a JSON text stands what an error of the service names, such as `body.rules.filter.any.1.price.below`: the value there; of an unknown key, the key;
 * of a missing one, what it is missing from.
 */
export function faultOfField(text: string, field: string, message: string): Fault {
  const path = field.replace(/^(?:body|query)\.rules\.?/, '');
  const said = message
    .replaceAll(/\b(?:body|query)\.rules\.?/g, '')
    .replace(/^ is /, 'The rules are ')
    .replace(/^ must /, 'The rules must ');
  let spans: Spans;
  try {
    spans = new Reader(text).read();
  } catch {
    return { message: said, span: null };
  }
  for (let names = path === '' ? [] : path.split('.'); ; names = names.slice(0, -1)) {
    const found = spans.get(names.join('.'));
    if (found !== undefined) {
      const isKeyMeant = /is unknown\.$/.test(message) || names.join('.') !== path;
      return { message: said, span: isKeyMeant && found.key !== null ? found.key : found.value };
    }
    if (names.length === 0) return { message: said, span: null };
  }
}

/** Line and column of a place in a text, from 1. */
export function lineOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
