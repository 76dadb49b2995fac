/** A JSON table, as rules are. */
type Table = Readonly<Record<string, unknown>>;

/** Rules that shops ask for most, each with what it needs to be told. */
export type Preset =
  | { readonly kind: 'stock'; readonly atLeast: number }
  | { readonly kind: 'price'; readonly atMost: number }
  | { readonly kind: 'cheaper'; readonly share: number }
  | { readonly kind: 'notCategory'; readonly path: readonly string[] }
  | { readonly kind: 'onlyCategory'; readonly path: readonly string[] }
  | { readonly kind: 'otherBrands' }
  | { readonly kind: 'perCategory'; readonly atMost: number }
  | { readonly kind: 'variety'; readonly mmr: number }
  | { readonly kind: 'exclude'; readonly id: string }
  | { readonly kind: 'pin'; readonly id: string };

/** Rules with a preset laid over them: what they said before stays, but for the preset's own key. @param rules as they are; whatever is no table counts as none */
export function withPreset(rules: unknown, preset: Preset): Table {
  const whole = tableOf(rules);
  const filter = tableOf(whole.filter);
  const hide = tableOf(whole.hide);
  const diversity = tableOf(whole.diversity);
  switch (preset.kind) {
    case 'stock':
      return { ...whole, filter: { ...filter, stock: { atLeast: preset.atLeast } } };
    case 'price':
      return { ...whole, filter: { ...filter, price: { ...tableOf(filter.price), atMost: preset.atMost } } };
    case 'cheaper':
      return { ...whole, filter: { ...filter, price: { ...tableOf(filter.price), atMostQuery: preset.share } } };
    case 'notCategory':
      return { ...whole, hide: alsoHidden(hide, { category: { under: preset.path } }) };
    case 'onlyCategory':
      return { ...whole, filter: { ...filter, category: { under: preset.path } } };
    case 'otherBrands':
      return { ...whole, filter: { ...filter, brand: { sameAsQuery: false } } };
    case 'perCategory':
      return { ...whole, diversity: { ...diversity, perCategory: { atMost: preset.atMost } } };
    case 'variety':
      return { ...whole, diversity: { ...diversity, mmr: preset.mmr } };
    case 'exclude':
      return { ...whole, exclude: [...new Set([...listOf(whole.exclude), preset.id])] };
    case 'pin': {
      const pins = listOf(whole.pin).filter((pin) => tableOf(pin).id !== preset.id);
      const taken = new Set(pins.map((pin) => tableOf(pin).position));
      let position = 1;
      while (taken.has(position)) position++;
      return { ...whole, pin: [...pins, { id: preset.id, position }] };
    }
  }
}

/** Hides what met the filter before, and what meets the other too. */
function alsoHidden(hide: Table, other: Table): Table {
  const parts =
    'any' in hide && Object.keys(hide).length === 1 ? listOf(hide.any) : Object.keys(hide).length === 0 ? [] : [hide];
  const key = JSON.stringify(other);
  if (parts.some((part) => JSON.stringify(part) === key)) return hide;
  return parts.length === 0 ? other : { any: [...parts, other] };
}

const scalar = String.raw`(?:"(?:[^"\\]|\\.)*"|-?[\d.]+)`;
/** A list of nothing but texts and numbers over several lines. No text in JSON holds a line break, so nothing inside one is met. */
const shortList = new RegExp(String.raw`\[\n\s*(${scalar}(?:,\n\s*${scalar})*)\n\s*\]`, 'g');

/** Rules as the editor shows them; lists of texts and numbers stay on their line. */
export function textOfRules(rules: Table): string {
  if (Object.keys(rules).length === 0) return '';
  const text = JSON.stringify(rules, null, 2);
  return text.replaceAll(shortList, (_all, inner: string) => `[${inner.replaceAll(/,\n\s*/g, ', ')}]`);
}

/** The rules of a text; undefined for an empty one. @throws SyntaxError for a text that is no JSON. */
export function rulesOfText(text: string): unknown {
  return text.trim() === '' ? undefined : (JSON.parse(text) as unknown);
}

function tableOf(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
