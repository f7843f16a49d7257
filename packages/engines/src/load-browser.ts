import { EngineError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineLoaders, LoadContext, LoadedEngine } from './choose-engine.js';
import { EMBEDDED_WASM_VERSION, withEmbeddedWasm } from './embedded-wasm.js';
import { runningBackend } from './running-backend.js';
import type { UseEngineOptions } from './types.js';
import { assertAdapterAllowed, findAdapter } from './webgpu-adapter.js';

/** Gradients for the operations of tfjs-core and the cpu backend, which others fall back to. */
export async function loadGradients(): Promise<string> {
  const { version } = await import('@tensorflow/tfjs');
  // in Node its first use would print a banner with advice, which useEngine gives in its reasons
  const cpu = tf.findBackend('cpu') as { firstUse?: boolean } | null;
  if (cpu?.firstUse) cpu.firstUse = false;
  return version['tfjs-core'];
}

/** Plain JavaScript. */
export async function loadCpu(): Promise<LoadedEngine> {
  return { description: `plain JavaScript, 1 thread (tfjs ${await loadGradients()})` };
}

/** WebAssembly; `wasmPaths` as in `UseEngineOptions`. */
export async function loadWasm({ options }: Pick<LoadContext, 'options'>): Promise<LoadedEngine> {
  await loadGradients();
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  if (!(await startWasm(wasm, options.wasmPaths))) {
    throw new EngineError(
      `useEngine: the wasm backend did not start. Pass wasmPaths: the URL prefix under which the .wasm files of @tensorflow/tfjs-backend-wasm/dist are served${wasm.version_wasm === EMBEDDED_WASM_VERSION ? '' : `, or install its version ${EMBEDDED_WASM_VERSION}, whose files come with @mcore/engines`}.`,
    );
  }
  refuseNull(tf.backend());
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const threads = wasm.getThreadsCount();
  const { loadWasmKernels } = await import('@mcore/backbone-stream');
  return {
    stream: await loadWasmKernels(),
    description: `WebAssembly ${simd ? 'with' : 'without'} SIMD, ${threads} thread${threads === 1 ? '' : 's'} (tfjs-backend-wasm ${wasm.version_wasm})`,
  };
}

/** Makes wasm the current backend; where no paths are given, with the embedded binary. */
async function startWasm(
  wasm: typeof import('@tensorflow/tfjs-backend-wasm'),
  paths: UseEngineOptions['wasmPaths'],
): Promise<boolean> {
  const start = () => tf.setBackend('wasm');
  // paths are read once, when the backend starts; later calls of setWasmPaths would throw
  if (runningBackend('wasm')) return start();
  if (paths === undefined && wasm.version_wasm === EMBEDDED_WASM_VERSION) {
    return withEmbeddedWasm((embedded) => {
      wasm.setWasmPaths(embedded);
      return start();
    });
  }
  if (paths !== undefined) wasm.setWasmPaths(paths);
  return start();
}

interface WasmModule {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

const guarded = new WeakSet<WasmModule>();

/** When the heap is full, tfjs would write at address 0 and continue with wrong data. This throws an error instead. */
function refuseNull(backend: tf.KernelBackend): void {
  const { wasm } = backend as unknown as { wasm: WasmModule };
  if (guarded.has(wasm)) return;
  guarded.add(wasm);
  wasm._free(wasm._malloc(8)); // its first call replaces it
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const pointer = allocate(bytes);
    if (pointer === 0 && bytes > 0) {
      throw new EngineError(
        `useEngine: the wasm backend is out of memory: expected room for ${bytes} bytes, of at most 4 GiB altogether.`,
      );
    }
    return pointer;
  };
}

/** WebGPU, with `navigator.gpu` as it is. */
export async function loadWebgpu({ softwareAllowed }: LoadContext): Promise<LoadedEngine> {
  const adapter = await findAdapter();
  assertAdapterAllowed(adapter, softwareAllowed);
  await loadGradients();
  await import('@tensorflow/tfjs-backend-webgpu');
  return {
    description: `WebGPU on ${adapter.name} (tfjs-backend-webgpu ${tf.version_core})`,
    dispose: (backend) => deviceOf(backend).destroy(),
    lost: async (backend) => {
      const { reason, message } = await deviceOf(backend).lost;
      return message === '' ? reason : `${reason}: ${message}`;
    },
  };
}

function deviceOf(backend: tf.KernelBackend): GPUDevice {
  return (backend as unknown as { device: GPUDevice }).device;
}

async function refuse(name: string): Promise<never> {
  throw new EngineError(
    `useEngine: '${name}' needs Node: import useEngine from @mcore/engines/node there. Browsers have webgpu, wasm and cpu.`,
  );
}

/** How browsers load engines; works in Node too, where the paths are given and `navigator.gpu` exists. */
export const browserLoaders: EngineLoaders = {
  tensorflow: () => refuse('tensorflow'),
  webgpu: loadWebgpu,
  native: () => refuse('native'),
  wasm: loadWasm,
  cpu: loadCpu,
};
