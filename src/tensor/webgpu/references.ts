import type { TensorInfo } from '@tensorflow/tfjs';
import type { ReferenceKernels } from '../reference-kernels.ts';
import { type References, transposedReferences, usedParts } from '../references.ts';
import { runShader, type Shader, type WebgpuBackend, withArrays } from './program.ts';

/** Σ_j weights[j] · rows[indices[j]], one invocation per value of the sum. */
const sum = `
  let row = index / uniforms.width;
  let column = index - row * uniforms.width;
  for (var j = offsets[row]; j < offsets[row + 1]; j++) {
    value += weights[j] * rows[indices[j] * uniforms.width + column];
  }`;
const inputs = ['rows', 'offsets', 'indices', 'weights'];
const sumShader: Shader = { name: 'sum', inputs, code: sum };
const addingShader: Shader = { name: 'sum-to', inputs: [...inputs, 'before'], code: `value = before[index];${sum}` };

/**
 * Sums on the device. A scatter is a gather by the transposed references, which the host sorts: no two invocations write one value, so
 * that the same input gives the same bits, where atomic additions would add up in any order.
 */
export const webgpuReferenceKernels: ReferenceKernels = {
  gather: (backend, table, { lists }) => lists.map((references) => sums(backend as WebgpuBackend, table, references)),
  scatter(backend, from, { lists, rows }) {
    const device = backend as WebgpuBackend;
    let total: TensorInfo | null = null;
    for (const [l, references] of lists.entries()) {
      const before: TensorInfo | null = total;
      total = sums(device, from[l]!, transposedReferences(references, rows), before);
      if (before !== null) device.disposeData(before.dataId);
    }
    return total!;
  },
};

function sums(
  device: WebgpuBackend,
  rows: TensorInfo,
  references: References,
  before: TensorInfo | null = null,
): TensorInfo {
  const width = rows.shape[1]!;
  const shape = [references.offsets.length - 1, width];
  return withArrays(device, usedParts(references), (...arrays) =>
    before === null
      ? runShader(device, sumShader, shape, [present(rows, arrays[2]!), ...arrays], width)
      : runShader(device, addingShader, shape, [present(rows, arrays[2]!), ...arrays, before], width),
  );
}

/** A table without rows, to which nothing can refer, has no buffer: any other serves. */
function present(rows: TensorInfo, other: TensorInfo): TensorInfo {
  return rows.shape.includes(0) ? other : rows;
}
