import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketLabel,
  bytes,
  count,
  counted,
  decimal,
  duration,
  listing,
  microseconds,
  moment,
  share,
  shareOf,
  shorten,
  significant,
} from '../../../training/report/format.ts';
import { escapeHtml, html } from '../../../training/report/html.ts';

const gap = '\u00a0';

describe('figures in words', () => {
  it.each([
    [count(541909), '541,909'],
    [count(0), '0'],
    [count(-1200), '−1,200'],
    [count(-0.2), '0'],
    [count(1e21), '1.00e+21'],
    [counted(1, 'query', 'queries'), '1 query'],
    [counted(2000, 'query', 'queries'), '2,000 queries'],
    [share(0.312), `31.2${gap}%`],
    [share(1), `100.0${gap}%`],
    [share(0.99999), `>${gap}99.9${gap}%`],
    [share(0.00001), `<${gap}0.1${gap}%`],
    [share(0), `0.0${gap}%`],
    [shareOf(1, 0), 'not measured'],
    [decimal(-0.0001), '0.000'],
    [significant(0.00000123), '1.23e-6'],
    [significant(12345.6), '12300'],
    [duration(0.0123), `12${gap}ms`],
    [duration(61.7), `61.7${gap}s`],
    [duration(192), `3${gap}min 12${gap}s`],
    [duration(3 * 3600 + 180), `3${gap}h 3${gap}min`],
    [microseconds(124), `124${gap}µs`],
    [microseconds(1312), `1.31${gap}ms`],
    [bytes(1_084_227_584), `1.0${gap}GiB`],
    [bytes(1023), `1,023${gap}B`],
    [moment('2010-12-01T08:26:00.000Z'), '2010-12-01 08:26 UTC'],
    [moment('2010-12-01'), '2010-12-01'],
    [moment('yesterday'), 'yesterday'],
    [moment(null), 'not measured'],
    [bucketLabel({ from: 3, to: 3 }), '3'],
    [bucketLabel({ from: 3, to: 5 }), '3–5'],
    [bucketLabel({ from: 51, to: null }), '51+'],
    [listing(['a', 'b', 'c']), 'a, b and c'],
    [listing([]), ''],
  ])('%s', (found, expected) => {
    expect(found).toBe(expected);
  });

  it('calls what cannot be a figure not measured', () => {
    for (const write of [count, share, decimal, significant, duration, microseconds, bytes]) {
      for (const value of [null, undefined, Number.NaN, Infinity]) expect(write(value)).toBe('not measured');
    }
  });

  it('never cuts a character in two', () => {
    expect(shorten('😀😀😀', 2)).toBe('😀…');
    expect(shorten('abc', 3)).toBe('abc');
  });
});

describe('markup', () => {
  it('lets no text become markup, in content or in attributes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
      }),
    );
  });

  it('shows control characters and mends broken surrogates', () => {
    expect(escapeHtml('a\u0000b\ud800c\u0085')).toBe('a␀b\ufffdc\ufffd');
    expect(escapeHtml('😀')).toBe('😀');
  });

  it('keeps markup, escapes strings, drops what is absent', () => {
    expect(html`<p>${html`<b>${'<'}</b>`}${null}${false}${undefined}${0}${['a', html`<i></i>`]}</p>`.toString()).toBe(
      '<p><b>&lt;</b>0a<i></i></p>',
    );
  });
});
