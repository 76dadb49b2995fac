import { OnewayError } from '../errors.ts';
import { type Room, readSafetensors, type Tensor, writeSafetensors } from '../storage/index.ts';

const format = 'oneway-lists';

/** Ends a list that is shorter than its row because there is nothing more. */
export const listEnd = 0xffffffff;
/** Ends a list that is shorter than its row although there may be more. */
export const listCut = 0xfffffffe;

/**
 * For each product the best others, found when the release was made. Row u of a matrix of shape [count, width]: node numbers, best first,
 * then {@link listEnd} or {@link listCut}. Scores are not kept: they are made again by the code that made them.
 */
export interface ProductLists {
  readonly count: number;
  readonly width: number;
  /** Shape [count, width]. */
  readonly nodes: Uint32Array;
}

/** Lists of a release, each over the products that could be shown when it was made. */
export interface PrecomputedLists {
  /** What goes well after each product, the direction guard applied. */
  readonly related: ProductLists;
  /** What could stand in for each product. */
  readonly similar: ProductLists;
}

const names = ['related', 'similar'] as const;

/** Writes tensors `related` and `similar`, U32 [count, width]. */
export async function writeLists(path: string, lists: PrecomputedLists): Promise<void> {
  const tensors: Record<string, Tensor> = {};
  for (const name of names) {
    const { count, width, nodes } = lists[name];
    tensors[name] = { shape: [count, width], data: nodes };
  }
  await writeSafetensors(path, tensors, { format, version: '1' });
}

/** @throws OnewayError `FILE_NOT_FOUND`; `FILE_CORRUPT` when a row names a product that is not there, itself, one twice, or goes on after its end. */
export async function readLists(path: string, room?: Room): Promise<PrecomputedLists> {
  const { tensors, metadata } = await readSafetensors(path, room);
  const read = (name: (typeof names)[number]): ProductLists => {
    const tensor = tensors[name];
    if (metadata.format !== format || !(tensor?.data instanceof Uint32Array) || tensor.shape.length !== 2) {
      throw corrupt(path, `it has no table of node numbers named ${name}`);
    }
    const lists = { count: tensor.shape[0]!, width: tensor.shape[1]!, nodes: tensor.data };
    checkRows(path, name, lists);
    return lists;
  };
  const lists = { related: read('related'), similar: read('similar') };
  if (lists.related.count !== lists.similar.count) throw corrupt(path, 'its tables have different numbers of rows');
  return lists;
}

function checkRows(path: string, name: string, { count, width, nodes }: ProductLists): void {
  const seenIn = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    let end = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      const node = nodes[i]!;
      if (end > 0 && node !== end) throw corrupt(path, `row ${row} of ${name} goes on after its end`);
      if (node === listEnd || node === listCut) end = node;
      else if (node >= count || node === row || seenIn[node] === row + 1) {
        throw corrupt(path, `row ${row} of ${name} has the entry ${node}`);
      } else seenIn[node] = row + 1;
    }
  }
}

function corrupt(path: string, reason: string): OnewayError {
  return new OnewayError('FILE_CORRUPT', `${path} does not hold lists of products: ${reason}.`, {
    hint: 'It was altered or written by another version; run the refresh again.',
    details: { file: path, reason },
  });
}
