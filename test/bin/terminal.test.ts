import { describe, expect, it } from 'vitest';
import { formatAmount, formatBytes, formatSeconds, Screen, TerminalProgress } from '../../bin/terminal.ts';
import type { Clock } from '../../src/context.ts';

class Paper {
  readonly isTTY: boolean;
  readonly columns = 100;
  text = '';
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
}

class HandClock implements Clock {
  milliseconds = 0;
  now(): Date {
    return new Date(this.milliseconds);
  }
  monotonic(): number {
    return this.milliseconds;
  }
}

const escapeCode = String.fromCharCode(27);

describe('TerminalProgress', () => {
  it('draws one live line with bar, rate and time left, and closes it with a plain one', () => {
    const paper = new Paper(true);
    const clock = new HandClock();
    const progress = new TerminalProgress(new Screen(paper), clock);
    progress.start('train', { total: 200, unit: 'steps' });
    clock.milliseconds = 10_000;
    progress.update(50, 'loss 0.31');
    expect(paper.text).toContain('25 %');
    expect(paper.text).toContain('5 steps/s');
    expect(paper.text).toContain('30.0 s left');
    expect(paper.text).toContain('loss 0.31');
    expect(paper.text).not.toContain('\n');
    progress.end();
    expect(paper.text.endsWith('train: done in 10.0 s, loss 0.31\n')).toBe(true);
  });

  it('never draws more often than ten times a second', () => {
    const paper = new Paper(true);
    const clock = new HandClock();
    const progress = new TerminalProgress(new Screen(paper), clock);
    progress.start('train', { total: 1000 });
    for (let i = 0; i < 1000; i++) {
      clock.milliseconds += 1;
      progress.update(i);
    }
    expect(paper.text.split(escapeCode).length).toBeLessThan(25);
  });

  it('writes plain lines every few seconds where there is no terminal', () => {
    const paper = new Paper(false);
    const clock = new HandClock();
    const progress = new TerminalProgress(new Screen(paper), clock);
    progress.start('read', { unit: 'rows' });
    for (let second = 1; second <= 11; second++) {
      clock.milliseconds = second * 1000;
      progress.update(second * 1_000_000);
    }
    progress.end('11M rows');
    expect(paper.text).not.toContain(escapeCode);
    expect(paper.text.split('\n')).toEqual([
      'read …',
      'read  5.0M rows  1.0M rows/s  5.0 s',
      'read  10.0M rows  1.0M rows/s  10.0 s',
      'read: done in 11.0 s, 11M rows',
      '',
    ]);
  });

  it('ends a task when the next starts, and ignores updates without one', () => {
    const paper = new Paper(false);
    const progress = new TerminalProgress(new Screen(paper), new HandClock());
    progress.update(3);
    progress.end();
    progress.start('one');
    progress.start('two');
    progress.end();
    expect(paper.text).toBe('one …\none: done in 0.0 s\ntwo …\ntwo: done in 0.0 s\n');
  });

  it('survives a total of zero and more done than the total', () => {
    const paper = new Paper(true);
    const clock = new HandClock();
    const progress = new TerminalProgress(new Screen(paper), clock);
    progress.start('empty', { total: 0 });
    progress.start('over', { total: 10 });
    clock.milliseconds = 1000;
    progress.update(20);
    expect(paper.text).toContain('100 %');
    expect(paper.text).not.toContain('NaN');
  });
});

describe('Screen', () => {
  it('keeps log lines above the live line', () => {
    const paper = new Paper(true);
    const screen = new Screen(paper);
    screen.setLine('half way');
    screen.write('a log line\n');
    expect(paper.text.endsWith(`\r${escapeCode}[2Ka log line\nhalf way`)).toBe(true);
  });
});

describe('formats', () => {
  it('words amounts, bytes and seconds', () => {
    expect(formatAmount(1_234_567, 'events')).toBe('1.2M events');
    expect(formatAmount(0.25, '')).toBe('0.3');
    expect(formatAmount(2 ** 20, 'bytes')).toBe('1.0 MiB');
    expect(formatBytes(512)).toBe('512 B');
    expect(formatSeconds(59.94)).toBe('59.9 s');
    expect(formatSeconds(95)).toBe('1:35');
    expect(formatSeconds(3725)).toBe('1:02:05');
  });
});
