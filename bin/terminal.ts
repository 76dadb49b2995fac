/**
 * Progress on a terminal: one live line with bar, rate and time left on a TTY, plain lines every few seconds elsewhere.
 * Log lines pass through the same screen, so that they never tear the live line.
 * @module
 */
import type { Clock, Progress } from '../src/context.ts';

/** Where lines go; `process.stderr` fits. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const eraseLine = '\r\u001b[2K';
const barWidth = 24;
/** Milliseconds between two drawings of the live line. */
const liveInterval = 100;
/** Milliseconds between two plain lines of one task. */
const plainInterval = 5000;

/** Writes whole lines above a live last line (TTY), or just lines. */
export class Screen {
  readonly live: boolean;
  readonly #terminal: Terminal;
  #line = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.live = terminal.isTTY === true;
  }

  /** Writes finished text, which ends in a line feed, above the live line. */
  write(text: string): void {
    this.#terminal.write(this.#line === '' ? text : `${eraseLine}${text}${this.#line}`);
  }

  /** Replaces the live line; '' removes it. */
  setLine(text: string): void {
    if (!this.live || text === this.#line) return;
    this.#line = text.slice(0, Math.max(20, (this.#terminal.columns ?? 80) - 1));
    this.#terminal.write(`${eraseLine}${this.#line}`);
  }
}

interface Task {
  readonly name: string;
  readonly total: number | undefined;
  readonly unit: string;
  readonly startedAt: number;
  done: number;
  note: string;
  drawnAt: number;
}

/** {@link Progress} on a {@link Screen}. */
export class TerminalProgress implements Progress {
  readonly #screen: Screen;
  readonly #clock: Clock;
  #task: Task | null = null;

  constructor(screen: Screen, clock: Clock) {
    this.#screen = screen;
    this.#clock = clock;
  }

  start(task: string, options: { readonly total?: number; readonly unit?: string } = {}): void {
    if (this.#task !== null) this.end();
    const startedAt = this.#clock.monotonic();
    this.#task = {
      name: task,
      total: options.total !== undefined && options.total > 0 ? options.total : undefined,
      unit: options.unit ?? '',
      startedAt,
      done: 0,
      note: '',
      drawnAt: startedAt,
    };
    if (this.#screen.live) this.#screen.setLine(describeTask(this.#task, startedAt));
    else this.#screen.write(`${task} …\n`);
  }

  update(done: number, note?: string): void {
    const task = this.#task;
    if (task === null) return;
    task.done = done;
    if (note !== undefined) task.note = note;
    const now = this.#clock.monotonic();
    if (now - task.drawnAt < (this.#screen.live ? liveInterval : plainInterval)) return;
    task.drawnAt = now;
    if (this.#screen.live) this.#screen.setLine(describeTask(task, now));
    else this.#screen.write(`${describeTask(task, now)}\n`);
  }

  end(note?: string): void {
    const task = this.#task;
    if (task === null) return;
    this.#task = null;
    this.#screen.setLine('');
    const seconds = (this.#clock.monotonic() - task.startedAt) / 1000;
    const last = note ?? task.note;
    this.#screen.write(`${task.name}: done in ${formatSeconds(seconds)}${last === '' ? '' : `, ${last}`}\n`);
  }
}

function describeTask(task: Task, now: number): string {
  const elapsed = (now - task.startedAt) / 1000;
  const rate = elapsed > 0 ? task.done / elapsed : 0;
  const parts = [task.name];
  if (task.total !== undefined) {
    const share = Math.min(1, task.done / task.total);
    const filled = Math.round(share * barWidth);
    parts.push(`${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`, `${Math.floor(share * 100)} %`);
  } else if (task.done > 0) {
    parts.push(formatAmount(task.done, task.unit));
  }
  if (rate > 0) parts.push(`${formatAmount(rate, task.unit)}/s`);
  if (task.total !== undefined && rate > 0) {
    parts.push(`${formatSeconds(Math.max(0, (task.total - task.done) / rate))} left`);
  } else {
    parts.push(formatSeconds(elapsed));
  }
  if (task.note !== '') parts.push(task.note);
  return parts.join('  ');
}

/** 1234567 → "1.2M"; in the unit `bytes`: 1048576 → "1.0 MiB". */
export function formatAmount(value: number, unit: string): string {
  if (unit === 'bytes') return formatBytes(value);
  const text =
    value >= 1e9
      ? `${(value / 1e9).toFixed(1)}G`
      : value >= 1e6
        ? `${(value / 1e6).toFixed(1)}M`
        : value >= 1e4
          ? `${(value / 1e3).toFixed(1)}k`
          : value >= 100 || Number.isInteger(value)
            ? value.toFixed(0)
            : value.toFixed(1);
  return unit === '' ? text : `${text} ${unit}`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let position = 0;
  while (value >= 1024 && position < units.length - 1) {
    value /= 1024;
    position++;
  }
  return `${position === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[position]!}`;
}

/** 7.31 → "7.3 s", 95 → "1:35", 3725 → "1:02:05". */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
