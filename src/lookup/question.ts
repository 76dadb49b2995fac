import type { Product } from '../catalogue/index.ts';
import type { Release } from '../release/index.ts';
import { borrowEmbedding } from './cold.ts';
import { isKnown } from './evidence.ts';
import type { ProductTypes } from './product-types.ts';
import { completed, weightOf } from './requests.ts';
import type { ScoredContext } from './scoring.ts';
import type { Shelf } from './shelf.ts';
import type { BasketItem } from './types.ts';
import { rowOf } from './vectors.ts';

/** A product that is asked about. */
export interface Context extends ScoredContext {
  /** Null for one that the shop does not have. */
  readonly id: string | null;
  /** As it is now; of a product by its features, what was given. */
  readonly product: Product;
  readonly category: readonly string[];
  readonly channel: 'model' | 'inductive';
  /** Nodes of the products that a new one borrows from, most similar first. */
  readonly neighbours: Uint32Array;
}

const noNeighbours = new Uint32Array();

/** Reads questions against one release and shelf. */
export class Questions {
  readonly #release: Release;
  readonly #types: ProductTypes;
  readonly #shelf: Shelf;

  constructor(release: Release, types: ProductTypes, shelf: Shelf) {
    this.#release = release;
    this.#types = types;
    this.#shelf = shelf;
  }

  /** A product of the shop. */
  known(node: number, weight = 1): Context {
    const product = this.#shelf.record(node);
    const { source, target, dimension } = this.#release.embeddings;
    const borrowed = this.#shelf.borrowed(node);
    const has = borrowed === null && isKnown(this.#release, node);
    // One literal: on Node 20 V8 makes a hidden class for each object that is spread into another, and these live until the whole heap is gone through.
    return {
      node,
      weight,
      product,
      id: product.id,
      category: product.category,
      type: this.#shelf.typeOf(node),
      channel: borrowed === null ? 'model' : 'inductive',
      source: borrowed?.source ?? (has ? rowOf(source, node, dimension) : null),
      target: borrowed?.target ?? (has ? rowOf(target, node, dimension) : null),
      neighbours: borrowed?.neighbours ?? noNeighbours,
    };
  }

  /**
   * A basket: weights of a product that is in it twice add up; ids that cannot be asked about are set aside.
   * @throws OnewayError `REQUEST_INVALID` for a product without any feature; `CONFIGURATION_INVALID` for a weight or an age out of range.
   */
  basket(
    items: readonly BasketItem[],
    halfLifeDays: number,
  ): { readonly contexts: Context[]; readonly unknown: string[] } {
    const contexts: Context[] = [];
    const unknown = new Set<string>();
    for (const item of items) {
      const weight = weightOf(item, halfLifeDays);
      if (item.features !== undefined) {
        const product = completed(item.features);
        const type = product.category.length === 0 ? -1 : this.#types.find(product.category);
        const borrowed = borrowEmbedding(this.#release, product);
        const { category } = product;
        contexts.push({ node: -1, id: null, product, category, type, weight, channel: 'inductive', ...borrowed });
        continue;
      }
      const node = this.#shelf.nodeOf(item.id);
      if (node < 0 || !this.#shelf.isAskable(node)) {
        unknown.add(item.id);
        continue;
      }
      const again = contexts.findIndex((context) => context.node === node);
      if (again < 0) contexts.push(this.known(node, weight));
      else contexts[again] = { ...contexts[again]!, weight: contexts[again]!.weight + weight };
    }
    return { contexts, unknown: [...unknown] };
  }
}
