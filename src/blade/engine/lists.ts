import type { References, SharedHeap } from '../../tensor/threads.ts';
import type { BladeConfiguration } from '../configuration.ts';
import { ownerOf, type ParameterName } from '../parameters.ts';
import type { Side } from '../sampler.ts';
import type { DrawnSide } from './draw.ts';
import type { Layout } from './layout.ts';
import type { SideTables } from './tables.ts';

/** Tables whose rows a step's products refer to. */
export const listNames = [
  'sourceOwn',
  'targetOwn',
  'sourceNear',
  'targetNear',
  'sourceAcross',
  'targetAcross',
  'sourceViewed',
  'targetViewed',
  'sourceFeatures',
  'targetFeatures',
  'sourceBias',
  'targetBias',
] as const satisfies readonly ParameterName[];
export type ListName = (typeof listNames)[number];

/**
 * Sections of a lane's lists. The order within a section is that of the positions, which lanes share in contiguous ranges: the lanes'
 * lists one after the other are the same whatever the number of lanes.
 */
const sections = ['source', 'sourcePairs', 'target', 'targetPairs'] as const;
type Section = (typeof sections)[number];

const headerWords = 2 * sections.length * listNames.length;

function slotOf(section: number, list: number): number {
  return 2 * (section * listNames.length + list);
}

/** Group of references from rows of one part of a side to rows of one table. */
interface Group {
  readonly list: ListName;
  readonly references: References;
  /** Row of `upstream` (or of the biases) of the references' first row. */
  readonly row: number;
  readonly scale: number;
}

/**
 * Writes, for every reference of a lane's products to a table row, which row of the upstream gradients it brings there and by what
 * weight: the transposes of what `encodeParts` sums.
 */
export function writeLists(
  heap: SharedHeap,
  drawn: readonly { readonly drawn: DrawnSide; readonly tables: SideTables }[],
  layout: Layout,
  configuration: BladeConfiguration,
): void {
  const groups = drawn.flatMap(({ drawn: side, tables }) => [
    { section: sections.indexOf(side.side), groups: productGroups(side, tables, layout, configuration), rows: null },
    {
      section: sections.indexOf(`${side.side}Pairs` as Section),
      groups: pairGroups(side, tables, layout, configuration),
      rows: side.pairIds,
    },
  ]);
  const counts = new Uint32Array(headerWords);
  for (const { section, groups: some } of groups) {
    for (const { list, references } of some) {
      counts[slotOf(section, listNames.indexOf(list)) + 1]! += references.indices.length;
    }
  }
  let total = 0;
  for (let slot = 0; slot < headerWords; slot += 2) {
    counts[slot] = total;
    total += counts[slot + 1]!;
  }
  const start = 4 * headerWords;
  heap.ensure(start + 12 * total);
  heap.words(0, headerWords).set(counts);
  const rows = heap.words(start, total);
  const upstream = heap.words(start + 4 * total, total);
  const weights = heap.floats(start + 8 * total, total);
  for (const { section, groups: some, rows: names } of groups) {
    const cursors = some.map(({ list }) => slotOf(section, listNames.indexOf(list)));
    const next = counts;
    const length = some[0] === undefined ? 0 : some[0].references.offsets.length - 1;
    for (let i = 0; i < length; i++) {
      for (let k = 0; k < some.length; k++) {
        const { references, row, scale } = some[k]!;
        const { offsets, indices, weights: from } = references;
        let at = next[cursors[k]!]!;
        const to = row + (names === null ? i : names[i]!);
        for (let j = offsets[i]!; j < offsets[i + 1]!; j++, at++) {
          rows[at] = indices[j]!;
          upstream[at] = to;
          weights[at] = scale * from[j]!;
        }
        next[cursors[k]!] = at;
      }
    }
  }
}

function productGroups(
  { side, references, features, range }: DrawnSide,
  { owner, gates }: SideTables,
  layout: Layout,
  configuration: BladeConfiguration,
): readonly Group[] {
  const own = layout[side];
  const [rest, walks, near] = [own.restRow, own.walkRow, own.nearRow].map((row) => row + range.first) as [
    number,
    number,
    number,
  ];
  const end = (of: Side) => `${ownerOf(of, configuration)}Own` as const;
  const mine = `${owner}Own` as const;
  const { viewed } = references;
  return [
    { list: mine, references: references.own, row: rest, scale: gates.own },
    ...(features === null
      ? []
      : [{ list: `${owner}Features` as const, references: features, row: rest, scale: gates.own }]),
    ...(viewed === null
      ? []
      : [
          { list: mine, references: viewed.own, row: rest, scale: gates.viewed },
          { list: `${owner}Viewed` as const, references: viewed.messages, row: rest, scale: 1 },
        ]),
    { list: end('source'), references: references.acrossWalks.source, row: rest, scale: gates.source },
    { list: end('target'), references: references.acrossWalks.target, row: rest, scale: gates.target },
    { list: end('source'), references: references.nearWalks.source, row: walks, scale: gates.source },
    { list: end('target'), references: references.nearWalks.target, row: walks, scale: gates.target },
    { list: `${owner}Across`, references: references.across, row: rest, scale: 1 },
    { list: `${owner}Near`, references: references.near, row: near, scale: 1 },
    { list: `${owner}Bias`, references: references.own, row: own.biasRow + range.first, scale: 1 },
  ];
}

function pairGroups(
  { side, pairs }: DrawnSide,
  { owner, gates }: SideTables,
  layout: Layout,
  configuration: BladeConfiguration,
): readonly Group[] {
  const row = layout[side].pairRow;
  const end = (of: Side) => `${ownerOf(of, configuration)}Own` as const;
  return [
    { list: `${owner}Near`, references: pairs.masked, row, scale: 1 },
    { list: end('source'), references: pairs.maskedWalks.source, row, scale: gates.source },
    { list: end('target'), references: pairs.maskedWalks.target, row, scale: gates.target },
  ];
}

/** Rows of a table that a step touches, and what each is summed from. */
export interface Collected {
  readonly rows: Uint32Array;
  readonly references: References;
}

/** Turns lists round, table by table. */
export class Collector {
  readonly #heaps: readonly SharedHeap[];
  /** How often each row of a range is referred to, then where its next reference goes. */
  #places = new Uint32Array(0);

  constructor(heaps: readonly SharedHeap[]) {
    this.#heaps = heaps;
  }

  /**
   * The transposed lists of one table for its rows first … last − 1.
   * @param all whether rows that nothing refers to are there too.
   */
  collect(list: ListName, first: number, last: number, all: boolean): Collected {
    const parts = partsOf(this.#heaps, listNames.indexOf(list));
    const count = last - first;
    if (this.#places.length < count) this.#places = new Uint32Array(count);
    const places = this.#places.fill(0, 0, count);
    let total = 0;
    for (const { rows } of parts) {
      for (let j = 0; j < rows.length; j++) {
        const row = rows[j]! - first;
        if (row < 0 || row >= count) continue;
        places[row]!++;
        total++;
      }
    }
    const most = all ? count : Math.min(count, total);
    const names = new Uint32Array(most);
    const offsets = new Uint32Array(most + 1);
    let size = 0;
    for (let i = 0, place = 0; i < count; i++) {
      const references = places[i]!;
      if (references === 0 && !all) continue;
      places[i] = place;
      place += references;
      names[size++] = first + i;
      offsets[size] = place;
    }
    const indices = new Uint32Array(total);
    const weights = new Float32Array(total);
    for (const { rows, upstream, weights: from } of parts) {
      for (let j = 0; j < rows.length; j++) {
        const row = rows[j]! - first;
        if (row < 0 || row >= count) continue;
        const at = places[row]!++;
        indices[at] = upstream[j]!;
        weights[at] = from[j]!;
      }
    }
    return { rows: names.subarray(0, size), references: { offsets: offsets.subarray(0, size + 1), indices, weights } };
  }
}

/** The lanes' parts of a list in the order of their positions. */
function partsOf(heaps: readonly SharedHeap[], list: number) {
  return sections.flatMap((_, section) =>
    heaps.flatMap((heap) => {
      const header = heap.words(0, headerWords);
      const slot = slotOf(section, list);
      const length = header[slot + 1]!;
      if (length === 0) return [];
      const total = header[headerWords - 2]! + header[headerWords - 1]!;
      const start = 4 * headerWords + 4 * header[slot]!;
      return [
        {
          rows: heap.words(start, length),
          upstream: heap.words(start + 4 * total, length),
          weights: heap.floats(start + 8 * total, length),
        },
      ];
    }),
  );
}
