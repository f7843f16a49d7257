import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clip, ClipSource, Frames } from '@mcore/clips';
import { ManifestDataset } from '@mcore/manifest-loader';
import type { InputConfig } from '@mcore/model';
import { prepareClip } from '../clips/prepare-clip.js';
import { MemoryClips, type PreparedClips } from '../clips/prepared-clips.js';
import { openSource, type SourceDescriptor } from '../data/source.js';
import { removeLeftovers } from '../files/atomic-file.js';
import { startThread, type WorkerThread } from '../threads/worker-thread.js';
import { type FrameStore, jpegFrames, rawFrames } from './frame-store.js';

/** Version of the stored frames; a change of how frames are sampled or resized must raise it. */
const STORE_VERSION = 2;
/** Bytes of new files from which on a person is told. */
const WORTH_SAYING = 200e6;
/** JPEG's part of the bytes of pixels, about. */
const JPEG_SHARE = 0.1;
/** Milliseconds after which a temporary file is a killed run's; other runs may be filling the same folder. */
const LEFTOVER_AGE = 3_600_000;

/** Where prepared clips are kept, and how many threads make them. */
export interface PreparedOptions {
  /** Folder; one for any number of data sets. */
  cache: string;
  /** 0 makes them in this thread. */
  workers: number;
  /** How they are kept; `raw` unless given. */
  keepClips?: KeptClips | undefined;
}

/**
 * How prepared clips are kept: their pixels, as JPEG, which takes a tenth of the space and changes pixels a little, or not at all, so that
 * all but the last few hundred megabytes are decoded again whenever they are needed.
 */
export type KeptClips = 'raw' | 'jpeg' | 'nothing';

/**
 * Opens clips as the model's input needs them; nothing is decoded yet. What is prepared is kept in files, clip by clip, each belonging to
 * what its frames depend on (`ClipSource.frameKey`); clips of a source without that are kept in memory.
 */
export async function openPreparedClips(
  data: SourceDescriptor | ClipSource,
  input: InputConfig,
  options: PreparedOptions,
): Promise<PreparedClips> {
  const isSource = 'readFrames' in data;
  const source = isSource ? data : await openSource(data);
  if (!source.frameKey || options.keepClips === 'nothing') return new MemoryClips(source, input);
  const files = new PreparedClipFiles(source, isSource ? undefined : data, input, options);
  await removeLeftovers(files.folder, LEFTOVER_AGE);
  return files;
}

/** {@link PreparedClips} made by worker threads and kept on disk, so that a second epoch, run or evaluation reads them. */
class PreparedClipFiles implements PreparedClips {
  readonly source: ClipSource;
  readonly folder: string;
  readonly changesPixels: boolean;
  readonly #descriptor: SourceDescriptor | undefined;
  readonly #input: InputConfig;
  readonly #threads: WorkerThread[] = [];
  readonly #workers: number;
  readonly #store: FrameStore;
  readonly #paths = new Map<string, Promise<string>>();
  #turn = 0;

  constructor(
    source: ClipSource,
    descriptor: SourceDescriptor | undefined,
    input: InputConfig,
    { cache, workers, keepClips }: PreparedOptions,
  ) {
    this.#store = keepClips === 'jpeg' ? jpegFrames : rawFrames;
    this.changesPixels = keepClips === 'jpeg';
    this.source = source;
    this.#descriptor = descriptor;
    this.#input = input;
    this.#workers = descriptor ? workers : 0;
    const { height, width } = input.transform.resize;
    this.folder = join(cache, `v${STORE_VERSION}-${source.kind ?? 'other'}-${input.frames}x${height}x${width}`);
  }

  get(id: string): Promise<Frames> {
    return this.getWindow(id, 0, this.#input.frames);
  }

  async getWindow(id: string, first: number, count: number): Promise<Frames> {
    const { height, width } = this.#input.transform.resize;
    const frame = height * width * 3;
    const kept = await this.#store.read(await this.#path(id), this.#frameSize, { first, count });
    if (kept) return { data: kept, count, height, width };
    const { data } = await this.#make(id);
    return { data: data.subarray(first * frame, (first + count) * frame), count, height, width };
  }

  /** Makes all that are not there yet; two clips a thread are under way at a time. */
  async makeAll(clips: readonly Clip[], onProgress?: (done: number, total: number) => void): Promise<void> {
    let next = 0;
    let done = 0;
    const work = async () => {
      while (next < clips.length) {
        const { id } = clips[next++]!;
        if (!(await this.#store.has(await this.#path(id), this.#frameSize))) await this.#make(id);
        onProgress?.(++done, clips.length);
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, 2 * this.#workers) }, work));
  }

  async sizeNote(clips: readonly Clip[]): Promise<string | undefined> {
    const { count, height, width } = this.#frameSize;
    const each = count * height * width * 3 * (this.changesPixels ? JPEG_SHARE : 1);
    let missing = 0;
    for (const { id } of clips) if (!(await this.#store.has(await this.#path(id), this.#frameSize))) missing++;
    if (missing * each < WORTH_SAYING) return undefined;
    const less = this.changesPixels ? '' : '; --keep-clips jpeg takes about a tenth, --keep-clips nothing none';
    return `Prepared clips take ${(each / 1e6).toFixed(1)} MB each, ${(missing * each * 1e-9).toFixed(1)} GB for ${missing} new ones in ${this.folder}${less}`;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()));
  }

  async #make(id: string): Promise<Frames> {
    const path = await this.#path(id);
    const frames =
      this.#workers === 0
        ? await prepareClip(this.source, id, this.#input)
        : await this.#thread().remote.prepare(this.#descriptorOf(id), id, this.#input);
    await this.#store.write(path, frames);
    return frames;
  }

  /** What a thread has to open for one clip: of a manifest only its file, as opening all would count the frames of all. */
  #descriptorOf(id: string): SourceDescriptor {
    const clip = this.source.clips.find((each) => each.id === id);
    if (!(this.source instanceof ManifestDataset) || !clip) return whole(this.#descriptor!);
    return { kind: 'file', path: this.source.fileOf(id), clip };
  }

  /** Of all frames of a clip. */
  get #frameSize(): { count: number; height: number; width: number } {
    const { frames, transform } = this.#input;
    return { count: frames, ...transform.resize };
  }

  /** Names the clip and what its frames and their sampling depend on. */
  #path(id: string): Promise<string> {
    const known = this.#paths.get(id);
    if (known) return known;
    const named = (async () => {
      const clip = this.source.clips.find((each) => each.id === id);
      const key = JSON.stringify([await this.source.frameKey!(id), clip?.frameCount, clip?.start ?? null]);
      return join(
        this.folder,
        `${id}-${createHash('sha256').update(key).digest('hex').slice(0, 16)}.${this.#store.ending}`,
      );
    })();
    this.#paths.set(id, named);
    // a file that is missing now may be there later
    named.catch(() => this.#paths.delete(id));
    return named;
  }

  /** Threads are started when first needed and take turns. */
  #thread(): WorkerThread {
    const turn = this.#turn++ % this.#workers;
    this.#threads[turn] ??= startThread();
    return this.#threads[turn];
  }
}

/** The source without another look at which of its clips are missing. */
function whole(descriptor: SourceDescriptor): SourceDescriptor {
  if (!('missing' in descriptor)) return descriptor;
  const { missing: _, ...rest } = descriptor;
  return rest;
}
