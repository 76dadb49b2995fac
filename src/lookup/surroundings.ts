import { neighbourhood, type ProductGraph } from '../graph/index.ts';
import type { Shelf } from './shelf.ts';

/** A product near the one asked about. */
export interface NearProduct {
  readonly id: string;
  readonly title: string;
  /** Distinct customers who bought it. */
  readonly buyers: number;
  /** Steps from the product asked about, in either direction; 0 for itself. */
  readonly hop: number;
}

/** Customers who went on from one product to another. */
export interface NearRelation {
  readonly from: string;
  readonly to: string;
  readonly customers: number;
}

/** A product's surroundings in the bought-before graph, for a drawing. */
export interface Surroundings {
  /** The product asked about; it may be sold out. */
  readonly product: NearProduct;
  /** The others, by distance, then buyers. */
  readonly products: readonly NearProduct[];
  readonly relations: readonly NearRelation[];
}

/** What hangs most strongly on a product, hop by hop, without what must not be shown. A product that came after the release has no relations. */
export function surroundingsOf(
  graph: ProductGraph,
  shelf: Shelf,
  node: number,
  options: { readonly hops?: number; readonly limit?: number },
): Surroundings {
  const near = (other: number, hop: number): NearProduct => {
    const { id, title } = shelf.record(other);
    return { id, title, buyers: graph.buyers[other] ?? 0, hop };
  };
  const product = near(node, 0);
  if (node >= shelf.known) return { product, products: [], relations: [] };
  const found = neighbourhood(graph, node, options);
  const mayStand = (key: string): boolean => Number(key) === node || shelf.isShown(Number(key));
  return {
    product,
    products: found
      .filterNodes((key) => Number(key) !== node && mayStand(key))
      .map((key) => near(Number(key), found.getNodeAttribute(key, 'hop')))
      .sort((a, b) => a.hop - b.hop || b.buyers - a.buyers || (a.id < b.id ? -1 : 1)),
    relations: found
      .filterEdges((_edge, _attributes, from, to) => mayStand(from) && mayStand(to))
      .map((edge) => ({
        from: shelf.record(Number(found.source(edge))).id,
        to: shelf.record(Number(found.target(edge))).id,
        customers: found.getEdgeAttribute(edge, 'count'),
      })),
  };
}
