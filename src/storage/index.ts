/**
 * Files that are whole or absent: atomic writes, checksums, JSON under a schema, tensors in safetensors.
 * @module
 */
export {
  copyFileDurable,
  moveFileDurable,
  removeTemporaryFiles,
  syncFolder,
  temporaryPath,
  writeFileAtomic,
} from './atomic.ts';
export { areBelow, areOffsets, columnsCorrupt, readColumns, writeColumns } from './columns.ts';
export { hashJson, sha256File, sha256Lines } from './hash.ts';
export { canonicalJson, readJson, writeJson } from './json.ts';
export { openToRead, readAt } from './reading.ts';
export { arrayIn, type Room, SharedRoom, settle } from './room.ts';
export {
  type OpenSafetensors,
  openSafetensors,
  readSafetensors,
  type SafetensorsFile,
  type Tensor,
  type TensorData,
  writeSafetensors,
} from './safetensors.ts';
