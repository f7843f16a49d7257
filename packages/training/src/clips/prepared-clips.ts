import type { Clip, ClipSource, Frames } from '@mcore/clips';
import type { InputConfig } from '@mcore/model';
import { prepareClip } from './prepare-clip.js';

/** Clips as the model's input needs them: sampled and resized, not yet cropped. */
export interface PreparedClips {
  readonly source: ClipSource;
  /** A clip's sampled and resized frames. */
  get(id: string): Promise<Frames>;
  /** Some consecutive ones of them. */
  getWindow(id: string, first: number, count: number): Promise<Frames>;
  /** Whether frames are kept in a form that changes them a little. */
  readonly changesPixels?: boolean;
  /** How much space clips that are not there yet will take; undefined where that is little. */
  sizeNote?(clips: readonly Clip[]): Promise<string | undefined>;
  /** Makes clips ready, where that saves time later. */
  makeAll(clips: readonly Clip[], onProgress?: (done: number, total: number) => void): Promise<void>;
  close(): Promise<void>;
}

/** Bytes of frames that are kept in memory unless a limit is given. */
const LIMIT = 512 * 2 ** 20;

/** {@link PreparedClips} in memory, up to a number of bytes; what was not used for longest is made again when it is needed. */
export class MemoryClips implements PreparedClips {
  readonly source: ClipSource;
  readonly #input: InputConfig;
  readonly #limit: number;
  readonly #kept = new Map<string, Frames>();
  #bytes = 0;

  constructor(source: ClipSource, input: InputConfig, limit = LIMIT) {
    this.source = source;
    this.#input = input;
    this.#limit = limit;
  }

  async get(id: string): Promise<Frames> {
    const frames = this.#kept.get(id) ?? (await prepareClip(this.source, id, this.#input));
    this.#keep(id, frames);
    return frames;
  }

  async getWindow(id: string, first: number, count: number): Promise<Frames> {
    const { data, height, width } = await this.get(id);
    const frame = height * width * 3;
    return { data: data.subarray(first * frame, (first + count) * frame), count, height, width };
  }

  async makeAll(clips: readonly Clip[], onProgress?: (done: number, total: number) => void): Promise<void> {
    for (const [index, { id }] of clips.entries()) {
      // more than fits would only push out what was made before
      if (this.#bytes < this.#limit) await this.get(id);
      onProgress?.(index + 1, clips.length);
    }
  }

  async close(): Promise<void> {
    this.#kept.clear();
    this.#bytes = 0;
  }

  #keep(id: string, frames: Frames): void {
    if (!this.#kept.delete(id)) this.#bytes += frames.data.length;
    this.#kept.set(id, frames);
    for (const [oldest, { data }] of this.#kept) {
      if (this.#bytes <= this.#limit) return;
      this.#kept.delete(oldest);
      this.#bytes -= data.length;
    }
  }
}
