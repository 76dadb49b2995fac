/** The last `capacity` keys, oldest forgotten first. */
export class RecentKeys {
  readonly #capacity: number;
  /** A set keeps the order in which its members came. */
  readonly #keys = new Set<string>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#keys.size;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= this.#capacity) return;
    const [oldest] = this.#keys;
    this.#keys.delete(oldest!);
  }

  delete(key: string): void {
    this.#keys.delete(key);
  }
}
