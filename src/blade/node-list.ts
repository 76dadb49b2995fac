/** A list of distinct nodes with their positions. */
export class NodeList {
  readonly #position: Int32Array | null;
  readonly #nodes: number[];

  constructor(position: Int32Array | null, initial?: Uint32Array) {
    this.#position = position;
    this.#nodes = initial === undefined ? [] : Array.from(initial);
  }

  get length(): number {
    return this.#nodes.length;
  }

  positionOf(node: number): number {
    return this.#position![node]!;
  }

  /** Position of a node, which joins the list if it is new. */
  add(node: number): number {
    const known = this.#position![node]!;
    if (known >= 0) return known;
    this.#position![node] = this.#nodes.length;
    return this.append(node);
  }

  append(node: number): number {
    return this.#nodes.push(node) - 1;
  }

  nodes(): Uint32Array {
    return Uint32Array.from(this.#nodes);
  }

  clear(): void {
    for (const node of this.#nodes) this.#position![node] = -1;
  }
}
