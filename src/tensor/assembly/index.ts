/**
 * AssemblyScript: loops over the heap of the WebAssembly backend, compiled to `kernels.wasm` beside the room's modules.
 * It has no data, stack or allocator of its own; whoever calls it gives it addresses. `npm run build` compiles it.
 */
export { gatherSum } from './gather';
export { logisticGradient, logisticLoss } from './logistic';
export { scatterAdd } from './scatter';
