/** Frames as the kernels take them: bytes of RGB, or normalised numbers, `[count, height, width, 3]`. */
export type FrameData = Uint8Array | Uint8ClampedArray | Float32Array;

/** The C code, compiled for something that can run it here: `loadWasmKernels()`, or `loadNativeKernels()` of `./node`. */
export interface StreamKernels {
  /** What it was compiled for, and how many threads it uses. */
  readonly description: string;
  /**
   * Packs weights.
   *
   * @param config - As `encodeConfig` makes it.
   * @param weights - As `foldWeights` makes it; not kept.
   */
  makeBackbone(config: Int32Array, weights: Float32Array): KernelBackbone;
}

/** Packed weights. */
export interface KernelBackbone {
  makeStream(height: number, width: number): KernelStream;
  /** Frees the weights; its streams have to be disposed before. */
  dispose(): void;
}

/** One clip's way through a backbone. */
export interface KernelStream {
  /**
   * Computes.
   *
   * @param frames - `[count, height, width, 3]`.
   * @param ended - Whether these are the clip's last frames; `restart` before others come.
   * @param output - Room for the features of all frames that were given and have none yet.
   * @returns How many features became final.
   */
  run(frames: FrameData, count: number, ended: boolean, output: Float32Array): number;
  /** Forgets all frames. */
  restart(): void;
  dispose(): void;
}
