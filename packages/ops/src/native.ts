import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EngineError } from '@mcore/errors';
import type { LinkedKernels, NativeKernels } from './wasm/link-native.js';

export type { LinkedKernels, NativeKernels };

/** Options of {@link loadNativeKernels}. */
export interface LoadOptions {
  /** `AVX2` uses these kernels even if the processor has AVX-512: for comparison, or to reproduce the digits of an older processor. */
  instructions?: 'AVX2';
}

const loaded = new Map<string, NativeKernels>();

/**
 * Loads the kernels for this platform. They are part of the package, so nothing is compiled or fetched.
 *
 * There are kernels for Linux, macOS and Windows on x64, on processors with AVX2 and FMA (Intel since 2013, AMD since 2015), and for Linux and
 * macOS on 64-bit ARM.
 *
 * @param options - See {@link LoadOptions}; the newest instructions by default.
 * @returns The same object every time.
 * @throws {@link EngineError} on other platforms and processors; the engine `wasm` works there.
 */
export function loadNativeKernels({ instructions }: LoadOptions = {}): NativeKernels {
  const key = instructions ?? 'newest';
  let kernels = loaded.get(key);
  if (!kernels) {
    kernels = load(instructions);
    loaded.set(key, kernels);
  }
  return kernels;
}

function load(asked: LoadOptions['instructions']): NativeKernels {
  const platform = `${process.platform}-${process.arch}`;
  const file = fileURLToPath(new URL(`../prebuilt/${platform}.node`, import.meta.url));
  if (!existsSync(file)) {
    throw new EngineError(
      `loadNativeKernels: expected Linux or macOS on x64 or arm64, or Windows on x64, got ${platform}. Use the engine 'wasm', which has the same kernels in WebAssembly.`,
    );
  }
  const addon = { exports: {} as { instructions(): string; link(older: boolean): LinkedKernels } };
  try {
    process.dlopen(addon, file);
  } catch (error) {
    throw new EngineError(
      `loadNativeKernels: can't load the kernels: ${(error as Error).message}. Use the engine 'wasm'.`,
      { cause: error },
    );
  }
  const instructions = addon.exports.instructions();
  if (instructions === '') {
    throw new EngineError(
      "loadNativeKernels: expected a processor with AVX2 and FMA, got one without. Use the engine 'wasm'.",
    );
  }
  if (asked && instructions === 'NEON') {
    throw new EngineError(`loadNativeKernels: expected no instructions on an ARM processor, got ${asked}.`);
  }
  return { instructions: asked ?? instructions, link: () => addon.exports.link(asked === 'AVX2') };
}
