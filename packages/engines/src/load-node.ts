import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { loadNativeKernels as loadNativeStreamKernels } from '@mcore/backbone-stream/node';
import { EngineError } from '@mcore/errors';
import { loadNativeKernels } from '@mcore/ops/native';
import { findInstallations } from '@mcore/tensorflow-native';
import type { EngineLoaders, LoadContext, LoadedEngine } from './choose-engine.js';
import { hasVulkanDriver, installDawn } from './dawn.js';
import { loadCpu, loadWasm, loadWebgpu } from './load-browser.js';
import { findTfjsNode, loadTensorflow } from './load-tensorflow.js';
import type { EngineName } from './types.js';

/** Folder of the `.wasm` files inside the installed package, ending in a separator. */
export function wasmFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep;
}

function loadWasmInNode({ options }: LoadContext): Promise<LoadedEngine> {
  return loadWasm({ options: { ...options, wasmPaths: options.wasmPaths ?? wasmFolder() } });
}

async function loadNative(context: LoadContext): Promise<LoadedEngine> {
  const native = loadNativeKernels();
  const stream = loadNativeStreamKernels();
  await loadWasmInNode(context);
  return {
    description: `kernels compiled for ${native.instructions}, 1 thread, in WebAssembly's memory; backbone ${stream.description}`,
    backend: 'wasm',
    native,
    stream,
  };
}

async function loadDawn(context: LoadContext): Promise<LoadedEngine> {
  // a software driver is registered as others are; without any, Dawn would only write warnings to standard error
  if (!hasVulkanDriver()) {
    throw new EngineError(
      "useEngine: 'webgpu' needs a graphics driver with Vulkan, got none. Install the driver of the graphics card.",
    );
  }
  await installDawn();
  return loadWebgpu(context);
}

/** How Node loads engines. */
export const nodeLoaders: EngineLoaders = {
  tensorflow: loadTensorflow,
  webgpu: loadDawn,
  native: loadNative,
  wasm: loadWasmInNode,
  cpu: loadCpu,
};

/**
 * What `auto` tries in Node, in order. TensorFlow comes first where it was installed for a GPU; on a processor `native` trains and scores faster
 * (docs/performance.md).
 */
export function nodeCandidates(): readonly EngineName[] {
  const forGpu =
    findTfjsNode().some(({ name }) => name.endsWith('-gpu')) ||
    findInstallations().some(({ variant }) => variant === 'cuda');
  return forGpu ? ['tensorflow', 'webgpu', 'native', 'wasm', 'cpu'] : ['webgpu', 'native', 'tensorflow', 'wasm', 'cpu'];
}
