/**
 * AssemblyScript: loops over a WebAssembly memory that is given to it (the backend's heap, or a parameter's own), compiled to
 * `kernels.wasm` beside the room's modules. It has no data, stack or allocator; whoever calls it gives it addresses.
 * `npm run build` compiles it.
 */
export { drawUniform, drawWeighted, measureRows } from './draw';
export { gatherSum } from './gather';
export { logisticGradient, logisticLoss, logisticTile } from './logistic';
export { addProduct, transpose } from './matmul';
export { fillNormals } from './normal';
export { adagradRows, adamRows, takeRows } from './rows';
export { scatterAdd } from './scatter';
export { countParts, nameRows, sortEntries, writeParts } from './sort';
export { walk } from './walk';
