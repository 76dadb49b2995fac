/**
 * What a worker thread needs of this room: memory that threads share and the kernels on it. TensorFlow.js is not loaded with it, which
 * takes longer than a small refresh.
 * @module
 */
export { type AdamStep, moveByAdam } from './adam.ts';
export { SharedHeap } from './heap.ts';
export type { Exclusions } from './logistic-rows.ts';
export { type NativePackage, NativeProduct } from './native-product.ts';
export { fillNormals } from './normal.ts';
export { createParameter, openParameter, type Parameter, type SharedParameter, shareParameter } from './parameter.ts';
export { parameterSums } from './parameter-sums.ts';
export type { References } from './references.ts';
export { innerProduct, RowProducts } from './row-products.ts';
