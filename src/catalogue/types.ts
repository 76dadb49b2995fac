/** A product as the shop describes it. */
export interface Product {
  /** The shop's own id, unique. */
  readonly id: string;
  /** '' when the shop gave none. */
  readonly title: string;
  readonly description: string;
  readonly brand: string | null;
  /** Category path from the root to the leaf; empty when unknown. */
  readonly category: readonly string[];
  /** In the shop's currency; null when unknown. */
  readonly price: number | null;
  /** Units in stock; null when the shop does not say (then it counts as available). */
  readonly stock: number | null;
  /** Never to be shown (withdrawn, forbidden). */
  readonly hidden: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

/** All products of a shop; the position in `products` is the product's node number everywhere (graph, embeddings, index). Sorted by id (code-unit order). */
export interface Catalogue {
  readonly products: readonly Product[];
}

/**
 * Sparse feature matrix in CSR form: row r has columns `indices[offsets[r] … offsets[r+1])` with the values at the same places.
 * Rows are L2-normalised (or empty).
 */
export interface SparseFeatures {
  readonly rows: number;
  readonly columns: number;
  /** Shape [rows + 1]. */
  readonly offsets: Uint32Array;
  /** Shape [nnz], ascending in a row. */
  readonly indices: Uint32Array;
  /** Shape [nnz]. */
  readonly values: Float32Array;
}
