import { createRequire } from 'node:module';
import { join } from 'node:path';
import { EngineError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { cacheFolder, installedFiles } from './folders.js';
import { preloadNvidia } from './nvidia.js';
import { findInstallations, type Installation } from './record.js';
import { CORE_SYMBOL } from './tfjs-shim.js';
import type { Variant } from './versions.js';

/** The backend that was registered. */
export interface LoadedTensorflow {
  /** TensorFlow's version, from the library. */
  readonly tensorflow: string;
  readonly variant: Variant;
  /** Whether TensorFlow computes on a GPU. */
  readonly gpu: boolean;
  readonly folder: string;
}

/** Which installation is loaded. */
export interface LoadOptions {
  /** Default: `cuda` if it is installed, else `cpu`. */
  readonly variant?: Variant;
  /** Default: the user's cache folder. */
  readonly cache?: string;
}

let loaded: LoadedTensorflow | undefined;

/**
 * Registers libtensorflow as the backend `tensorflow` of the `@tensorflow/tfjs-core` that this package and the program
 * share; `await tf.setBackend('tensorflow')` then makes it current. Loads once per process.
 *
 * Sets, unless they are set: `TF_CPP_MIN_LOG_LEVEL=1` (no chatter), `TF_FORCE_GPU_ALLOW_GROWTH=true` (take GPU memory
 * as needed, not all of it) and `NVIDIA_TF32_OVERRIDE=0` (float32 products with all their bits).
 *
 * @param options - See {@link LoadOptions}.
 * @returns What was loaded.
 * @throws {@link EngineError} if nothing is installed, or it can't be loaded.
 */
export function loadTensorflow(options: LoadOptions = {}): LoadedTensorflow {
  if (loaded !== undefined) return loaded;
  const installation = choose(options);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  (globalThis as Record<symbol, unknown>)[Symbol.for(CORE_SYMBOL)] = tf;

  preloadNvidia(installation.folder);
  const { binding, tfjsNode } = installedFiles(installation.folder);
  const require = createRequire(join(tfjsNode, 'package.json'));
  try {
    const native = require(binding) as { TF_Version: string; isUsingGpuDevice(): boolean };
    const { NodeJSKernelBackend } = require('./dist/nodejs_kernel_backend.js') as {
      NodeJSKernelBackend: new (binding: unknown, packageName: string) => tf.KernelBackend;
    };
    require('./dist/register_all_kernels.js');
    const { variant, folder } = installation;
    const packageName = variant === 'cuda' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
    tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(native, packageName), 3);
    loaded = { tensorflow: native.TF_Version, variant, gpu: native.isUsingGpuDevice(), folder };
    return loaded;
  } catch (cause) {
    throw new EngineError(
      `loadTensorflow: the installation in ${installation.folder} can't be loaded: ${(cause as Error).message}. Install it again: npx mcore-tensorflow install --force.`,
      { cause },
    );
  }
}

function choose({ variant, cache = cacheFolder() }: LoadOptions): Installation {
  const installations = findInstallations(cache);
  const installation = installations.find((candidate) => variant === undefined || candidate.variant === variant);
  if (installation !== undefined) return installation;
  const flag = variant === 'cuda' ? ' --cuda' : '';
  throw new EngineError(
    `loadTensorflow: TensorFlow${flag && ' with CUDA'} is not installed. npx mcore-tensorflow install${flag} gets it (Linux x64).`,
  );
}
