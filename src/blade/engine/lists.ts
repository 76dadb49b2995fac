import type { References, SharedHeap } from '../../tensor/threads.ts';
import type { BladeConfiguration } from '../configuration.ts';
import { Room, takeRoom } from '../drawable.ts';
import { ownerOf, type ParameterName } from '../parameters.ts';
import type { Side } from '../sampler.ts';
import type { Arena } from './arena.ts';
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

/** A table's rows are dealt with in so many parts at most, of a power of two of rows each: enough for lanes to share evenly. */
const mostParts = 32;
const smallestBits = 8;

/** Bits of a row's number within its part. */
export function partBits(rows: number): number {
  let bits = smallestBits;
  while (mostParts * 2 ** bits < rows) bits++;
  return bits;
}

export function partsOf(rows: number): number {
  return Math.ceil(rows / 2 ** partBits(rows));
}

/** Words of a lane's header: where each part of each section of each list begins, and behind it where the last one ends. */
const slotWords = mostParts + 1;
const headerWords = listNames.length * sections.length * slotWords;

function slotOf(list: ListName, section: number): number {
  return (listNames.indexOf(list) * sections.length + section) * slotWords;
}

/** Words of the heap of lists, as `takeRoom` counts its first one: the tasks that lanes have claimed, and their headers. */
const claimedWord = 1;
const headersWord = 16;
const mostLanes = 64;

const entryWords = 3;
const groupWords = 5;

/** The heap that all lanes' lists are in. */
export function prepareLists(heap: SharedHeap): void {
  takeRoom(heap, 4 * (headersWord + mostLanes));
}

/** The next task that no lane has claimed. */
export function claimTask(heap: SharedHeap): number {
  return Atomics.add(heap.words(0, headersWord), claimedWord, 1);
}

export function resetTasks(heap: SharedHeap): void {
  Atomics.store(heap.words(0, headersWord), claimedWord, 0);
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
 * Lists, for every reference of a lane's products to a table row, which row of the upstream gradients it brings there and by what
 * weight: the transposes of what `encodeParts` sums.
 */
export class ListWriter {
  readonly #heap: SharedHeap;
  readonly #rowsOf: (list: ListName) => number;
  readonly #header: number;
  readonly #cursors: number;
  readonly #groups: number;
  readonly #entries: Room;

  /** @param rowsOf rows of each table. */
  constructor(heap: SharedHeap, lane: number, rowsOf: (list: ListName) => number) {
    this.#heap = heap;
    this.#rowsOf = rowsOf;
    this.#header = takeRoom(heap, 4 * headerWords);
    this.#cursors = takeRoom(heap, 4 * headerWords);
    this.#groups = takeRoom(heap, 4 * groupWords * listNames.length);
    this.#entries = new Room(heap);
    Atomics.store(heap.words(0, headersWord + mostLanes), headersWord + lane, this.#header);
  }

  /** @param drawn references whose arrays are in this heap. */
  write(
    drawn: readonly { readonly drawn: DrawnSide; readonly tables: SideTables }[],
    layout: Layout,
    configuration: BladeConfiguration,
  ): void {
    const parts = sections.map(() => [] as readonly Group[]);
    const names = sections.map((): Uint32Array | null => null);
    for (const { drawn: side, tables } of drawn) {
      const section = sections.indexOf(side.side);
      parts[section] = productGroups(side, tables, layout, configuration);
      parts[section + 1] = pairGroups(side, tables, layout, configuration);
      names[section + 1] = side.pairIds;
    }
    this.#place(parts);
    parts.forEach((groups, section) => {
      for (const list of new Set(groups.map((group) => group.list))) {
        const some = groups.filter((group) => group.list === list);
        this.#write(list, section, some, names[section] ?? null);
      }
    });
  }

  /** Counts what comes to each part and lays them side by side. */
  #place(parts: readonly (readonly Group[])[]): void {
    const { functions } = this.#heap;
    const header = this.#heap.words(this.#header, headerWords).fill(0);
    parts.forEach((groups, section) => {
      for (const { list, references } of groups) {
        const { indices } = references;
        const rows = this.#rowsOf(list);
        const counts = this.#header + 4 * slotOf(list, section);
        const within = functions.countParts(indices.byteOffset, indices.length, rows, partBits(rows), counts);
        if (within === 0) throw new RangeError(`A reference names a row beyond the ${rows} of '${list}'.`);
      }
    });
    const total = header.reduce((sum, count) => sum + count, 0);
    let address = this.#entries.reserve(entryWords * total);
    for (let slot = 0; slot < headerWords; slot++) {
      const count = header[slot]!;
      header[slot] = address;
      address += 4 * entryWords * count;
    }
    this.#heap.words(this.#cursors, headerWords).set(header);
  }

  #write(list: ListName, section: number, groups: readonly Group[], names: Uint32Array | null): void {
    const words = this.#heap.words(this.#groups, groupWords * groups.length);
    const scales = this.#heap.floats(this.#groups, groupWords * groups.length);
    groups.forEach(({ references, row, scale }, k) => {
      const { offsets, indices, weights } = references;
      words.set([offsets.byteOffset, indices.byteOffset, weights.byteOffset, row], groupWords * k);
      scales[groupWords * k + 4] = scale;
    });
    this.#heap.functions.writeParts(
      this.#groups,
      groups.length,
      groups[0]!.references.offsets.length - 1,
      names?.byteOffset ?? 0,
      partBits(this.#rowsOf(list)),
      this.#cursors + 4 * slotOf(list, section),
    );
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

/** Turns the lanes' lists round, a part of a table at a time. */
export class Collector {
  readonly #heap: SharedHeap;
  readonly #lanes: number;
  readonly #arena: Arena;
  readonly #rowsOf: (list: ListName) => number;
  /** By lane. */
  #headers: readonly Uint32Array[] = [];

  /** @param arena for what is collected, in the heap of the lists. */
  constructor(heap: SharedHeap, lanes: number, arena: Arena, rowsOf: (list: ListName) => number) {
    this.#heap = heap;
    this.#lanes = lanes;
    this.#arena = arena;
    this.#rowsOf = rowsOf;
  }

  /**
   * The transposed lists of one part of a table.
   * @param all whether rows that nothing refers to are there too.
   */
  collect(list: ListName, part: number, all: boolean): Collected {
    const arena = this.#arena;
    const { functions } = this.#heap;
    const tableRows = this.#rowsOf(list);
    const bits = partBits(tableRows);
    const first = part * 2 ** bits;
    const last = Math.min(first + 2 ** bits, tableRows);
    const segments = arena.words(2 * sections.length * this.#lanes);
    const { count, total } = this.#segments(list, part, segments);
    const most = all ? last - first : Math.min(last - first, total);
    const names = arena.words(most);
    const offsets = arena.words(most + 1);
    const indices = arena.words(total);
    const weights = arena.floats(total);
    const mark = arena.mark();
    const rows = arena.take(4 * total);
    const low = bits >> 1;
    const counts = arena.take(4 * (2 ** low + 2 ** (bits - low)));
    const entries = arena.take(4 * entryWords * total);
    const from = segments.byteOffset;
    functions.sortEntries(
      from,
      count,
      first,
      low,
      bits - low,
      counts,
      entries,
      rows,
      indices.byteOffset,
      weights.byteOffset,
    );
    const size = functions.nameRows(rows, total, first, last, all, names.byteOffset, offsets.byteOffset);
    arena.release(mark);
    return { rows: names.subarray(0, size), references: { offsets: offsets.subarray(0, size + 1), indices, weights } };
  }

  /** Where the lanes' parts of a list lie, in the order of their positions. */
  #segments(list: ListName, part: number, segments: Uint32Array): { readonly count: number; readonly total: number } {
    if (this.#headers.length === 0) {
      const addresses = this.#heap.words(4 * headersWord, this.#lanes);
      this.#headers = Array.from(addresses, (address) => this.#heap.words(address, headerWords));
    }
    let count = 0;
    let bytes = 0;
    for (let section = 0; section < sections.length; section++) {
      const slot = slotOf(list, section) + part;
      for (let lane = 0; lane < this.#lanes; lane++) {
        const header = this.#headers[lane]!;
        const start = header[slot]!;
        const end = header[slot + 1]!;
        if (start === end) continue;
        segments[2 * count] = start;
        segments[2 * count + 1] = end;
        count++;
        bytes += end - start;
      }
    }
    return { count, total: bytes / (4 * entryWords) };
  }
}
