import { InvalidArgumentError, Option } from 'commander';
import type { BackendPreference } from '../../src/tensor/index.ts';

/** Reads a whole number for an option. @throws InvalidArgumentError outside `minimum … maximum`. */
export function wholeNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < minimum || value > maximum) {
      const range = maximum === Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `${minimum} to ${maximum}`;
      throw new InvalidArgumentError(`It must be a whole number, ${range}.`);
    }
    return value;
  };
}

/** A seed: 32 bits. */
export const seedNumber = wholeNumber(0, 4294967295);

/** The name of a run, which becomes a folder. */
export function runName(text: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,99}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'It must be letters, digits, dots, dashes and underscores, at most 100, a letter or digit first.',
  );
}

/** By the type the same as the tensor room's list, which cannot be read without loading TensorFlow.js. */
const backends: Readonly<Record<BackendPreference, true>> = {
  auto: true,
  'native-gpu': true,
  native: true,
  webgpu: true,
  wasm: true,
  cpu: true,
};

export function backendOption(): Option {
  return new Option('--backend <name>', 'TensorFlow.js backend').choices(Object.keys(backends)).default('auto');
}

/** Threads of training and embedding. */
export function workersOption(): Option {
  return new Option(
    '--workers <number>',
    'threads to train and embed on; 0 for none (default: one per core where that pays)',
  ).argParser(wholeNumber(0, 16));
}
