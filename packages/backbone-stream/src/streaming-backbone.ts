import { ArgumentError, formatShape, ShapeError } from '@mcore/errors';
import { assertConfig, encodeConfig, latencyOf, type StreamConfig } from './config.js';
import { foldWeights } from './fold-weights.js';
import { FrameStream } from './frame-stream.js';
import { assertFrames, type StreamFrames } from './frames.js';
import type { KernelBackbone, KernelStream, StreamKernels } from './kernels.js';

/** The size of frames. */
export interface FrameSize {
  readonly height: number;
  readonly width: number;
}

/**
 * RegNet-Y with gate shifts for inference: frames go in, features come out, of a whole clip or while the film runs. Activations of a few
 * frames stay in the processor's cache, so that it is faster than layer after layer over all frames, and memory does not grow with the clip.
 *
 * Results are bit-equal for every way of pushing and every number of threads. Owns its weights: call {@link dispose}.
 *
 * Sources: Radosavovic et al., "Designing Network Design Spaces", CVPR 2020; Sudhakaran et al., "Gate-Shift Networks for Video Action
 * Recognition", CVPR 2020; assembled as in the released code of MCoRe (An et al., ICASSP 2024), whose tensor names it takes.
 */
export class StreamingBackbone {
  /** Channels of a feature. */
  readonly featureSize: number;
  /** How many frames after it have to come before a frame's feature is final. */
  readonly latency: number;
  #backbone: KernelBackbone | undefined;
  readonly #streams = new Set<KernelStream>();
  /** For whole clips; kept for the next clip of the same size. */
  #clips: (FrameSize & { readonly stream: KernelStream }) | undefined;

  /**
   * @param config - A `GsmRegNetYConfig` of `@mcore/backbone-gsm`, or these fields of it.
   * @param weights - The state dict: PyTorch's names and layouts, flat. More names than the config needs are ignored.
   * @param kernels - What to compute with: `await loadWasmKernels()`, or `loadNativeKernels()` of `@mcore/backbone-stream/node`.
   * @throws {@link ArgumentError} if the config is invalid.
   * @throws WeightsError naming every tensor that is missing or of another size.
   */
  constructor(config: StreamConfig, weights: ReadonlyMap<string, Float32Array>, kernels: StreamKernels) {
    assertConfig(config);
    this.featureSize = config.widths.at(-1)!;
    this.latency = latencyOf(config);
    this.#backbone = kernels.makeBackbone(encodeConfig(config), foldWeights(config, weights));
  }

  /**
   * Features of every frame of a clip.
   *
   * @param frames - Bytes of RGB, which are normalised by ImageNet's mean and deviation, or normalised numbers.
   * @returns `[count, featureSize]`, flat.
   * @throws {@link ShapeError} if the data is of another size than it says.
   */
  features(frames: StreamFrames): Float32Array {
    assertFrames('StreamingBackbone.features', frames);
    const { data, count, height, width } = frames;
    const output = new Float32Array(count * this.featureSize);
    const stream = this.#streamForClips(height, width);
    stream.restart();
    stream.run(data, count, true, output);
    return output;
  }

  /**
   * A stream for one clip whose frames come one after the other; several streams may be open at a time.
   *
   * @param size - Of all its frames.
   * @throws {@link ShapeError} if a side is not a positive whole number.
   */
  stream({ height, width }: FrameSize): FrameStream {
    if (![height, width].every((side) => Number.isSafeInteger(side) && side > 0)) {
      throw new ShapeError(
        `StreamingBackbone.stream: expected height and width to be positive whole numbers, got ${formatShape([height, width])}.`,
      );
    }
    const stream = this.#makeStream(height, width);
    return new FrameStream(stream, {
      height,
      width,
      featureSize: this.featureSize,
      isOpen: () => this.#streams.has(stream),
      release: () => this.#release(stream),
    });
  }

  /** Frees weights and streams; calling it again does nothing. */
  dispose(): void {
    for (const stream of this.#streams) this.#release(stream);
    this.#clips = undefined;
    this.#backbone?.dispose();
    this.#backbone = undefined;
  }

  #streamForClips(height: number, width: number): KernelStream {
    if (this.#clips?.height !== height || this.#clips.width !== width) {
      if (this.#clips) this.#release(this.#clips.stream);
      this.#clips = { height, width, stream: this.#makeStream(height, width) };
    }
    return this.#clips.stream;
  }

  #makeStream(height: number, width: number): KernelStream {
    if (!this.#backbone)
      throw new ArgumentError('StreamingBackbone: expected a backbone in use, got one that was disposed.');
    const stream = this.#backbone.makeStream(height, width);
    this.#streams.add(stream);
    return stream;
  }

  #release(stream: KernelStream): void {
    if (this.#streams.delete(stream)) stream.dispose();
  }
}
