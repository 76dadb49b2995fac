import type { Answer } from '../../src/lookup/index.ts';

const none: readonly Answer[] = [];

/** The answers to lookups in what a route sends: one, those of a batch, or none. */
export function answersOf(payload: unknown): readonly Answer[] {
  if (typeof payload !== 'object' || payload === null) return none;
  if ('strategy' in payload && 'relation' in payload) return [payload as Answer];
  if ('answers' in payload && Array.isArray(payload.answers)) return payload.answers.flatMap(answersOf);
  return none;
}
