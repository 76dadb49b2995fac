import { useExplorer } from '../service/explorer.ts';
import type { Problem } from '../service/service.ts';

/** A failure: what, what to do, its code and the request's id for whoever keeps the service. */
export function ProblemNote({ problem, again }: { readonly problem: Problem; readonly again: () => void }) {
  const { openKeys } = useExplorer();
  const needsKey = problem.code === 'KEY_REFUSED' || problem.code === 'ROLE_MISSING';
  return (
    <div class="problem" role="alert" data-code={problem.code}>
      <p>
        <strong>{problem.message}</strong>
        {problem.hint !== null && ` ${problem.hint}`}
      </p>
      <p class="note">
        <code>{problem.code}</code>
        {problem.requestId !== null && (
          <>
            {' · request '}
            <code>{problem.requestId}</code>
          </>
        )}
        {problem.passing && ' · asking again …'}
      </p>
      <p>
        {needsKey && (
          <button type="button" class="button primary" onClick={openKeys}>
            Enter a key
          </button>
        )}
        <button type="button" class="button" onClick={again}>
          Ask again
        </button>
      </p>
    </div>
  );
}

/** Grey bars where a list will be. */
export function Waiting({ rows = 5, label }: { readonly rows?: number; readonly label: string }) {
  return (
    <div class="waiting">
      <p class="note">{label}</p>
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  );
}
