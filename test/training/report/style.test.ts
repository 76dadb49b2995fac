import { describe, expect, it } from 'vitest';
import { style } from '../../../training/report/style.ts';

/** Custom properties of the light, dark and print schemes, in this order. */
const schemes = [...style.matchAll(/:root \{([^}]*)\}/g)].map(
  ([, body]) =>
    new Map([...body!.matchAll(/--([\w-]+): (#[0-9a-f]+);/g)].map(([, name, colour]) => [name!, colour!] as const)),
);

/** Relative luminance of WCAG 2.2. */
function luminance(colour: string): number {
  const hex = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit).join('') : colour.slice(1);
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

describe('colours', () => {
  it('are all set in every scheme', () => {
    expect(schemes.length).toBe(3);
    for (const scheme of schemes) expect([...scheme.keys()].sort()).toEqual([...schemes[0]!.keys()].sort());
    for (const [, name] of style.matchAll(/var\(--([\w-]+)\)/g)) expect(schemes[0]!.has(name!), name).toBe(true);
  });

  it.each(schemes.map((scheme, i) => [['light', 'dark', 'print'][i]!, scheme] as const))(
    'can be read in the %s scheme',
    (_, scheme) => {
      for (const ground of ['ground', 'panel', 'ours']) {
        for (const text of ['text', 'muted', 'accent', 'good', 'bad', 'caution']) {
          expect(contrast(scheme.get(text)!, scheme.get(ground)!), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
        }
      }
      for (const [name, colour] of scheme) {
        if (name.startsWith('series-')) expect(contrast(colour, scheme.get('ground')!), name).toBeGreaterThanOrEqual(3);
      }
    },
  );
});
