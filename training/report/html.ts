/** Markup that is escaped unless it was built here: the only way text reaches the report. */

/** Trusted markup. Made by {@link html} and {@link trusted} alone. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Content = Markup | string | number | null | undefined | false | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes for text and for quoted attributes. Control characters become their pictures, lone surrogates U+FFFD. */
export function escapeHtml(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => entities[character]!)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be shown instead of sent
      .replace(/[\u0000-\u0008\u000b-\u001f]/g, (character) => String.fromCharCode(0x2400 + character.charCodeAt(0)))
      .replace(/[\u007f-\u009f\p{Surrogate}\ufffe\uffff]/gu, '\ufffd')
  );
}

/** Template tag: every interpolated string is escaped, markup and arrays of markup are kept; null, undefined and false vanish. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = strings[0]!;
  for (let i = 0; i < values.length; i++) text += serialise(values[i]) + strings[i + 1]!;
  return new Markup(text);
}

/** Takes a string over as markup; for what a drawing library has escaped itself. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function serialise(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return value.map(serialise).join('');
}
