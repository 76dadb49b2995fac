import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { Logger } from 'pino';
import { OnewayError } from '../errors.ts';
import { gather } from './gather-sum.ts';
import { registerIdentity } from './identity.ts';
import { logisticKernels, registerLogisticRows } from './logistic-rows.ts';
import { registerNativeProduct } from './native.ts';
import { type NativePackage, NativeProduct } from './native-product.ts';
import { registerParameterRows } from './parameter-rows.ts';
import { registerReferenceKernels } from './reference-kernels.ts';
import { scatter } from './scatter-add.ts';
import { enableSimd } from './simd.ts';
import { webgpuLogisticKernels } from './webgpu/logistic-rows.ts';
import { registerWebgpu } from './webgpu/open.ts';
import { webgpuReferenceKernels } from './webgpu/references.ts';

/** What a user may ask for. `auto` takes the first that loads of native-gpu, native, wasm and cpu; webgpu is asked for by name. */
export const backendPreferences = ['auto', 'native-gpu', 'native', 'webgpu', 'wasm', 'cpu'] as const;
export type BackendPreference = (typeof backendPreferences)[number];
export type BackendName = Exclude<BackendPreference, 'auto'>;

/** A ready TensorFlow.js backend with our kernels registered on it. */
export interface Backend {
  readonly name: BackendName;
  /** One line for logs and reports: the library and its version. */
  readonly description: string;
  /** The package whose {@link NativeProduct} multiplies, for threads that load it themselves; null where WebAssembly or a device does. */
  readonly native: NativePackage | null;
  readonly tf: typeof tf;
}

/** Whether a backend can be opened here, and why not. */
export interface BackendStatus {
  readonly name: BackendName;
  readonly available: boolean;
  readonly detail: string;
}

const require = createRequire(import.meta.url);
const packages: Readonly<Record<'native-gpu' | 'native', NativePackage>> = {
  'native-gpu': '@tensorflow/tfjs-node-gpu',
  native: '@tensorflow/tfjs-node',
};
/** The name under which TensorFlow.js knows each of our backends. */
const engineNames = {
  'native-gpu': 'oneway-native',
  native: 'oneway-native',
  webgpu: 'webgpu',
  wasm: 'wasm',
  cpu: 'cpu',
} as const;

/**
 * Opens a TensorFlow.js backend. The engine is one per process (tfjs keeps it on the global object), so the last call wins.
 * @throws OnewayError `CONFIGURATION_INVALID` when the backend that was named cannot be loaded; `auto` never throws.
 */
export async function openBackend(
  options: { readonly prefer: BackendPreference },
  logger: Pick<Logger, 'debug' | 'info'>,
): Promise<Backend> {
  const { prefer } = options;
  const order: readonly BackendName[] = prefer === 'auto' ? ['native-gpu', 'native', 'wasm', 'cpu'] : [prefer];
  let reason = '';
  for (const name of order) {
    try {
      const description = await load(name);
      registerKernels(name);
      if (name !== 'cpu' && name !== 'webgpu') {
        const obstacle = enableSimd(tf.backend());
        if (obstacle !== null) logger.info({ reason: obstacle }, 'SIMD kernels cannot run here; slower ones serve');
      }
      const native = name === 'native' || name === 'native-gpu' ? packages[name] : null;
      return { name, description, native, tf };
    } catch (error) {
      reason = messageOf(error);
      logger.debug({ backend: name, reason }, 'backend not available');
    }
  }
  throw new OnewayError('CONFIGURATION_INVALID', `The backend '${prefer}' cannot be loaded: ${reason}`, {
    hint: "Run 'oneway doctor' to see which backends work here, or ask for 'auto'.",
    details: { backend: prefer },
  });
}

/** Tries every backend without opening the native library twice; for `oneway doctor`. */
export async function backendStatuses(): Promise<readonly BackendStatus[]> {
  const statuses: BackendStatus[] = [];
  for (const name of ['native-gpu', 'native', 'webgpu', 'wasm', 'cpu'] as const) {
    try {
      statuses.push({ name, available: true, detail: await load(name) });
    } catch (error) {
      statuses.push({ name, available: false, detail: messageOf(error) });
    }
  }
  return statuses;
}

async function load(name: BackendName): Promise<string> {
  tf.env().set('PROD', true);
  const version = tf.version_core;
  if (name === 'webgpu') {
    const adapter = await registerWebgpu();
    await openEngine(name);
    return `TensorFlow.js ${version} on WebGPU: ${adapter}`;
  }
  if (name === 'native' || name === 'native-gpu') await openNative(packages[name]);
  else await openEngine(name);
  if (name === 'cpu') silenceCpuAdvice();
  if (name === 'wasm') return `TensorFlow.js ${version} on WebAssembly SIMD`;
  if (name === 'cpu') return `TensorFlow.js ${version} in plain JavaScript`;
  return `${packages[name]} ${version}: products by libtensorflow, the rest on WebAssembly SIMD`;
}

async function openEngine(engineName: string): Promise<void> {
  if (engineName === 'wasm') {
    setWasmPaths(`${join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/')}`);
  }
  if (!(await tf.setBackend(engineName))) throw new Error(`TensorFlow.js refused its backend '${engineName}'`);
  await tf.ready();
}

/**
 * An engine of its own name over the WebAssembly backend, with libtensorflow's product in it: tensors stay on one heap, where our
 * loops work. On libtensorflow's own backend every kernel of ours copied its tensors in and out, and a training step took
 * 2.5 times as long as on WebAssembly alone.
 */
async function openNative(packageName: NativePackage): Promise<void> {
  const engineName = engineNames.native;
  const product = NativeProduct.load(packageName);
  await openEngine('wasm');
  if (tf.findBackend(engineName) === null) {
    const wasm = tf.backend();
    tf.copyRegisteredKernels('wasm', engineName);
    registerNativeProduct(engineName, product);
    tf.registerBackend(engineName, () => wasm);
  }
  await openEngine(engineName);
}

/** The CPU backend prints advice to install tfjs-node on its first operation; the user has already chosen. */
function silenceCpuAdvice(): void {
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}

function registerKernels(name: BackendName): void {
  const engineName = engineNames[name];
  if (name === 'webgpu') {
    registerReferenceKernels(engineName, webgpuReferenceKernels);
    registerLogisticRows(engineName, webgpuLogisticKernels);
  } else {
    if (name !== 'cpu') registerIdentity(engineName);
    registerReferenceKernels(engineName, { gather, scatter });
    registerLogisticRows(engineName, logisticKernels);
  }
  registerParameterRows(engineName);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
