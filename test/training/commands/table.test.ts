import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../training/commands/table.ts';

describe('formatTable', () => {
  it('aligns columns and leaves no trailing spaces', () => {
    const text = formatTable(
      [{ title: 'id' }, { title: 'score', align: 'right' }, { title: 'title', width: 8 }],
      [
        ['a', '1.25', 'short'],
        ['long-id', '-10.00', 'a very long title'],
      ],
    );
    expect(text.split('\n')).toEqual(['id        score  title', 'a          1.25  short', 'long-id  -10.00  a very …']);
  });

  it('prints only its head without rows, and fills missing cells', () => {
    expect(formatTable([{ title: 'a' }, { title: 'b' }], [])).toBe('a  b');
    expect(formatTable([{ title: 'a' }, { title: 'b' }], [['x']])).toBe('a  b\nx');
  });

  it('disarms control characters in titles', () => {
    expect(formatTable([{ title: 't' }], [['red\u001b[31m\nline']])).toBe('t\nred [31m line');
  });
});
