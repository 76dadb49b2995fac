import { eachRow } from './references';

/**
 * table[indices[j]] += weights[j] · from[i] over j in offsets[i] … offsets[i + 1]; `table` has `tableBytes` bytes and is
 * zeroed first (none, to add to what is there). The transpose of `gatherSum`, in the references' order: the same input gives the
 * same bits.
 * @returns a value of no meaning.
 */
export function scatterAdd(
  from: usize,
  table: usize,
  tableBytes: usize,
  width: usize,
  rows: usize,
  offsets: usize,
  indices: usize,
  weights: usize,
  ahead: bool,
): i32 {
  memory.fill(table, 0, tableBytes);
  return eachRow(table, from, width, rows, offsets, indices, weights, ahead, false);
}

/** One row added to some of the rows that it refers to, 32 of its columns at a time in registers. */
export function addRow(from: usize, table: usize, bytes: usize, start: usize, end: usize, toWeight: usize): void {
  let c: usize = 0;
  for (; c + 128 <= bytes; c += 128) {
    const f = from + c;
    const f0 = v128.load(f);
    const f1 = v128.load(f, 16);
    const f2 = v128.load(f, 32);
    const f3 = v128.load(f, 48);
    const f4 = v128.load(f, 64);
    const f5 = v128.load(f, 80);
    const f6 = v128.load(f, 96);
    const f7 = v128.load(f, 112);
    for (let j = start; j < end; j += 4) {
      const w = v128.load_splat<f32>(j + toWeight);
      const r = table + <usize>load<u32>(j) * bytes + c;
      v128.store(r, f32x4.add(v128.load(r), f32x4.mul(w, f0)));
      v128.store(r, f32x4.add(v128.load(r, 16), f32x4.mul(w, f1)), 16);
      v128.store(r, f32x4.add(v128.load(r, 32), f32x4.mul(w, f2)), 32);
      v128.store(r, f32x4.add(v128.load(r, 48), f32x4.mul(w, f3)), 48);
      v128.store(r, f32x4.add(v128.load(r, 64), f32x4.mul(w, f4)), 64);
      v128.store(r, f32x4.add(v128.load(r, 80), f32x4.mul(w, f5)), 80);
      v128.store(r, f32x4.add(v128.load(r, 96), f32x4.mul(w, f6)), 96);
      v128.store(r, f32x4.add(v128.load(r, 112), f32x4.mul(w, f7)), 112);
    }
  }
  for (; c + 16 <= bytes; c += 16) {
    const f = v128.load(from + c);
    for (let j = start; j < end; j += 4) {
      const r = table + <usize>load<u32>(j) * bytes + c;
      v128.store(r, f32x4.add(v128.load(r), f32x4.mul(v128.load_splat<f32>(j + toWeight), f)));
    }
  }
  for (; c < bytes; c += 4) {
    const f = load<f32>(from + c);
    for (let j = start; j < end; j += 4) {
      const r = table + <usize>load<u32>(j) * bytes + c;
      store<f32>(r, load<f32>(r) + load<f32>(j + toWeight) * f);
    }
  }
}
