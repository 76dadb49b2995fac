import { newArrays } from './arrays.ts';

/**
 * The rows of a table that a batch touches, renumbered from 0 in order of first use (PyTorch Geometric's "local
 * indices"). In `all` mode every row is in the batch under its own number and nothing is copied.
 */
export class RowSet {
  readonly all: boolean;
  readonly #local: Int32Array;
  #rows: Uint32Array;
  #size = 0;

  /** @param local a scratch array of one −1 per row of the table; {@link take} restores it. */
  constructor(local: Int32Array, all: boolean) {
    this.all = all;
    this.#local = local;
    this.#rows = new Uint32Array(all ? 0 : 1024);
  }

  /** Local number of a row, which joins the set if it is new. */
  add(row: number): number {
    if (this.all) return row;
    const known = this.#local[row]!;
    if (known >= 0) return known;
    if (this.#size === this.#rows.length) {
      const grown = new Uint32Array(2 * this.#size);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows[this.#size] = row;
    this.#local[row] = this.#size;
    return this.#size++;
  }

  /** Local numbers of many rows. */
  addAll(rows: Uint32Array, arrays = newArrays): Uint32Array {
    const locals = arrays.words(rows.length);
    locals.set(rows);
    if (!this.all) for (let i = 0; i < locals.length; i++) locals[i] = this.add(locals[i]!);
    return locals;
  }

  /** Hands over the rows in local order (null in `all` mode) and empties the set. */
  take(): Uint32Array | null {
    if (this.all) return null;
    const rows = this.#rows.subarray(0, this.#size);
    for (const row of rows) this.#local[row] = -1;
    this.#rows = new Uint32Array(1024);
    this.#size = 0;
    return rows;
  }
}
