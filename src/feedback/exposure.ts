import { randomBytes } from 'node:crypto';

/** What an exposure id says of the answer that it names. */
export interface Exposure {
  readonly release: string;
  /** Variant of the running experiment, `<experiment>.<variant>`; null outside one. */
  readonly variant: string | null;
  /** How the list was found. */
  readonly strategy: string;
}

/** Release ids, variants and strategies have no tilde. */
const separator = '~';

/**
 * A new id for one answer. It carries what the answer came from, so that the service has to remember nothing of the answers that it gave and the
 * client has to send back nothing but the id: `<nonce>~<strategy>~<variant>~<release>`.
 */
export function exposureId({ release, variant, strategy }: Exposure): string {
  return [nonce(), strategy, variant ?? '', release].join(separator);
}

/** Null for a text that is no exposure id of ours. */
export function readExposureId(id: string): Exposure | null {
  const parts = id.split(separator);
  const [unique, strategy, variant, release] = parts;
  if (parts.length !== 4 || !unique || !strategy || variant === undefined || !release) return null;
  return { release, variant: variant === '' ? null : variant, strategy };
}

const poolBytes = 4096;
const nonceBytes = 12;
let pool = Buffer.alloc(0);

/** 96 random bits. Drawn from the system many at a time: one by one they would cost more than the lookup. */
function nonce(): string {
  if (pool.length < nonceBytes) pool = randomBytes(poolBytes - (poolBytes % nonceBytes));
  const text = pool.toString('base64url', 0, nonceBytes);
  pool = pool.subarray(nonceBytes);
  return text;
}
