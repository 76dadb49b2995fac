import type { Random } from '../../src/random.ts';

const onsets = ['b', 'br', 'c', 'd', 'f', 'g', 'h', 'k', 'l', 'm', 'n', 'p', 'qu', 'r', 's', 'st', 't', 'tr', 'v', 'z'];
const vowels = ['a', 'e', 'i', 'o', 'u', 'ea', 'io'];
const ends = ['n', 'r', 'l', 's', 'x', 'no', 'va', 'lo', 'ra', 'mo', 'tek', 'ria', 'lia', 'den'];
// biome-ignore format: a word list reads better filled than one to a line
const words = [
  'Arc', 'Aria', 'Atlas', 'Birch', 'Boreal', 'Brisk', 'Cedar', 'Cirrus', 'Comet', 'Crest', 'Delta', 'Drift', 'Echo',
  'Ember', 'Fable', 'Fjord', 'Flint', 'Glide', 'Halo', 'Haven', 'Heron', 'Indigo', 'Juno', 'Kite', 'Lark', 'Lumen',
  'Mesa', 'Mira', 'Nimbus', 'Nova', 'Onyx', 'Orbit', 'Pearl', 'Pico', 'Prism', 'Quill', 'Ridge', 'Rune', 'Sable',
  'Sierra', 'Solar', 'Spark', 'Terra', 'Tide', 'Umbra', 'Vale', 'Vega', 'Willow', 'Zenith', 'Zephyr',
];

const from = <T>(values: readonly T[], random: Random): T => values[random.integer(values.length)]!;

/** An invented brand, such as "Trevalo". */
export function brandName(random: Random): string {
  const body = from(onsets, random) + from(vowels, random) + from(onsets, random) + from(vowels, random);
  const name = body + from(ends, random);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** An invented product line, such as "Nimbus 7". */
export function lineName(random: Random): string {
  const word = from(words, random);
  return random.uniform() < 0.6 ? `${word} ${1 + random.integer(99)}` : word;
}

/** An invented model, such as "Aria 52". */
export function modelName(random: Random, numbers: number): string {
  return `${from(words, random)} ${1 + random.integer(numbers)}`;
}

/** Draws until `make` gives a name that is not in `used`, and adds it; numbers it once words run out. */
export function uniqueName(used: Set<string>, make: () => string): string {
  for (let attempt = 0; attempt < 20; attempt++) {
    const name = make();
    if (!used.has(name)) {
      used.add(name);
      return name;
    }
  }
  const name = `${make()} ${used.size + 1}`;
  used.add(name);
  return name;
}
