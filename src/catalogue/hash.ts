/**
 * FNV-1a over the UTF-8 bytes of `text`, finished with murmur3's mixer so that the low bits are good too.
 * Stable: it decides the columns of published releases. A lone surrogate hashes as U+FFFD.
 * @returns integer in [0, 2³²).
 */
export function featureHash(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) {
    let point = text.charCodeAt(i);
    if (point < 0x80) {
      hash = Math.imul(hash ^ point, 0x01000193);
      continue;
    }
    if (point >= 0xd800 && point <= 0xdfff) {
      const whole = text.codePointAt(i)!;
      if (whole > 0xffff) i++;
      point = whole > 0xffff ? whole : 0xfffd;
    }
    if (point < 0x800) {
      hash = Math.imul(hash ^ (0xc0 | (point >> 6)), 0x01000193);
    } else {
      if (point < 0x10000) {
        hash = Math.imul(hash ^ (0xe0 | (point >> 12)), 0x01000193);
      } else {
        hash = Math.imul(hash ^ (0xf0 | (point >> 18)), 0x01000193);
        hash = Math.imul(hash ^ (0x80 | ((point >> 12) & 0x3f)), 0x01000193);
      }
      hash = Math.imul(hash ^ (0x80 | ((point >> 6) & 0x3f)), 0x01000193);
    }
    hash = Math.imul(hash ^ (0x80 | (point & 0x3f)), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
