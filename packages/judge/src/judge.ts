import type { Engine } from '@mcore/engines';
import { ArgumentError, McoreError } from '@mcore/errors';
import type { CheckpointInfo } from '@mcore/model';
import type { Video } from '@mcore/video';
import * as tf from '@tensorflow/tfjs-core';
import type { ExemplarOptions } from './choose-exemplars.js';
import type { EngineLease } from './engine-lease.js';
import { ExaminedVideo } from './examined-video.js';
import { type FindOptions, type FoundDives, findDives } from './find/find-dives.js';
import type { LazyFinder } from './find/lazy-finder.js';
import type { OpenOptions, Platform } from './platform.js';
import { type ClipOptions, isVideo, readClipInput, type SampledClip, type VideoInput } from './read-clip-input.js';
import type { Scorer } from './scorer.js';
import type { ScoredVideo } from './video-score.js';

/** What is known of a video, and which part of it to score. */
export interface ScoreOptions extends ClipOptions, ExemplarOptions {
  /** Dive number such as `107B`: another name of `class`. */
  readonly diveNumber?: string;
}

/** A video with options of its own. */
export interface VideoToScore extends ScoreOptions {
  readonly video: VideoInput;
}

/** A video that could not be scored. */
export interface FailedVideo {
  video: string;
  error: { code: string; message: string };
}

/** What a judge is doing. */
export type JudgeProgress =
  | { readonly phase: 'engine' | 'weights' }
  | { readonly phase: 'frames' | 'network' | 'exemplars'; readonly video: string };

/** What a {@link Judge} is made of. */
interface Parts {
  platform: Platform;
  lease: EngineLease;
  scorer: Scorer;
  finder: LazyFinder;
  onProgress: (progress: JudgeProgress) => void;
}

/** How long the news of a lost device may take after its first symptom, in milliseconds. */
const NEWS_OF_LOSS = 200;

/** Scores videos; made by `loadJudge`. */
export class Judge {
  /** For sampled frames instead of videos. */
  readonly scorer: Scorer;
  readonly #parts: Parts;
  #disposed = false;

  /** @param parts - The judge disposes the scorer and releases the engine. */
  constructor(parts: Parts) {
    this.#parts = parts;
    this.scorer = parts.scorer;
  }

  /** What computes. */
  get engine(): Engine {
    return this.#parts.lease.engine;
  }

  /** The weights' metadata: what they were trained on, their configuration, the calibration of intervals. */
  get weights(): CheckpointInfo {
    return this.scorer.info;
  }

  /** Dive numbers or classes that there are exemplars of, with how many. */
  get classes(): { name: string; exemplars: number }[] {
    return this.scorer.classes;
  }

  /**
   * Scores a video.
   *
   * @returns What `mcore score --json` prints of a video.
   * @throws {@link UnknownClassError} if no exemplar has the class; {@link ArgumentError} if the part holds no frame; {@link DataError} if the video can't be read;
   *   {@link ShapeError} if frames have another number or size than the model takes; {@link EngineError} if the engine fails; the
   *   signal's reason.
   */
  async score(video: VideoInput, options: ScoreOptions = {}): Promise<ScoredVideo> {
    return (await this.examine(video, options)).result;
  }

  /**
   * Scores a video and keeps what the score rests on, to move transitions or locate the evidence.
   *
   * @throws As {@link score}.
   */
  async examine(video: VideoInput, options: ScoreOptions = {}): Promise<ExaminedVideo> {
    return this.#examineClip(this.#read(video, options), options);
  }

  /**
   * Scores many videos, in their order. While one is scored the next is decoded; no more than these two are held. A video that can't be
   * scored gives a {@link FailedVideo} in its place.
   *
   * @param videos - Videos, or videos with options of their own.
   * @param options - For all of them.
   * @throws The signal's reason.
   */
  async *scoreAll(
    videos: Iterable<VideoInput | VideoToScore> | AsyncIterable<VideoInput | VideoToScore>,
    options: ScoreOptions = {},
  ): AsyncGenerator<ScoredVideo | FailedVideo, void, undefined> {
    const { signal } = options;
    let current: Reading | undefined;
    try {
      for await (const each of videos) {
        const { video, ...own } = isVideoToScore(each) ? each : { video: each };
        const merged = { ...options, ...own };
        const next = { clip: this.#read(video, merged), options: merged, name: merged.name ?? nameOf(video) };
        const previous = current;
        current = next;
        if (previous) yield await this.#outcome(previous);
        signal?.throwIfAborted();
      }
      if (current) yield await this.#outcome(current);
    } finally {
      await current?.clip.catch(() => {});
    }
  }

  /**
   * Finds the dives of a film of any length in one pass; score them with their `start` and `end`.
   *
   * @param film - A path (in Node) or URL of a video file, a File or Blob, in Node the path of a folder of images, or a `Video`.
   * @returns What `mcore find --json` prints of a film.
   * @throws {@link ArgumentError} if the part holds no frame; {@link DataError} if the film can't be read or there is no spotter of these
   *   weights; the signal's reason.
   */
  async find(film: string | URL | Blob | Video, options: FindOptions & OpenOptions = {}): Promise<FoundDives> {
    options.signal?.throwIfAborted();
    if (this.#disposed) throw new ArgumentError('judge.find: expected a judge in use, got one that was disposed.');
    const { platform, lease, finder } = this.#parts;
    if (tf.getBackend() !== lease.backend) await tf.setBackend(lease.backend);
    const ready = await finder.ready();
    const isOpen = isVideo(film);
    const video = isOpen ? film : await platform.openVideo(film, options);
    try {
      const found = await findDives(video, ready, options);
      return options.name === undefined ? found : { ...found, video: options.name };
    } catch (error) {
      throw await this.#causeOf(error);
    } finally {
      if (!isOpen) video.close();
    }
  }

  /** Frees the weights, and the engine unless others use it. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#parts.finder.dispose();
    await this.scorer.dispose();
    await this.#parts.lease.release();
  }

  async #outcome({ clip, options, name }: Reading): Promise<ScoredVideo | FailedVideo> {
    try {
      return (await this.#examineClip(clip, options)).result;
    } catch (error) {
      options.signal?.throwIfAborted();
      const code = error instanceof McoreError ? error.code : 'ERR_MCORE_UNEXPECTED';
      return { video: name, error: { code, message: error instanceof Error ? error.message : String(error) } };
    }
  }

  /** Reads the frames of a video; a rejection that nobody has awaited yet is not reported as unhandled. */
  #read(video: VideoInput, options: ScoreOptions): Promise<ReadClip> {
    const read = async () => {
      this.#assertUsable(options);
      const start = performance.now();
      this.#parts.onProgress({ phase: 'frames', video: options.name ?? nameOf(video) });
      const clip = await readClipInput(this.#parts.platform, video, this.weights.config.input, options);
      return { ...clip, milliseconds: performance.now() - start };
    };
    const reading = read();
    reading.catch(() => {});
    return reading;
  }

  async #examineClip(reading: Promise<ReadClip>, options: ScoreOptions): Promise<ExaminedVideo> {
    const { milliseconds: frames, ...clip } = await reading;
    options.signal?.throwIfAborted();
    const { scorer, onProgress, lease } = this.#parts;
    try {
      const start = performance.now();
      // another judge may have made its engine the current one
      if (tf.getBackend() !== lease.backend) await tf.setBackend(lease.backend);
      onProgress({ phase: 'network', video: clip.name });
      const description = await scorer.encode(clip.frames);
      options.signal?.throwIfAborted();
      const network = performance.now() - start;
      onProgress({ phase: 'exemplars', video: clip.name });
      const wanted = withClass(options);
      const chosen = scorer.choose(description, wanted);
      const className = wanted.class?.trim().toLowerCase() ?? null;
      return await ExaminedVideo.compare({ scorer, clip, className, description, chosen }, { frames, network });
    } catch (error) {
      throw await this.#causeOf(error);
    }
  }

  #assertUsable(options: ScoreOptions): void {
    options.signal?.throwIfAborted();
    if (this.#disposed) throw new ArgumentError('judge.score: expected a judge in use, got one that was disposed.');
    this.scorer.checkClass(withClass(options));
  }

  /** The loss of the device where that is why something failed, since what is computed then rejects with a bare `AbortError`. */
  async #causeOf(error: unknown): Promise<unknown> {
    if (error instanceof McoreError) return error;
    const later = new Promise((resolve) => setTimeout(resolve, NEWS_OF_LOSS, error));
    return Promise.race([this.engine.lost, later]);
  }
}

/** A clip with how long its frames took. */
type ReadClip = SampledClip & { milliseconds: number };

/** A video that is being read. */
interface Reading {
  clip: Promise<ReadClip>;
  options: ScoreOptions;
  name: string;
}

function withClass(options: ScoreOptions): ExemplarOptions {
  const { diveNumber, ...rest } = options;
  if (diveNumber === undefined) return rest;
  if (rest.class !== undefined) {
    throw new ArgumentError(
      `judge.score: expected diveNumber or class, got both: ${JSON.stringify(diveNumber)} and ${JSON.stringify(rest.class)}.`,
    );
  }
  return { ...rest, class: diveNumber };
}

function isVideoToScore(each: VideoInput | VideoToScore): each is VideoToScore {
  return typeof each === 'object' && 'video' in each;
}

function nameOf(video: VideoInput): string {
  if (typeof video === 'string' || video instanceof URL) return String(video);
  return 'name' in video && typeof video.name === 'string' ? video.name : 'the video';
}
