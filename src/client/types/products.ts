/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */

export type Neighbourhood = {
  readonly product: {
    readonly id: string;
    readonly title: string;
    /** Distinct customers who bought it. */
    readonly buyers: number;
    /** Steps from the product asked about; 0 for itself. */
    readonly hop: number;
  };
  /** The others, by distance. Nothing that must not be shown. */
  readonly products: readonly {
    readonly id: string;
    readonly title: string;
    /** Distinct customers who bought it. */
    readonly buyers: number;
    /** Steps from the product asked about; 0 for itself. */
    readonly hop: number;
  }[];
  readonly relations: readonly {
    readonly from: string;
    readonly to: string;
    /** Who bought `to` after `from`. */
    readonly customers: number;
  }[];
  /** Id of the release that answered. */
  readonly release: string;
};

export type Product = {
  readonly id: string;
  readonly title: string;
  /** Null when unknown. */
  readonly brand: string | null;
  /** From the root to the leaf; empty when unknown. */
  readonly category: readonly string[];
  /** In the shop's currency; null when unknown. */
  readonly price: number | null;
  readonly description: string;
  /** Units; null when the shop does not say. */
  readonly stock: number | null;
  /** False when sold out: may be asked about, is never recommended. */
  readonly available: boolean;
  readonly attributes: Readonly<Record<string, string>>;
  /** Distinct customers who bought it. */
  readonly buyers: number;
  /** Distinct customers who viewed it. */
  readonly viewers: number;
  /** Distinct products that the same customers bought later. */
  readonly boughtAfter: number;
  /** Distinct products that the same customers bought earlier. */
  readonly boughtBefore: number;
  /** Id of the release that answered. */
  readonly release: string;
};

export type ProductSummary = {
  readonly id: string;
  readonly title: string;
  /** Null when unknown. */
  readonly brand: string | null;
  /** From the root to the leaf; empty when unknown. */
  readonly category: readonly string[];
  /** In the shop's currency; null when unknown. */
  readonly price: number | null;
};

export type SearchAnswer = {
  /** Best match first. */
  readonly products: readonly ProductSummary[];
  /** Id of the release that answered. */
  readonly release: string;
};

/** What each operation takes and answers. */
export interface ProductOperations {
  /** A product's surroundings in the graph of what is bought after what. */
  neighbourhood: {
    path: {
      /** The shop's own product id, percent-encoded. */
      readonly id: string;
    };
    query: {
      /** Steps from the product at most, either way. */
      readonly hops?: number | undefined;
      /** Products at most. */
      readonly limit?: number | undefined;
    };
    body: undefined;
    answer: Neighbourhood;
  };
  /** A product and its place in the graph. */
  product: {
    path: {
      /** The shop's own product id, percent-encoded. */
      readonly id: string;
    };
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: Product;
  };
  /** Change fields of a product, add a new one, or bring a withdrawn one back. */
  putProduct: {
    path: {
      /** The shop's own product id, percent-encoded. */
      readonly id: string;
    };
    query: Readonly<Record<string, never>>;
    body: {
      readonly title?: string | undefined;
      readonly description?: string | undefined;
      /** Null when unknown. */
      readonly brand?: string | null | undefined;
      /** From the root to the leaf. */
      readonly category?: readonly string[] | undefined;
      /** In the shop's currency; null when unknown. */
      readonly price?: number | null | undefined;
      /** Units; null when the shop does not say: then it counts as available. */
      readonly stock?: number | null | undefined;
      /** Never to be shown. */
      readonly hidden?: boolean | undefined;
      readonly attributes?: Readonly<Record<string, string>> | undefined;
    };
    answer: {
      readonly id: string;
      readonly withdrawn: boolean;
      /** All fields that were changed since the catalogue was read. */
      readonly fields: Readonly<Record<string, unknown>>;
    };
  };
  /** Find products by the words of their title. */
  searchProducts: {
    path: Readonly<Record<string, never>>;
    query: {
      /** Every word must begin a word of the title or id. Empty: the best sellers. */
      readonly search?: string | undefined;
      readonly limit?: number | undefined;
    };
    body: undefined;
    answer: SearchAnswer;
  };
  /** Take a product out of the shop. */
  withdrawProduct: {
    path: {
      /** The shop's own product id, percent-encoded. */
      readonly id: string;
    };
    query: Readonly<Record<string, never>>;
    body: undefined;
    answer: {
      readonly id: string;
      readonly withdrawn: boolean;
      /** All fields that were changed since the catalogue was read. */
      readonly fields: Readonly<Record<string, unknown>>;
    };
  };
}

export const productOperations = {
  neighbourhood: { method: 'GET', path: '/v1/products/{id}/neighbourhood' },
  product: { method: 'GET', path: '/v1/products/{id}' },
  putProduct: { method: 'PUT', path: '/v1/products/{id}' },
  searchProducts: { method: 'GET', path: '/v1/products' },
  withdrawProduct: { method: 'DELETE', path: '/v1/products/{id}' },
} as const satisfies Record<keyof ProductOperations, { readonly method: string; readonly path: string }>;
