import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';

/** Dawn for Node, and TensorFlow.js's backend over it: optional peers, so never a static import. */
const dawnPackage = 'webgpu';
const backendPackage = '@tensorflow/tfjs-backend-webgpu';

interface Dawn {
  create(options: readonly string[]): Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}

interface Adapter {
  readonly info?: { readonly vendor?: string; readonly architecture?: string; readonly description?: string };
}

const require = createRequire(import.meta.url);

/** One instance per process: Dawn's own, and what `navigator.gpu` gives to TensorFlow.js. */
let opened: Promise<string> | undefined;

/**
 * Registers TensorFlow.js's backend `webgpu` over the machine's graphics adapter, once.
 * @returns what the adapter says of itself.
 * @throws Error when a package or an adapter is missing.
 */
export function registerWebgpu(): Promise<string> {
  opened ??= register().catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function register(): Promise<string> {
  const { create, globals } = (await load(dawnPackage)) as Dawn;
  Object.assign(globalThis, globals);
  const gpu = create([]);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) {
    throw new Error('no graphics adapter: WebGPU wants a driver for Vulkan, Metal or Direct3D 12');
  }
  // Node 20 has no navigator; that of later ones has no gpu.
  const navigator: object = (globalThis as { readonly navigator?: object }).navigator ?? {};
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  await load(backendPackage);
  if (tf.findBackendFactory('webgpu') === null) throw new Error(`${backendPackage} is of another TensorFlow.js`);
  const { vendor, architecture, description } = adapter.info ?? {};
  return [vendor, architecture, description].filter(Boolean).join(' ') || 'an adapter without a name';
}

async function load(name: string): Promise<unknown> {
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch {
    throw new Error(`${name} is not installed`);
  }
  return import(pathToFileURL(entry).href);
}
