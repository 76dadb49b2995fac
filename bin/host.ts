/**
 * The command host: what every room's commands get from the process (log, progress, cancellation, standard output).
 * @module
 */
import { Writable } from 'node:stream';
import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { type CommandHost, type Progress, silentProgress, systemClock } from '../src/context.ts';
import { Screen, type Terminal, TerminalProgress } from './terminal.ts';

export interface HostOptions {
  /** Results. */
  readonly output: { write(text: string): unknown };
  /** Log and progress. */
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Asked when a command opens its context, after the command line was read. */
  readonly verbose: () => boolean;
}

export interface ProcessHost extends CommandHost {
  readonly screen: Screen;
}

export function createHost(options: HostOptions): ProcessHost {
  const screen = new Screen(options.terminal);
  return {
    screen,
    open({ quiet = false, workers } = {}) {
      const level = options.verbose() ? 'debug' : quiet ? 'warn' : 'info';
      const progress: Progress = quiet ? silentProgress : new TerminalProgress(screen, systemClock);
      return {
        logger: createLogger(screen, level),
        clock: systemClock,
        progress,
        signal: options.signal,
        ...(workers === undefined ? {} : { workers }),
      };
    },
    print(line) {
      screen.setLine('');
      options.output.write(`${line}\n`);
    },
  };
}

/** Readable lines on a terminal, JSON lines elsewhere. */
function createLogger(screen: Screen, level: string): Logger {
  const lines: DestinationStream = { write: (text: string) => screen.write(text) };
  if (!screen.live) return pino({ level }, lines);
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      screen.write(chunk.toString());
      done();
    },
  });
  const readable = pretty({
    destination: sink,
    sync: true,
    singleLine: true,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss',
  });
  return pino({ level }, readable);
}
