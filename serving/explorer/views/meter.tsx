import { numberOf, percentOf, type Result, rangeOf, type Side } from '../logic/words.ts';

interface Props {
  readonly result: Pick<Result, 'probability' | 'interval' | 'score'>;
  /** Chance the other way round; undefined while it is not known, null where nothing may be recommended that way. */
  readonly back?: number | null | undefined;
  readonly direction: Side;
}

const clamped = (share: number): number => Math.max(0, Math.min(1, share));
const at = (share: number): string => `${clamped(share) * 100}%`;

/** A score as a point on a line with its interval, and below it the chance the other way round. */
export function Meter({ result: { probability, interval, score }, back, direction }: Props) {
  const value = probability ?? score;
  if (value === null) return <div class="meter" />;
  return (
    <div class={`meter ${direction}`}>
      <div class="figure">
        <strong>{probability === null ? numberOf(value) : percentOf(probability)}</strong>
        {interval !== null && (
          <small>
            <span class="quiet"> with 90 % certainty between </span>
            {rangeOf(interval)}
          </small>
        )}
      </div>
      <div class="track" aria-hidden="true">
        {interval === null ? (
          <i class="span" style={{ left: 0, width: at(value) }} />
        ) : (
          <i class="span" style={{ left: at(interval.low), width: at(interval.high - interval.low) }} />
        )}
        <i class="tick" style={{ left: at(value) }} />
      </div>
      {back !== undefined && (
        <div class="back">
          <span class="track" aria-hidden="true">
            <i class="fill" style={{ width: at(back ?? 0) }} />
          </span>
          <small>{back === null ? 'the other way: –' : `the other way: ${percentOf(back)}`}</small>
        </div>
      )}
    </div>
  );
}
