import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip, ClipSource, Frames } from '@mcore/clips';
import { ManifestDataset } from '@mcore/manifest-loader';
import type { InputConfig } from '@mcore/model';
import { removeLeftovers, writeFileAtomically } from '../files/atomic-file.js';
import { startThread, type WorkerThread } from '../threads/worker-thread.js';
import { openSource, type SourceDescriptor } from './source.js';

/** Version of the stored frames; a change of what is drawn or of how it is resized must raise it. */
const STORE_VERSION = 1;
/** Milliseconds after which a temporary file is a killed run's; other runs may be filling the same folder. */
const LEFTOVER_AGE = 3_600_000;

/**
 * Clips as the model's input needs them, sampled and resized, made by worker threads and kept on disk, so that a second
 * epoch, run or evaluation reads them instead of rendering or decoding again.
 */
export class PreparedClips {
  readonly source: ClipSource;
  readonly #descriptor: SourceDescriptor;
  readonly #input: InputConfig;
  readonly #folder: string;
  readonly #threads: WorkerThread[] = [];
  readonly #workers: number;
  #turn = 0;

  private constructor(source: ClipSource, descriptor: SourceDescriptor, input: InputConfig, options: PreparedOptions) {
    this.source = source;
    this.#descriptor = descriptor;
    this.#input = input;
    this.#workers = options.workers;
    const { resize } = input.transform;
    // a source that can say when its frames change is kept by that, whatever its labels are
    const frames = source.fingerprint ?? descriptor;
    const key = JSON.stringify([STORE_VERSION, frames, input.frames, resize.height, resize.width]);
    this.#folder = join(options.cache, createHash('sha256').update(key).digest('hex').slice(0, 16));
  }

  /** Opens the clips; nothing is decoded yet. */
  static async open(
    descriptor: SourceDescriptor,
    input: InputConfig,
    options: PreparedOptions,
  ): Promise<PreparedClips> {
    const prepared = new PreparedClips(await openSource(descriptor), descriptor, input, options);
    await removeLeftovers(prepared.#folder, LEFTOVER_AGE);
    return prepared;
  }

  /** A clip's sampled and resized frames. */
  async get(id: string): Promise<Frames> {
    return this.getWindow(id, 0, this.#input.frames);
  }

  /** Some consecutive ones of them, without reading the others. */
  async getWindow(id: string, first: number, count: number): Promise<Frames> {
    const { height, width } = this.#input.transform.resize;
    const frame = height * width * 3;
    const kept = await this.#read(id, { from: first * frame, length: count * frame });
    if (kept) return { data: kept, count, height, width };
    const { data } = await this.#make(id);
    return { data: data.subarray(first * frame, (first + count) * frame), count, height, width };
  }

  /** Makes all that are not there yet; two clips a thread are under way at a time. */
  async makeAll(clips: readonly Clip[], onProgress: (done: number, total: number) => void): Promise<void> {
    let next = 0;
    let done = 0;
    const work = async () => {
      while (next < clips.length) {
        const { id } = clips[next++]!;
        if (!(await this.#has(id))) await this.#make(id);
        onProgress(++done, clips.length);
      }
    };
    await Promise.all(Array.from({ length: 2 * this.#workers }, work));
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()));
  }

  async #make(id: string): Promise<Frames> {
    const source = this.#descriptorOf(id);
    const frames = await this.#thread().remote.prepare(source, id, this.#input);
    await writeFileAtomically(this.#path(id), frames.data);
    return frames;
  }

  /** What a thread has to open for one clip: of a manifest only its file, as opening all would count the frames of all. */
  #descriptorOf(id: string): SourceDescriptor {
    if (!(this.source instanceof ManifestDataset)) return this.#descriptor;
    const clip = this.source.clips.find((each) => each.id === id);
    return clip ? { kind: 'file', path: this.source.fileOf(id), clip } : this.#descriptor;
  }

  /** A part of a file that was kept; of another size than it should have it is of no use, whatever made it. */
  async #read(id: string, { from, length }: { from: number; length: number }): Promise<Uint8Array | undefined> {
    const file = await open(this.#path(id)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
    if (!file) return undefined;
    try {
      if ((await file.stat()).size !== this.#size) return undefined;
      const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, from);
      return bytesRead === length ? buffer : undefined;
    } finally {
      await file.close();
    }
  }

  async #has(id: string): Promise<boolean> {
    const found = await stat(this.#path(id)).catch(() => undefined);
    return found?.size === this.#size;
  }

  /** Bytes of a clip. */
  get #size(): number {
    const { frames, transform } = this.#input;
    return frames * transform.resize.height * transform.resize.width * 3;
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.rgb`);
  }

  /** Threads are started when first needed and take turns. */
  #thread(): WorkerThread {
    const turn = this.#turn++ % this.#workers;
    this.#threads[turn] ??= startThread();
    return this.#threads[turn];
  }
}

/** Where prepared clips are kept, and how many threads make them. */
export interface PreparedOptions {
  cache: string;
  workers: number;
}
