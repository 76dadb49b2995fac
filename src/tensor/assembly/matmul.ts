/**
 * c[i, j] += Σ_k a[i, k] · b[k, j], sums in the order of k. `a` is read through two strides, so that it may lie transposed;
 * rows of `b` and `c` are contiguous. All strides in bytes, `columns` a multiple of 4.
 * Tiles of 4 × 8 cells stay in registers over the whole depth.
 */
export function addProduct(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
  rows: usize,
  columns: usize,
  depth: usize,
): void {
  const width = columns << 2;
  let i: usize = 0;
  for (; i + 4 <= rows; i += 4) {
    let j: usize = 0;
    for (; j + 32 <= width; j += 32) tile4x8(a, aRow, aStep, b + j, bRow, c + j, cRow, depth);
    for (; j < width; j += 16) {
      for (let r: usize = 0; r < 4; r++) tile1x4(a + r * aRow, aStep, b + j, bRow, c + r * cRow + j, depth);
    }
    a += 4 * aRow;
    c += 4 * cRow;
  }
  for (; i < rows; i++) {
    for (let j: usize = 0; j < width; j += 16) tile1x4(a, aStep, b + j, bRow, c + j, depth);
    a += aRow;
    c += cRow;
  }
}

function tile4x8(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
  depth: usize,
): void {
  const c1 = c + cRow;
  const c2 = c1 + cRow;
  const c3 = c2 + cRow;
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c1);
  let s11 = v128.load(c1, 16);
  let s20 = v128.load(c2);
  let s21 = v128.load(c2, 16);
  let s30 = v128.load(c3);
  let s31 = v128.load(c3, 16);
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  for (let k: usize = 0; k < depth; k++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x0 = v128.load_splat<f32>(a);
    s00 = f32x4.add(s00, f32x4.mul(x0, b0));
    s01 = f32x4.add(s01, f32x4.mul(x0, b1));
    const x1 = v128.load_splat<f32>(a1);
    s10 = f32x4.add(s10, f32x4.mul(x1, b0));
    s11 = f32x4.add(s11, f32x4.mul(x1, b1));
    const x2 = v128.load_splat<f32>(a2);
    s20 = f32x4.add(s20, f32x4.mul(x2, b0));
    s21 = f32x4.add(s21, f32x4.mul(x2, b1));
    const x3 = v128.load_splat<f32>(a3);
    s30 = f32x4.add(s30, f32x4.mul(x3, b0));
    s31 = f32x4.add(s31, f32x4.mul(x3, b1));
    a += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    b += bRow;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

function tile1x4(a: usize, aStep: usize, b: usize, bRow: usize, c: usize, depth: usize): void {
  let s = v128.load(c);
  for (let k: usize = 0; k < depth; k++) {
    s = f32x4.add(s, f32x4.mul(v128.load_splat<f32>(a), v128.load(b)));
    a += aStep;
    b += bRow;
  }
  v128.store(c, s);
}

/** out[j, i] = from[i, j]; strides in bytes. */
export function transpose(from: usize, fromRow: usize, out: usize, outRow: usize, rows: usize, columns: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    const row = from + i * fromRow;
    let to = out + (i << 2);
    for (let j: usize = 0; j < columns; j++, to += outRow) store<f32>(to, load<f32>(row + (j << 2)));
  }
}
