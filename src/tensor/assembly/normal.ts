/** Pairs that are made together: first all that the method accepts, then their logarithms, which then do not wait for its luck. */
const blockPairs: usize = 512;
const pairBytes: usize = 24;

/**
 * out[i] = scale · a standard normal number, as `Random.normal` of src/random.ts draws them, to the bit: xoshiro128** (Blackman & Vigna, 2018) and Marsaglia's
 * polar method.
 * @param state the generator's four words, and behind them room for 512 × 24 bytes.
 */
export function fillNormals(out: usize, count: usize, scale: f64, state: usize): void {
  const pairs = state + 16;
  const end = out + (count << 2);
  for (; out < end; out += blockPairs << 3) {
    const used = min(blockPairs, (end - out + 4) >> 3) * pairBytes;
    drawPairs(state, pairs, pairs + used);
    for (let at: usize = 0, to = out; at < used; at += pairBytes, to += 8) {
      const s = load<f64>(pairs + at);
      const factor = sqrt<f64>((-2 * logarithm(s)) / s);
      store<f32>(to, <f32>(scale * (load<f64>(pairs + at, 8) * factor)));
      if (to + 4 < end) store<f32>(to, <f32>(scale * (load<f64>(pairs + at, 16) * factor)), 4);
    }
  }
}

/** Points of the unit disc, each as s = u² + v², u and v. */
function drawPairs(state: usize, at: usize, end: usize): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  while (at < end) {
    const first = rotl<u32>(b * 5, 7) * 9;
    let t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl<u32>(d, 11);
    const second = rotl<u32>(b * 5, 7) * 9;
    t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl<u32>(d, 11);
    const u = 2 * (<f64>first / 4294967296.0) - 1;
    const v = 2 * (<f64>second / 4294967296.0) - 1;
    const s = u * u + v * v;
    store<f64>(at, s);
    store<f64>(at, u, 8);
    store<f64>(at, v, 16);
    at += select<usize>(pairBytes, 0, <i32>(s < 1) & <i32>(s > 0));
  }
  store<u32>(state, a);
  store<u32>(state, b, 4);
  store<u32>(state, c, 8);
  store<u32>(state, d, 12);
}

const ln2High: f64 = 0.6931471803691238;
const ln2Low: f64 = 1.9082149292705877e-10;

/**
 * ln x of a number in (0, 1) by the algorithm of fdlibm (Sun Microsystems, 1993), which V8's Math.log is: the same bits. Its cases of k = 0 are the others'
 * there.
 */
function logarithm(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  const high = <i32>(bits >> 32) & 0xfffff;
  const carry = (high + 0x95f64) & 0x100000;
  const k = (<i32>(bits >> 52) - 1023 + (carry >> 20)) as f64;
  const f = reinterpret<f64>(((<u64>(<u32>(high | (carry ^ 0x3ff00000)))) << 32) | (bits & 0xffffffff)) - 1;
  if ((0xfffff & (2 + high)) < 3) {
    if (f === 0) return k * ln2High + k * ln2Low;
    const r = f * f * (0.5 - 0.3333333333333333 * f);
    return k * ln2High - (r - k * ln2Low - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const r = odd + even;
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const half = 0.5 * f * f;
    return k * ln2High - (half - (s * (half + r) + k * ln2Low) - f);
  }
  return k * ln2High - (s * (f - r) - k * ln2Low - f);
}
