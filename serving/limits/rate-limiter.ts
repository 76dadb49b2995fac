export interface RateLimit {
  /** Requests of one client that may come at once, and on average per window. */
  readonly requests: number;
  /** Length of the window. */
  readonly seconds: number;
}

/** Clients remembered per generation; beyond it the older generation is forgotten early, so that memory is bounded. */
const mostClients = 50_000;

/**
 * A limit per client by the generic cell rate algorithm (ITU-T I.371): one number a client, the time at which its allowance is full again.
 * A client at its limit gets `requests / seconds` on average; there is no moment at which everybody's window begins anew.
 */
export class RateLimiter {
  readonly #interval: number;
  readonly #window: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #rotateAt = 0;

  constructor({ requests, seconds }: RateLimit) {
    this.#window = seconds * 1000;
    this.#interval = this.#window / requests;
  }

  /** Clients held in memory. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /**
   * Counts a request.
   * @param now monotonic milliseconds
   * @returns 0 when it may pass; else milliseconds until the next one may
   */
  take(client: string, now: number): number {
    this.#rotate(now);
    const full = Math.max(now, this.#young.get(client) ?? this.#old.get(client) ?? 0);
    const wait = full + this.#interval - this.#window - now;
    // Rounding must not hold up the last request of a full allowance.
    if (wait > 1e-6) return wait;
    this.#young.set(client, full + this.#interval);
    return 0;
  }

  /** Who has not asked for a whole window has all of its allowance: nothing needs to be remembered. */
  #rotate(now: number): void {
    if (now < this.#rotateAt && this.#young.size < mostClients) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#rotateAt = now + this.#window;
  }
}

/** An address as a client: of IPv6 the first 64 bits, which is what one customer is given. */
export function clientOfAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) return mapped[1]!;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
