import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Problem, problemOf } from './service.ts';

/** How a question stands. `value` is the last answer to the same subject, which may be an older one while it is asked again. */
export interface Asked<T> {
  readonly value: T | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  readonly again: () => void;
}

interface Held<T> {
  readonly subject: string;
  readonly key: string;
  readonly value: T | null;
  readonly problem: Problem | null;
}

const retryAfter = 4000;

/**
 * Asks whenever `key` changes, and gives up the question before. What may pass by itself is asked again: after a while, and when the browser is online again.
 * @param subject while it stays the same, the last answer stays in sight until the next is there
 * @param key null to ask nothing
 */
export function useAsk<T>(subject: string, key: string | null, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const [held, hold] = useState<Held<T> | null>(null);
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    let timer = 0;
    ask(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) hold({ subject, key, value, problem: null });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const problem = problemOf(error);
        hold((before) => ({ subject, key, value: before?.subject === subject ? before.value : null, problem }));
        if (!problem.passing) return;
        timer = window.setTimeout(again, retryAfter);
        addEventListener('online', again, { once: true });
      },
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
      removeEventListener('online', again);
    };
  }, [subject, key, turn]);
  const isMine = key !== null && held?.subject === subject;
  const isFresh = isMine && held.key === key;
  return {
    value: isMine ? held.value : null,
    problem: isFresh ? held.problem : null,
    isLoading: key !== null && !isFresh,
    again,
  };
}
