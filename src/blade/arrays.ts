/** Where the arrays of a batch come from. Their content is any. */
export interface Arrays {
  words(length: number): Uint32Array;
  floats(length: number): Float32Array;
}

/** New ones. */
export const newArrays: Arrays = {
  words: (length) => new Uint32Array(length),
  floats: (length) => new Float32Array(length),
};
