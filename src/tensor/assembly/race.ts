import { isMarked, mark } from './marks';
import { golden, mix } from './stream';

/** Natural logarithm of x in (0, 1], to 10⁻¹²: 2 artanh((m − 1) / (m + 1)) + e ln 2, with m in [√½, √2). */
function logarithm(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let exponent = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > Math.SQRT2) {
    m *= 0.5;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  const series =
    1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7 + q * (1.0 / 9 + q * (1.0 / 11 + q * (1.0 / 13 + q / 15))))));
  return 2 * s * series + <f64>exponent * Math.LN2;
}

/**
 * Marks `wanted` more positions of a row without replacement, p ∝ weight: those of the smallest Exp(1) / weight (Efraimidis & Spirakis, 2006). Looks
 * at the whole row, so it is for what rejection would take long to find.
 *
 * @param row cells of 8 bytes that begin with a node; `weights` has one f32 a node.
 * @param heap room for `wanted` keys (f64) and as many positions (u32).
 */
export function race(
  row: usize,
  degree: u32,
  wanted: u32,
  weights: usize,
  counter: i32,
  key: i32,
  words: usize,
  summary: usize,
  heap: usize,
): void {
  const positions = heap + ((<usize>wanted) << 3);
  let held: u32 = 0;
  for (let j: u32 = 0; j < degree; j++) {
    if (isMarked(words, j)) continue;
    counter += golden;
    const uniform = (<f64>(<u32>mix(counter, key)) + 0.5) * (1.0 / 4294967296.0);
    const weight = <f64>load<f32>(weights + ((<usize>load<u32>(row + ((<usize>j) << 3))) << 2));
    const arrival = -logarithm(uniform) / weight;
    if (held < wanted) {
      let hole = held++;
      while (hole > 0) {
        const parent = (hole - 1) >> 1;
        const above = load<f64>(heap + ((<usize>parent) << 3));
        if (above >= arrival) break;
        move(heap, positions, parent, hole);
        hole = parent;
      }
      put(heap, positions, hole, arrival, j);
    } else if (arrival < load<f64>(heap)) {
      let hole: u32 = 0;
      for (;;) {
        let child: u32 = 2 * hole + 1;
        if (child >= wanted) break;
        const left = heap + ((<usize>child) << 3);
        if (child + 1 < wanted && load<f64>(left, 8) > load<f64>(left)) child++;
        if (load<f64>(heap + ((<usize>child) << 3)) <= arrival) break;
        move(heap, positions, child, hole);
        hole = child;
      }
      put(heap, positions, hole, arrival, j);
    }
  }
  for (let i: u32 = 0; i < held; i++) mark(words, summary, load<u32>(positions + ((<usize>i) << 2)));
}

function put(keys: usize, positions: usize, slot: u32, key: f64, position: u32): void {
  store<f64>(keys + ((<usize>slot) << 3), key);
  store<u32>(positions + ((<usize>slot) << 2), position);
}

function move(keys: usize, positions: usize, from: u32, to: u32): void {
  put(keys, positions, to, load<f64>(keys + ((<usize>from) << 3)), load<u32>(positions + ((<usize>from) << 2)));
}
