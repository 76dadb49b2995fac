/** 2³² / golden ratio: the step of a counter. */
export const golden: i32 = 0x9e3779b9;

/**
 * Random bits as a function of a counter and a key (splitmix32 with the constants of Ettinger's search): what one product draws depends on no
 * other, on no order and on no thread. The key joins between the rounds, so that streams whose counters meet still differ.
 */
export function mix(counter: i32, key: i32): i32 {
  let t = counter ^ (counter >>> 16);
  t = (t * 0x21f0aaad) ^ key;
  t ^= t >>> 15;
  t *= 0x735a2d97;
  return t ^ (t >>> 15);
}

/** {@link mix} of four counters. */
export function mixFour(counters: v128, key: v128): v128 {
  let t = v128.xor(counters, i32x4.shr_u(counters, 16));
  t = v128.xor(i32x4.mul(t, i32x4.splat(0x21f0aaad)), key);
  t = v128.xor(t, i32x4.shr_u(t, 15));
  t = i32x4.mul(t, i32x4.splat(0x735a2d97));
  return v128.xor(t, i32x4.shr_u(t, 15));
}

/** Where the stream of a node begins. */
export function counterOf(node: i32, key: i32): i32 {
  return mix(node, key);
}

/** The key of a node's stream. */
export function keyOf(node: i32, counter: i32): i32 {
  return mix(counter ^ golden, node);
}

/** Uniform integer in [0, bound): multiply-shift, bias below bound / 2³². */
export function below(bits: i32, bound: u32): u32 {
  return <u32>((<u64>(<u32>bits) * <u64>bound) >> 32);
}
