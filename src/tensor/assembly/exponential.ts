/**
 * Writes the constants of the functions below to the heap, four times each: the engine would make a constant anew at every
 * use, in four instructions; loading it is one.
 * @param constants room for 19 × 16 bytes.
 */
export function writeConstants(constants: usize): void {
  v128.store(constants, i32x4.splat(0x80000000), 0 * 16);
  v128.store(constants, f32x4.splat(-87), 1 * 16);
  v128.store(constants, f32x4.splat(<f32>Math.LOG2E), 2 * 16);
  v128.store(constants, f32x4.splat(12582912), 3 * 16);
  // ln 2 in two parts, the first with zeros at its end, so that n times it is exact.
  v128.store(constants, f32x4.splat(0.693359375), 4 * 16);
  v128.store(constants, f32x4.splat(-2.1219444e-4), 5 * 16);
  v128.store(constants, f32x4.splat(0.00829766), 6 * 16);
  v128.store(constants, f32x4.splat(0.04191538), 7 * 16);
  v128.store(constants, f32x4.splat(0.16667575), 8 * 16);
  v128.store(constants, f32x4.splat(0.49998895), 9 * 16);
  v128.store(constants, f32x4.splat(0.99999969), 10 * 16);
  v128.store(constants, f32x4.splat(1.00000007), 11 * 16);
  v128.store(constants, f32x4.splat(1), 12 * 16);
  v128.store(constants, f32x4.splat(0), 13 * 16);
  v128.store(constants, f32x4.splat(0.28178336), 14 * 16);
  v128.store(constants, f32x4.splat(0.27960603), 15 * 16);
  v128.store(constants, f32x4.splat(0.4002491), 16 * 16);
  v128.store(constants, f32x4.splat(0.66666315), 17 * 16);
  v128.store(constants, f32x4.splat(2), 18 * 16);
}

/**
 * exp(−|x|), four at a time: −|x| = n ln 2 + r with |r| ≤ ln 2 / 2, the best polynomial of degree 5 in r, and n moved into
 * an exponent. Relative error below 4e-7; 1.6e-38 from |x| = 87 on; NaN stays NaN.
 */
function exponential(x: v128, constants: usize): v128 {
  const y = f32x4.pmax(v128.or(x, v128.load(constants, 0 * 16)), v128.load(constants, 1 * 16));
  // Adding 1.5 · 2²³ rounds to a whole number and leaves it in the low bits.
  const z = f32x4.add(f32x4.mul(y, v128.load(constants, 2 * 16)), v128.load(constants, 3 * 16));
  const n = f32x4.sub(z, v128.load(constants, 3 * 16));
  const high = f32x4.sub(y, f32x4.mul(n, v128.load(constants, 4 * 16)));
  const r = f32x4.sub(high, f32x4.mul(n, v128.load(constants, 5 * 16)));
  let p = v128.load(constants, 6 * 16);
  p = f32x4.add(f32x4.mul(p, r), v128.load(constants, 7 * 16));
  p = f32x4.add(f32x4.mul(p, r), v128.load(constants, 8 * 16));
  p = f32x4.add(f32x4.mul(p, r), v128.load(constants, 9 * 16));
  p = f32x4.add(f32x4.mul(p, r), v128.load(constants, 10 * 16));
  p = f32x4.add(f32x4.mul(p, r), v128.load(constants, 11 * 16));
  return f32x4.mul(p, i32x4.add(i32x4.shl(z, 23), v128.load(constants, 12 * 16)));
}

/**
 * softplus(x) = max(x, 0) + log(1 + t), t = exp(−|x|); log(1 + t) = 2 artanh(s) with s = t / (2 + t) ≤ 1/3, by the best
 * polynomial of degree 4 in s². Small values keep their relative accuracy.
 */
export function softplus(x: v128, constants: usize): v128 {
  const t = exponential(x, constants);
  const s = f32x4.div(t, f32x4.add(t, v128.load(constants, 18 * 16)));
  const q = f32x4.mul(s, s);
  let p = v128.load(constants, 14 * 16);
  p = f32x4.add(f32x4.mul(p, q), v128.load(constants, 15 * 16));
  p = f32x4.add(f32x4.mul(p, q), v128.load(constants, 16 * 16));
  p = f32x4.add(f32x4.mul(p, q), v128.load(constants, 17 * 16));
  p = f32x4.add(f32x4.mul(p, q), v128.load(constants, 18 * 16));
  return f32x4.add(f32x4.pmax(x, v128.load(constants, 13 * 16)), f32x4.mul(p, s));
}

/** σ(x) = 1 / (1 + t), or t / (1 + t) where x < 0, t = exp(−|x|). */
export function sigmoid(x: v128, constants: usize): v128 {
  const one = v128.load(constants, 12 * 16);
  const t = exponential(x, constants);
  const numerator = v128.bitselect(t, one, f32x4.lt(x, v128.load(constants, 13 * 16)));
  return f32x4.div(numerator, f32x4.add(t, one));
}
