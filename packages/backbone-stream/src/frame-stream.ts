import { ArgumentError, ShapeError } from '@mcore/errors';
import { assertFrames, type StreamFrames } from './frames.js';
import type { KernelStream } from './kernels.js';

/** What a stream was made for, and who owns it. */
interface StreamOwner {
  readonly height: number;
  readonly width: number;
  readonly featureSize: number;
  /** False once the backbone was disposed. */
  isOpen(): boolean;
  release(): void;
}

/** One clip's way through a `StreamingBackbone` while its frames come. {@link finish} ends it, {@link dispose} gives it up. */
export class FrameStream {
  readonly #owner: StreamOwner;
  readonly #stream: KernelStream;
  #waiting = 0;

  /** Use `StreamingBackbone.stream()`. */
  constructor(stream: KernelStream, owner: StreamOwner) {
    this.#stream = stream;
    this.#owner = owner;
  }

  /** Frames that were pushed and whose features are not final yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * The next frames.
   *
   * @param frames - Of the stream's size; any number of them.
   * @returns The features that became final, `[frames, featureSize]`, flat; none at first, see `StreamingBackbone.latency`.
   * @throws {@link ShapeError} if the frames are of another size; the stream is as before then.
   * @throws {@link ArgumentError} if the stream has ended.
   */
  push(frames: StreamFrames): Float32Array {
    const { height, width } = this.#owner;
    assertFrames('FrameStream.push', frames);
    if (frames.height !== height || frames.width !== width) {
      throw new ShapeError(
        `FrameStream.push: expected frames of ${width} x ${height} pixels, as the stream was made for, got ${frames.width} x ${frames.height}.`,
      );
    }
    return this.#run('push', frames.data, frames.count, false);
  }

  /**
   * The clip ends here.
   *
   * @returns The features of all frames that waited, `[frames, featureSize]`, flat. The stream is disposed.
   * @throws {@link ArgumentError} if the stream has ended.
   */
  finish(): Float32Array {
    const features = this.#run('finish', new Uint8Array(0), 0, true);
    this.dispose();
    return features;
  }

  /** Frees the stream; calling it again does nothing. */
  dispose(): void {
    this.#owner.release();
  }

  #run(caller: string, data: StreamFrames['data'], count: number, ended: boolean): Float32Array {
    if (!this.#owner.isOpen())
      throw new ArgumentError(`FrameStream.${caller}: expected an open stream, got one that has ended.`);
    const { featureSize } = this.#owner;
    this.#waiting += count;
    const output = new Float32Array(this.#waiting * featureSize);
    const final = this.#stream.run(data, count, ended, output);
    this.#waiting -= final;
    return output.slice(0, final * featureSize);
  }
}
