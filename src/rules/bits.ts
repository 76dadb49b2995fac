/** A set of products by node number, one bit each. */
export class Bits {
  readonly length: number;
  readonly words: Uint32Array;

  constructor(length: number, words = new Uint32Array(Math.ceil(length / 32))) {
    this.length = length;
    this.words = words;
  }

  add(node: number): void {
    this.words[node >>> 5]! |= 1 << (node & 31);
  }

  delete(node: number): void {
    this.words[node >>> 5]! &= ~(1 << (node & 31));
  }

  has(node: number): boolean {
    return node < this.length && (this.words[node >>> 5]! & (1 << (node & 31))) !== 0;
  }

  addAll(nodes: Uint32Array, from = 0, to = nodes.length): this {
    const { words } = this;
    for (let i = from; i < to; i++) {
      const node = nodes[i]!;
      words[node >>> 5]! |= 1 << (node & 31);
    }
    return this;
  }

  /** Changes this set to what is in both. */
  intersect(other: Bits): this {
    for (let w = 0; w < this.words.length; w++) this.words[w]! &= other.words[w]!;
    return this;
  }

  /** Changes this set to what is in either. */
  unite(other: Bits): this {
    for (let w = 0; w < this.words.length; w++) this.words[w]! |= other.words[w]!;
    return this;
  }

  /** Changes this set to what is not in it. */
  complement(): this {
    const { words, length } = this;
    for (let w = 0; w < words.length; w++) words[w] = ~words[w]!;
    if (length % 32 !== 0) words[words.length - 1]! &= (1 << (length % 32)) - 1;
    return this;
  }

  copy(): Bits {
    return new Bits(this.length, this.words.slice());
  }

  get count(): number {
    let sum = 0;
    for (let w = 0; w < this.words.length; w++) {
      let x = this.words[w]!;
      x -= (x >>> 1) & 0x55555555;
      x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
      sum += Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
    }
    return sum;
  }

  /** Ascending. */
  forEach(visit: (node: number) => void): void {
    for (let w = 0; w < this.words.length; w++) {
      let word = this.words[w]!;
      while (word !== 0) {
        const low = word & -word;
        visit(w * 32 + 31 - Math.clz32(low));
        word ^= low;
      }
    }
  }
}
