import { OnewayError } from '../errors.ts';
import { areBelow, areOffsets } from '../storage/index.ts';
import { featureHash } from './hash.ts';

/**
 * Many texts in three typed arrays: nothing for the garbage collector to visit, and handed from thread to thread without a copy.
 * Any JavaScript string comes back as it was, lone surrogates too.
 */
export interface TextColumn {
  /** Shape [count + 1]: text i stands at bytes[offsets[i] … offsets[i+1]). */
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
  /** Shape [count]: 1 where a code unit has two bytes (UTF-16), 0 where it has one (Latin-1). */
  readonly wide: Uint8Array;
}

const longestColumn = 2 ** 32 - 1;
const beyondLatin1 = /[^\0-\xff]/;

/** Grows a {@link TextColumn}. */
export class TextColumnBuilder {
  #bytes = Buffer.allocUnsafeSlow(1 << 16);
  #length = 0;
  readonly #ends: number[] = [0];
  readonly #wide: number[] = [];

  /** @throws OnewayError `CATALOGUE_INVALID` beyond 4 GiB of text. */
  add(text: string): void {
    const wide = beyondLatin1.test(text);
    const end = this.#length + (wide ? 2 * text.length : text.length);
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.write(text, this.#length, wide ? 'utf16le' : 'latin1');
    this.#length = end;
    this.#ends.push(end);
    this.#wide.push(wide ? 1 : 0);
  }

  done(): TextColumn {
    return {
      offsets: Uint32Array.from(this.#ends),
      bytes: Uint8Array.from(this.#bytes.subarray(0, this.#length)),
      wide: Uint8Array.from(this.#wide),
    };
  }

  #grow(needed: number): void {
    if (needed > longestColumn) {
      throw new OnewayError('CATALOGUE_INVALID', 'One field of all products together has more than 4 GiB of text.', {
        hint: 'Shorten the descriptions.',
      });
    }
    const longer = Buffer.allocUnsafeSlow(Math.min(longestColumn, Math.max(needed, 2 * this.#bytes.length)));
    this.#bytes.copy(longer, 0, 0, this.#length);
    this.#bytes = longer;
  }
}

export function textColumn(texts: Iterable<string>): TextColumn {
  const builder = new TextColumnBuilder();
  for (const text of texts) builder.add(text);
  return builder.done();
}

/** What is wrong with a column that was read from a file; null when it is whole. */
export function faultOfTexts({ offsets, bytes, wide }: TextColumn, count = wide.length): string | null {
  if (wide.length !== count) return `there are ${wide.length} texts, not ${count}`;
  return areOffsets(offsets, count, bytes.length) ? null : 'the offsets of the texts do not fit';
}

/** What is wrong with slots that were read from a file; null when nothing is. They must leave room, or a search would never end. */
export function faultOfSlots(slots: Uint32Array, count: number): string | null {
  const whole = slots.length > count && (slots.length & (slots.length - 1)) === 0 && areBelow(slots, count + 1);
  return whole ? null : 'the slots of a dictionary do not fit';
}

/** Reads a {@link TextColumn}. */
export class Texts {
  readonly length: number;
  readonly #offsets: Uint32Array;
  readonly #wide: Uint8Array;
  readonly #bytes: Buffer;

  constructor({ offsets, bytes, wide }: TextColumn) {
    this.length = wide.length;
    this.#offsets = offsets;
    this.#wide = wide;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A string made anew at each call. */
  at(i: number): string {
    return this.#bytes.toString(this.#wide[i] === 1 ? 'utf16le' : 'latin1', this.#offsets[i]!, this.#offsets[i + 1]!);
  }

  /** Whether text i is `text`. */
  is(i: number, text: string): boolean {
    const bytes = this.#offsets[i + 1]! - this.#offsets[i]!;
    return bytes === (this.#wide[i] === 1 ? 2 : 1) * text.length && this.at(i) === text;
  }
}

/** Slots of an open-addressed hash table over texts that are all different: a place + 1, 0 where there is none. */
export function textSlots(column: TextColumn): Uint32Array {
  const texts = new Texts(column);
  let capacity = 4;
  while (capacity < 2 * texts.length) capacity *= 2;
  const slots = new Uint32Array(capacity);
  for (let i = 0; i < texts.length; i++) {
    let slot = featureHash(texts.at(i), 0) & (capacity - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (capacity - 1);
    slots[slot] = i + 1;
  }
  return slots;
}

/** Finds texts by their places in the slots that {@link textSlots} made. */
export class TextDictionary {
  readonly texts: Texts;
  readonly #slots: Uint32Array;

  constructor(texts: Texts, slots: Uint32Array) {
    this.texts = texts;
    this.#slots = slots;
  }

  /** −1 when it is not among them. */
  find(text: string): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = featureHash(text, 0) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const place = slots[slot]! - 1;
      if (this.texts.is(place, text)) return place;
    }
    return -1;
  }
}

/** Numbers texts in the order in which they first come. */
export class TextNumbers {
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(text, number);
    }
    return number;
  }

  get size(): number {
    return this.#numbers.size;
  }

  done(): TextColumn {
    return textColumn(this.#numbers.keys());
  }
}
