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
 * The id of one answer. It carries what the answer came from, so that the service has to remember nothing of the answers that it gave and the client has to send back
 * nothing but the id: `<unique>~<strategy>~<variant>~<release>`.
 * @param unique differs for every answer; without a tilde
 */
export function exposureId(unique: string, { release, variant, strategy }: Exposure): string {
  return [unique, strategy, variant ?? '', release].join(separator);
}

/** Null for a text that is no exposure id of ours. */
export function readExposureId(id: string): Exposure | null {
  const parts = id.split(separator);
  const [unique, strategy, variant, release] = parts;
  if (parts.length !== 4 || !unique || !strategy || variant === undefined || !release) return null;
  return { release, variant: variant === '' ? null : variant, strategy };
}
