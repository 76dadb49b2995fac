import { eachRow } from './references';

/**
 * out[i] = Σ_j weights[j] · table[indices[j]] over j in offsets[i] … offsets[i + 1]; every row of `out` is written.
 * All addresses are bytes into the heap; `ahead` fetches rows before they are summed (for tables beyond the caches).
 * @returns a value of no meaning.
 */
export function gatherSum(
  table: usize,
  out: usize,
  width: usize,
  rows: usize,
  offsets: usize,
  indices: usize,
  weights: usize,
  ahead: bool,
): i32 {
  return eachRow(table, out, width, rows, offsets, indices, weights, ahead, true);
}

/** One row of output over some of its references, 32 columns at a time in registers. `more` adds to what is there. */
export function sumRow(
  table: usize,
  out: usize,
  bytes: usize,
  start: usize,
  end: usize,
  toWeight: usize,
  more: bool,
): void {
  let c: usize = 0;
  for (; c + 128 <= bytes; c += 128) {
    const o = out + c;
    let s0 = more ? v128.load(o) : f32x4.splat(0);
    let s1 = more ? v128.load(o, 16) : f32x4.splat(0);
    let s2 = more ? v128.load(o, 32) : f32x4.splat(0);
    let s3 = more ? v128.load(o, 48) : f32x4.splat(0);
    let s4 = more ? v128.load(o, 64) : f32x4.splat(0);
    let s5 = more ? v128.load(o, 80) : f32x4.splat(0);
    let s6 = more ? v128.load(o, 96) : f32x4.splat(0);
    let s7 = more ? v128.load(o, 112) : f32x4.splat(0);
    for (let j = start; j < end; j += 4) {
      const w = v128.load_splat<f32>(j + toWeight);
      const r = table + <usize>load<u32>(j) * bytes + c;
      s0 = f32x4.add(s0, f32x4.mul(w, v128.load(r)));
      s1 = f32x4.add(s1, f32x4.mul(w, v128.load(r, 16)));
      s2 = f32x4.add(s2, f32x4.mul(w, v128.load(r, 32)));
      s3 = f32x4.add(s3, f32x4.mul(w, v128.load(r, 48)));
      s4 = f32x4.add(s4, f32x4.mul(w, v128.load(r, 64)));
      s5 = f32x4.add(s5, f32x4.mul(w, v128.load(r, 80)));
      s6 = f32x4.add(s6, f32x4.mul(w, v128.load(r, 96)));
      s7 = f32x4.add(s7, f32x4.mul(w, v128.load(r, 112)));
    }
    v128.store(o, s0);
    v128.store(o, s1, 16);
    v128.store(o, s2, 32);
    v128.store(o, s3, 48);
    v128.store(o, s4, 64);
    v128.store(o, s5, 80);
    v128.store(o, s6, 96);
    v128.store(o, s7, 112);
  }
  for (; c + 16 <= bytes; c += 16) {
    let s = more ? v128.load(out + c) : f32x4.splat(0);
    for (let j = start; j < end; j += 4) {
      s = f32x4.add(
        s,
        f32x4.mul(v128.load_splat<f32>(j + toWeight), v128.load(table + <usize>load<u32>(j) * bytes + c)),
      );
    }
    v128.store(out + c, s);
  }
  for (; c < bytes; c += 4) {
    let s: f32 = more ? load<f32>(out + c) : 0;
    for (let j = start; j < end; j += 4) {
      s += load<f32>(j + toWeight) * load<f32>(table + <usize>load<u32>(j) * bytes + c);
    }
    store<f32>(out + c, s);
  }
}
