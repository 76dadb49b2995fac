import type { Neighbourhood } from '../../../src/client/index.ts';

/** Where a product stands to the one in the middle: bought after it, before it, or about as often either way. */
export type Side = 'after' | 'before' | 'both';

/** A product of the neighbourhood as the middle sees it. */
interface Seen {
  readonly id: string;
  readonly title: string;
  readonly buyers: number;
  readonly hop: number;
  /** Of the middle itself: `both`. */
  readonly side: Side;
  /** Whether it stands to the right of the middle. */
  readonly right: boolean;
}

export interface MapProduct extends Seen {
  /** In pixels from the left and from the bottom. */
  readonly x: number;
  readonly y: number;
  /** Radius in pixels. */
  readonly size: number;
  /** Pixels that its label may take, outwards; under {@link leastRoom} there is none. */
  readonly room: number;
}

export interface MapRelation {
  readonly from: string;
  readonly to: string;
  readonly customers: number;
  /** Thickness in pixels. */
  readonly width: number;
  /** As seen from the middle: away from it, towards it, to or from what is bought about as often either way, or between two others. */
  readonly kind: 'out' | 'in' | 'both' | 'other';
}

export interface ProductMap {
  readonly products: readonly MapProduct[];
  readonly relations: readonly MapRelation[];
}

export const leastRoom = 36;
const rowHeight = 20;
/** Boxes narrower than this, in pixels, leave more to labels. */
const narrow = 560;

/** Height that the labels of a neighbourhood need, in pixels. */
export function heightOf(near: Neighbourhood): number {
  const sides = new Map<string, number>();
  for (const { hop, right } of standings(near)) sides.set(`${hop}${right}`, (sides.get(`${hop}${right}`) ?? 0) + 1);
  return Math.max(380, Math.min(1100, 80 + rowHeight * Math.max(0, ...sides.values())));
}

/**
 * The product in the middle, what is bought after it on the right, what is bought before it on the left; further steps further out. The strongest stand
 * nearest to the middle line. Depends on nothing but its parameters.
 */
export function mapOf(near: Neighbourhood, width: number, height: number): ProductMap {
  const all = standings(near);
  const hops = Math.max(1, ...all.map(({ hop }) => hop));
  const middle = { x: width * middleOf(all), y: height / 2 };
  const open = Math.max(middle.x, width - middle.x);
  const reach = hops === 1 ? Math.min((width < narrow ? 0.36 : 0.5) * open, 340) : (0.74 * open) / hops;
  const most = Math.max(1, near.product.buyers, ...near.products.map(({ buyers }) => buyers));
  const sizeOf = (buyers: number): number => 4 + 9 * Math.sqrt(buyers / most);
  const middleRoom =
    middle.x * 2 === width ? 2 * reach - 40 : Math.min(300, 1.9 * Math.min(middle.x, width - middle.x));
  const heights = new Map<string, number>([[near.product.id, 0]]);
  const products: MapProduct[] = [
    {
      ...near.product,
      side: 'both',
      right: true,
      ...middle,
      size: 13,
      room: middleRoom,
    },
  ];
  for (let hop = 1; hop <= hops; hop++) {
    for (const right of [false, true]) {
      const ring = all.filter((one) => one.hop === hop && one.right === right);
      for (const [{ id, title, buyers, side }, t] of spread(ring, hop === 1 ? null : (id) => pull(near, heights, id))) {
        heights.set(id, t);
        const away = reach * (hop - 0.28 * t * t) * (right ? 1 : -1);
        const x = middle.x + away;
        const outwards = hop === hops ? (right ? width - x : x) : reach;
        products.push({
          id,
          title,
          buyers,
          hop,
          side,
          right,
          x,
          y: middle.y + t * (height / 2 - 34),
          size: sizeOf(buyers),
          room: outwards - 26,
        });
      }
    }
  }
  return {
    products,
    relations: relationsOf(near, new Set(all.flatMap(({ id, side }) => (side === 'both' ? [id] : [])))),
  };
}

/** Where the middle stands, as a share of the width: aside where there is nothing on one side. */
function middleOf(all: readonly Standing[]): number {
  const after = all.some(({ right }) => right);
  const before = all.some(({ right }) => !right);
  return after === before ? 0.5 : after ? 0.2 : 0.8;
}

interface Standing extends Seen {
  readonly strength: number;
}

/**
 * Side of every product: by the customers between it and what is a step nearer to the middle, whose side counts as its own. What is bought about as
 * often either way stands where there is room.
 */
function standings({ product, products, relations }: Neighbourhood): readonly Standing[] {
  const sign = new Map<string, number>([[product.id, 0]]);
  const hopOf = new Map([product, ...products].map(({ id, hop }) => [id, hop]));
  const found: Standing[] = [];
  const undecided: Standing[] = [];
  const place = (one: Standing, right: boolean): void => {
    sign.set(one.id, right ? 1 : -1);
    found.push({ ...one, right });
  };
  const settle = (): void => {
    let balance = found.reduce((sum, { right }) => sum + (right ? 1 : -1), 0);
    for (const one of undecided.splice(0).sort(strongerFirst)) {
      const right = balance === 0 ? one.right : balance < 0;
      balance += right ? 1 : -1;
      place(one, right);
    }
  };
  for (const one of [...products].sort((a, b) => a.hop - b.hop)) {
    if (one.hop > 1 && undecided.length > 0) settle();
    let after = 0;
    let before = 0;
    for (const { from, to, customers } of relations) {
      const other = from === one.id ? to : to === one.id ? from : null;
      if (other === null || hopOf.get(other) !== one.hop - 1) continue;
      const leaning = other === product.id ? (to === one.id ? 1 : -1) : (sign.get(other) ?? 0);
      if (leaning >= 0) after += customers;
      else before += customers;
    }
    const right = after >= before;
    const standing = { ...one, right, side: right ? 'after' : 'before', strength: after + before } as const;
    if (one.hop === 1 && Math.min(after, before) > 0.5 * Math.max(after, before)) {
      undecided.push({ ...standing, side: 'both' });
    } else place(standing, right);
  }
  settle();
  return found;
}

function strongerFirst(a: Standing, b: Standing): number {
  return b.strength - a.strength || (a.id < b.id ? -1 : 1);
}

/** Places −1 … 1 from bottom to top. The strongest first, from the middle outwards; or in the order of where each is pulled to. */
function spread(ring: readonly Standing[], pulled: ((id: string) => number) | null): readonly [Standing, number][] {
  const strongest = [...ring].sort(strongerFirst);
  // An even number has no middle: all of them half a step down.
  const shift = strongest.length % 2 === 0 ? 0.5 : 0;
  const places = strongest.map((_, i) => (i % 2 === 1 ? 1 : -1) * Math.ceil(i / 2) - shift);
  const most = Math.max(1, ...places.map(Math.abs));
  if (pulled === null) return strongest.map((one, i) => [one, places[i]! / most]);
  const upwards = [...places].sort((a, b) => a - b);
  const ordered = strongest.sort((a, b) => pulled(a.id) - pulled(b.id) || (a.id < b.id ? -1 : 1));
  return ordered.map((one, i) => [one, upwards[i]! / most]);
}

/** Mean height of the placed products that one is joined to. */
function pull({ relations }: Neighbourhood, heights: ReadonlyMap<string, number>, id: string): number {
  let sum = 0;
  let weight = 0;
  for (const { from, to, customers } of relations) {
    const height = heights.get(from === id ? to : to === id ? from : '');
    if (height === undefined) continue;
    sum += customers * height;
    weight += customers;
  }
  return weight === 0 ? 0 : sum / weight;
}

function relationsOf({ product, relations }: Neighbourhood, both: ReadonlySet<string>): readonly MapRelation[] {
  const most = Math.max(1, ...relations.map(({ customers }) => customers));
  return relations.map(({ from, to, customers }) => ({
    from,
    to,
    customers,
    width: 1 + 4 * Math.sqrt(customers / most),
    kind:
      from !== product.id && to !== product.id
        ? 'other'
        : both.has(from) || both.has(to)
          ? 'both'
          : from === product.id
            ? 'out'
            : 'in',
  }));
}
