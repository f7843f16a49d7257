import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { ArgumentError, EngineError } from '@mcore/errors';
import type { FrameData, KernelBackbone, KernelStream, StreamKernels } from './kernels.js';

/** What {@link loadNativeKernels} may be told. */
export interface NativeOptions {
  /**
   * Threads of each stream, with the one that calls. By default the cores there are, and 1 inside a worker thread, of which there may be one a
   * core already. Results are the same for every number.
   */
  readonly threads?: number;
  /** `AVX2` takes that code also where the processor has AVX-512: to compare, or to have the digits of an older processor. */
  readonly instructions?: 'AVX2';
}

type External = object & { readonly external: unique symbol };

/** Functions of c/addon.c. */
interface Addon {
  instructions(): string;
  makeBackbone(config: Int32Array, weights: Float32Array, older: boolean): External;
  makeStream(backbone: External, height: number, width: number, threads: number): External;
  restart(stream: External): void;
  run(stream: External, frames: FrameData, count: number, drain: boolean, ended: boolean, output: Float32Array): number;
  freeStream(stream: External): void;
  freeBackbone(backbone: External): void;
}

let addon: Addon | undefined;

/**
 * The backbone compiled for this processor; it lies in the package, so nothing is compiled or fetched.
 *
 * There is code for Linux, macOS and Windows on x64, on processors with AVX2 and FMA (Intel since 2013, AMD since 2015), and for Linux and macOS
 * on 64-bit ARM.
 *
 * @throws {@link EngineError} on other platforms and processors; `loadWasmKernels` works there.
 * @throws {@link ArgumentError} if `threads` is not a whole number from 1 to 256, or for `instructions` of another kind of processor.
 */
export function loadNativeKernels(options: NativeOptions = {}): StreamKernels {
  const { threads = isMainThread ? availableParallelism() : 1 } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > 256) {
    throw new ArgumentError(`loadNativeKernels: expected threads to be a whole number from 1 to 256, got ${threads}.`);
  }
  addon ??= loadAddon();
  const { instructions, makeBackbone } = addon;
  const newest = instructions();
  if (options.instructions && newest === 'NEON') {
    throw new ArgumentError(
      `loadNativeKernels: expected no instructions on an ARM processor, got ${options.instructions}.`,
    );
  }
  const used = options.instructions ?? newest;
  return {
    description: `compiled for ${used}, ${threads} thread${threads === 1 ? '' : 's'}`,
    makeBackbone: (config, weights) =>
      new NativeBackbone(addon!, makeBackbone(config, weights, options.instructions === 'AVX2'), threads),
  };
}

class NativeBackbone implements KernelBackbone {
  constructor(
    readonly addon: Addon,
    readonly backbone: External,
    readonly threads: number,
  ) {}

  makeStream(height: number, width: number): KernelStream {
    const { addon, backbone, threads } = this;
    const stream = addon.makeStream(backbone, height, width, threads);
    return {
      run: (frames, count, ended, output) => addon.run(stream, frames, count, true, ended, output),
      restart: () => addon.restart(stream),
      dispose: () => addon.freeStream(stream),
    };
  }

  dispose(): void {
    this.addon.freeBackbone(this.backbone);
  }
}

function loadAddon(): Addon {
  const platform = `${process.platform}-${process.arch}`;
  const file = fileURLToPath(new URL(`../prebuilt/${platform}.node`, import.meta.url));
  const instead = 'Use loadWasmKernels, which is the same code in WebAssembly.';
  if (!existsSync(file)) {
    throw new EngineError(
      `loadNativeKernels: expected Linux or macOS on x64 or arm64, or Windows on x64, got ${platform}. ${instead}`,
    );
  }
  const loaded = { exports: {} as Addon };
  try {
    process.dlopen(loaded, file);
  } catch (error) {
    throw new EngineError(`loadNativeKernels: ${file} does not load: ${(error as Error).message}. ${instead}`, {
      cause: error,
    });
  }
  if (loaded.exports.instructions() === '') {
    throw new EngineError(`loadNativeKernels: expected a processor with AVX2 and FMA, got one without. ${instead}`);
  }
  return loaded.exports;
}
