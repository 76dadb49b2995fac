import { type Product, type ProductList, type TextColumn, Texts, textColumn } from '../catalogue/index.ts';

const plain = /^[\x20-\x7e]*$/;

/** Words of a text: lower case, accents dropped, letters and digits of any script. */
export function wordsOf(text: string): string[] {
  // Most titles are plain ASCII, for which the general way costs several times as much.
  if (plain.test(text)) return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const bare = text.normalize('NFKD').replace(/\p{M}+/gu, '');
  return bare.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

const maximumQueryWords = 8;

export interface Match {
  readonly node: number;
  /** Words of the query that are whole words of the product. */
  readonly whole: number;
  readonly buyers: number;
}

/** Negative when a is the better match. */
export function compareMatches(a: Match, b: Match): number {
  return b.whole - a.whole || b.buyers - a.buyers || a.node - b.node;
}

function queryWords(text: string): string[] {
  return [...new Set(wordsOf(text))].slice(0, maximumQueryWords);
}

/** How many words of the query are whole words of a product; −1 when one does not even begin a word of it, or there is none. */
export function wholeMatches(text: string, product: Pick<Product, 'id' | 'title'>): number {
  const query = queryWords(text);
  const words = [...wordsOf(product.title), ...wordsOf(product.id)];
  if (query.length === 0 || !query.every((prefix) => words.some((word) => word.startsWith(prefix)))) return -1;
  return query.filter((word) => words.includes(word)).length;
}

/** What a {@link TitleSearch} is made of: typed arrays alone. */
export interface TitleColumns {
  /** In code-unit order. */
  readonly words: TextColumn;
  /** Shape [words + 1]; word w's products are at nodes[offsets[w] … offsets[w+1]), ascending. */
  readonly offsets: Uint32Array;
  readonly nodes: Uint32Array;
}

/** An inverted index over the sorted words of all titles and ids. */
export function titleColumns(products: ProductList): TitleColumns {
  const postings = new Map<string, number[]>();
  let node = 0;
  for (const product of products) {
    for (const word of new Set([...wordsOf(product.title), ...wordsOf(product.id)])) {
      const list = postings.get(word);
      if (list === undefined) postings.set(word, [node]);
      else list.push(node);
    }
    node++;
  }
  const words = [...postings.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const offsets = new Uint32Array(words.length + 1);
  for (let w = 0; w < words.length; w++) offsets[w + 1] = offsets[w]! + postings.get(words[w]!)!.length;
  const nodes = new Uint32Array(offsets[words.length]!);
  for (let w = 0; w < words.length; w++) nodes.set(postings.get(words[w]!)!, offsets[w]!);
  return { words: textColumn(words), offsets, nodes };
}

/** Finds products by the beginnings of the words of their title (or id): every word of the query must begin a word of the product. */
export class TitleSearch {
  readonly #words: Texts;
  readonly #offsets: Uint32Array;
  readonly #nodes: Uint32Array;
  readonly #buyers: Uint32Array;
  /** Scratch of shape [products], zero between calls: query words matched so far, and matched as whole words. */
  readonly #matched: Uint8Array;
  readonly #whole: Uint8Array;

  /** @param buyers shape [products]; breaks ties between matches. */
  constructor({ words, offsets, nodes }: TitleColumns, buyers: Uint32Array) {
    this.#words = new Texts(words);
    this.#offsets = offsets;
    this.#nodes = nodes;
    this.#buyers = buyers;
    this.#matched = new Uint8Array(buyers.length);
    this.#whole = new Uint8Array(buyers.length);
  }

  /**
   * Best first: more whole-word matches, then more buyers, then node number. A text without a word matches nothing.
   * @param accept asked only about products that match
   */
  find(text: string, limit: number, accept: (node: number) => boolean): Match[] {
    const ranges = queryWords(text).map((word) => this.#range(word));
    if (ranges.length === 0) return [];
    // The rarest word first: only its products have to be looked at again.
    ranges.sort((a, b) => a.postings - b.postings);
    const touched: number[] = [];
    for (let step = 0; step < ranges.length; step++) {
      const { from, to, whole } = ranges[step]!;
      for (let w = from; w < to; w++) {
        for (let p = this.#offsets[w]!; p < this.#offsets[w + 1]!; p++) {
          const node = this.#nodes[p]!;
          const matched = this.#matched[node]!;
          if (matched === step) {
            this.#matched[node] = step + 1;
            if (step === 0) touched.push(node);
          } else if (matched !== step + 1) continue;
          // A product may hold both a word and a longer one that it begins; the whole match counts once.
          if (w === from && whole) this.#whole[node]!++;
        }
      }
    }
    const best: Match[] = [];
    for (const node of touched) {
      if (this.#matched[node] !== ranges.length) continue;
      const match = { node, whole: this.#whole[node]!, buyers: this.#buyers[node]! };
      if (best.length === limit && compareMatches(match, best[limit - 1]!) >= 0) continue;
      if (!accept(node)) continue;
      let at = best.length;
      while (at > 0 && compareMatches(match, best[at - 1]!) < 0) at--;
      best.splice(at, 0, match);
      if (best.length > limit) best.pop();
    }
    for (const node of touched) {
      this.#matched[node] = 0;
      this.#whole[node] = 0;
    }
    return best;
  }

  /** The words that begin with `prefix`: [from, to), whether the first is the prefix itself, and how many postings they have. */
  #range(prefix: string): { from: number; to: number; whole: boolean; postings: number } {
    const from = this.#lowerBound(prefix);
    // Nothing sorts behind a prefix and before what begins with it; the largest code unit ends the stretch.
    const to = this.#lowerBound(`${prefix}\uffff`);
    return {
      from,
      to,
      whole: from < this.#words.length && this.#words.is(from, prefix),
      postings: this.#offsets[to]! - this.#offsets[from]!,
    };
  }

  #lowerBound(word: string): number {
    let low = 0;
    let high = this.#words.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#words.at(middle) < word) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
