import { referencesAhead, touchRows } from './touch';

/** out[i] = table[rows[i]]. @returns a value of no meaning. */
export function takeRows(table: usize, out: usize, width: usize, rows: usize, count: usize): i32 {
  const bytes = width << 2;
  const end = rows + (count << 2);
  const step = referencesAhead(bytes);
  let sink = 0;
  for (let block = rows; block < end; ) {
    const stop = min(block + step, end);
    sink |= touchRows(table, bytes, block, stop);
    for (; block < stop; block += 4, out += bytes) {
      const from = table + <usize>load<u32>(block) * bytes;
      let c: usize = 0;
      for (; c + 16 <= bytes; c += 16) v128.store(out + c, v128.load(from + c));
      for (; c < bytes; c += 4) store<f32>(out + c, load<f32>(from + c));
    }
  }
  return sink;
}

/**
 * Adam on rows: d = gradient + shrink · θ, m = β₁ m + (1 − β₁) d, v = β₂ v + (1 − β₂) d², θ −= rate · m / (√v + ε).
 * `rows` names the row of each row of the gradient. @returns a value of no meaning.
 */
export function adamRows(
  values: usize,
  mean: usize,
  variance: usize,
  rows: usize,
  gradient: usize,
  count: usize,
  width: usize,
  rate: f32,
  shrink: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
): i32 {
  const bytes = width << 2;
  const end = rows + (count << 2);
  const step = max<usize>(referencesAhead(bytes) >> 2, 4) & ~3;
  let sink = 0;
  for (let block = rows; block < end; ) {
    const stop = min(block + step, end);
    sink |= touchRows(values, bytes, block, stop);
    sink |= touchRows(mean, bytes, block, stop);
    sink |= touchRows(variance, bytes, block, stop);
    for (; block < stop; block += 4, gradient += bytes) {
      const at = <usize>load<u32>(block) * bytes;
      adamRow(values + at, mean + at, variance + at, gradient, bytes, rate, shrink, beta1, beta2, epsilon);
    }
  }
  return sink;
}

function adamRow(
  values: usize,
  mean: usize,
  variance: usize,
  gradient: usize,
  bytes: usize,
  rate: f32,
  shrink: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
): void {
  const rate4 = f32x4.splat(rate);
  const shrink4 = f32x4.splat(shrink);
  const keep1 = f32x4.splat(beta1);
  const new1 = f32x4.splat(1 - beta1);
  const keep2 = f32x4.splat(beta2);
  const new2 = f32x4.splat(1 - beta2);
  const epsilon4 = f32x4.splat(epsilon);
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) {
    const p = v128.load(values + c);
    const d = f32x4.add(v128.load(gradient + c), f32x4.mul(shrink4, p));
    const m = f32x4.add(f32x4.mul(keep1, v128.load(mean + c)), f32x4.mul(new1, d));
    const v = f32x4.add(f32x4.mul(keep2, v128.load(variance + c)), f32x4.mul(new2, f32x4.mul(d, d)));
    v128.store(mean + c, m);
    v128.store(variance + c, v);
    v128.store(values + c, f32x4.sub(p, f32x4.div(f32x4.mul(rate4, m), f32x4.add(f32x4.sqrt(v), epsilon4))));
  }
  for (; c < bytes; c += 4) {
    const p = load<f32>(values + c);
    const d = load<f32>(gradient + c) + shrink * p;
    const m = beta1 * load<f32>(mean + c) + (1 - beta1) * d;
    const v = beta2 * load<f32>(variance + c) + (1 - beta2) * (d * d);
    store<f32>(mean + c, m);
    store<f32>(variance + c, v);
    store<f32>(values + c, p - (rate * m) / (sqrt<f32>(v) + epsilon));
  }
}

/** Adagrad on rows: d = gradient + shrink · θ, v += d², θ −= rate · d / (√v + ε). @returns a value of no meaning. */
export function adagradRows(
  values: usize,
  variance: usize,
  rows: usize,
  gradient: usize,
  count: usize,
  width: usize,
  rate: f32,
  shrink: f32,
  epsilon: f32,
): i32 {
  const bytes = width << 2;
  const end = rows + (count << 2);
  const step = max<usize>(referencesAhead(bytes) >> 2, 4) & ~3;
  const rate4 = f32x4.splat(rate);
  const shrink4 = f32x4.splat(shrink);
  const epsilon4 = f32x4.splat(epsilon);
  let sink = 0;
  for (let block = rows; block < end; ) {
    const stop = min(block + step, end);
    sink |= touchRows(values, bytes, block, stop);
    sink |= touchRows(variance, bytes, block, stop);
    for (; block < stop; block += 4, gradient += bytes) {
      const at = <usize>load<u32>(block) * bytes;
      const value = values + at;
      const sum = variance + at;
      let c: usize = 0;
      for (; c + 16 <= bytes; c += 16) {
        const p = v128.load(value + c);
        const d = f32x4.add(v128.load(gradient + c), f32x4.mul(shrink4, p));
        const v = f32x4.add(v128.load(sum + c), f32x4.mul(d, d));
        v128.store(sum + c, v);
        v128.store(value + c, f32x4.sub(p, f32x4.div(f32x4.mul(rate4, d), f32x4.add(f32x4.sqrt(v), epsilon4))));
      }
      for (; c < bytes; c += 4) {
        const p = load<f32>(value + c);
        const d = load<f32>(gradient + c) + shrink * p;
        const v = load<f32>(sum + c) + d * d;
        store<f32>(sum + c, v);
        store<f32>(value + c, p - (rate * d) / (sqrt<f32>(v) + epsilon));
      }
    }
  }
  return sink;
}
