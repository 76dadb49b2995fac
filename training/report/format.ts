/** Numbers with their units, the same on every machine: no locale, no time zone. */
import type { Figure } from './types.ts';

export const notMeasured = 'not measured';

const space = '\u00a0';

export function isMeasured(value: Figure | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** 541909 → "541,909"; fractions are rounded. */
export function count(value: Figure | undefined): string {
  if (!isMeasured(value)) return notMeasured;
  const digits = String(Math.abs(Math.round(value)));
  if (digits.includes('e')) return value.toExponential(2);
  return (value <= -0.5 ? '−' : '') + digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 product", "2,000 products". */
export function counted(value: Figure | undefined, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 0.312 → "31.2 %". What is not all, or not nothing, is never rounded to it: "> 99.9 %", "< 0.1 %". */
export function share(value: Figure | undefined, digits = 1): string {
  if (!isMeasured(value)) return notMeasured;
  const step = 10 ** -digits;
  const percent = value * 100;
  if (percent < 100 && percent >= 100 - step / 2) return `>${space}${fixed(100 - step, digits)}${space}%`;
  if (percent > 0 && percent < step / 2) return `<${space}${fixed(step, digits)}${space}%`;
  return `${fixed(percent, digits)}${space}%`;
}

/** part of whole in per cent; "not measured" when the whole is 0. */
export function shareOf(part: Figure | undefined, whole: number): string {
  return isMeasured(part) && whole > 0 ? share(part / whole) : notMeasured;
}

export function decimal(value: Figure | undefined, digits = 3): string {
  return isMeasured(value) ? fixed(value, digits) : notMeasured;
}

/** Small and large alike, three significant digits: learning rates, losses. */
export function significant(value: Figure | undefined, digits = 3): string {
  if (!isMeasured(value)) return notMeasured;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return minus(value.toExponential(digits - 1));
  return minus(String(Number(value.toPrecision(digits))));
}

/** A setting, not a measurement: as it stands, without grouping. */
export function setting(value: Figure | undefined): string {
  return isMeasured(value) ? minus(String(value)) : 'unknown';
}

/** 1.1234 → "1.12 ×". */
export function ratio(value: Figure | undefined): string {
  return isMeasured(value) ? `${fixed(value, 2)}${space}×` : notMeasured;
}

export function duration(seconds: Figure | undefined): string {
  if (!isMeasured(seconds)) return notMeasured;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)}${space}ms`;
  if (seconds < 119.95) return `${fixed(seconds, 1)}${space}s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return `${count(hours)}${space}h ${minutes}${space}min`;
  return `${minutes}${space}min ${whole % 60}${space}s`;
}

export function microseconds(value: Figure | undefined): string {
  if (!isMeasured(value)) return notMeasured;
  return value < 999.5 ? `${fixed(value, value < 10 ? 1 : 0)}${space}µs` : `${fixed(value / 1000, 2)}${space}ms`;
}

export function bytes(value: Figure | undefined): string {
  if (!isMeasured(value)) return notMeasured;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1023.95 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? count(size) : fixed(size, 1)}${space}${units[unit]!}`;
}

/** "2010-12-01T08:26:00Z" → "2010-12-01 08:26 UTC"; what is no ISO date stays as it is. */
export function moment(iso: string | null): string {
  if (iso === null || iso === '') return notMeasured;
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?/.exec(iso);
  if (match === null) return iso;
  return match[2] === undefined ? match[1]! : `${match[1]!} ${match[2]} UTC`;
}

/** At most `length` characters (code points), with an ellipsis where cut. */
export function shorten(text: string, length: number): string {
  const points = Array.from(text.slice(0, length * 2 + 2));
  return points.length > length ? `${points.slice(0, length - 1).join('')}…` : text;
}

/** A range of degrees: "0", "1–2", "33+". */
export function bucketLabel(bucket: { readonly from: number; readonly to: number | null }): string {
  const from = setting(bucket.from);
  if (bucket.to === null) return `${from}+`;
  return bucket.from === bucket.to ? from : `${from}–${setting(bucket.to)}`;
}

/** "a, b and c". */
export function listing(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;
}

function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return minus(Number(text) === 0 ? text.replace('-', '') : text);
}

function minus(text: string): string {
  return text.replace('-', '−').replace('e−', 'e-');
}
