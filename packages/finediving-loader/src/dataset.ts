import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip, ClipSource, Frames, ReadFramesOptions } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import { fileKey, listFrames } from '@mcore/video/node';
import { type ClipMedia, findClipMedia, openClipMedia } from './clip-media.js';
import { findFrames, findLabels } from './find-files.js';
import { type LabelledClip, type LabelSource, type Labels, withoutClips } from './labelled-clip.js';
import { unknownFolder } from './unknown-folder.js';

/** Options of {@link openFineDiving}: where to look, and for which clips. */
export interface OpenFineDivingOptions {
  /** The folder with the annotation files, if it is not in one of the usual places below the data set's folder. */
  readonly annotations?: string;
  /** The folder with the frames, likewise. */
  readonly frames?: string;
  /**
   * Which labels to read; `'auto'`, the default, takes pickles if there are any, else JSON, else, if there are frames or videos of FineDiving's
   * clips, those bundled with this package. `'bundled'` needs neither.
   */
  readonly labels?: LabelSource | 'auto';
  /** Whether to leave out clips without a folder of frames. Default false. */
  readonly presentOnly?: boolean;
  /** Ids of clips to leave out. */
  readonly exclude?: readonly string[];
  /** Images that one `readFrames` decodes at a time. Default 4. */
  readonly concurrency?: number;
}

/** FineDiving on disk; made by {@link openFineDiving}. */
export class FineDivingDataset implements ClipSource {
  readonly clips: readonly Clip[];
  readonly description: string;
  readonly kind: 'finediving' | 'rendered';
  /** Whether the folder says (in a file `rendered.json`) that its frames were drawn from the labels, not filmed. */
  readonly rendered: boolean;
  /** Which labels were read. */
  readonly labels: LabelSource;
  /** The folder the frames are below; undefined if none was found. */
  readonly framesDirectory: string | undefined;
  readonly #byId: ReadonlyMap<string, LabelledClip>;
  readonly #concurrency: number;

  /** @param found - Labels and what is known of the frames; see {@link openFineDiving}. */
  constructor(labels: Labels, framesDirectory: string | undefined, concurrency = 4, rendered = false) {
    if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
      throw new ArgumentError(`openFineDiving: concurrency must be a whole number of at least 1, got ${concurrency}.`);
    }
    this.clips = labels.clips.map(({ clip }) => clip);
    this.rendered = rendered;
    this.kind = rendered ? 'rendered' : 'finediving';
    this.description = `${rendered ? "rendered dives in FineDiving's layout" : 'FineDiving'}, ${labels.clips.length} clips, labels from ${labels.source === 'bundled' ? '@mcore/finediving-loader' : `${labels.source} files`}`;
    this.labels = labels.source;
    this.framesDirectory = framesDirectory;
    this.#byId = new Map(labels.clips.map((labelled) => [labelled.clip.id, labelled]));
    this.#concurrency = concurrency;
  }

  /**
   * One clip by its id.
   *
   * @throws ArgumentError if there is no such clip.
   */
  clip(id: string): Clip {
    return this.#labelled(id).clip;
  }

  /** Oddities of a clip's annotation, in words; empty for most clips. */
  oddities(id: string): readonly string[] {
    return this.#labelled(id).oddities;
  }

  /**
   * Where the frames of a clip are: a folder of images or a video file, see {@link ClipMedia}.
   *
   * @returns Undefined if the clip has no frames.
   */
  async clipMedia(id: string): Promise<ClipMedia | undefined> {
    const { clip, diveIndex } = this.#labelled(id);
    if (this.framesDirectory === undefined) return undefined;
    return findClipMedia(this.framesDirectory, { ...clip, diveIndex });
  }

  /**
   * Decodes frames of a clip: from its images, sorted by the numbers in their names, a bounded number at once, or from its video.
   *
   * @returns `[indices.length, height, width, 3]` in the frames' own size, unless `options.size` asks for another.
   * @throws ArgumentError if there is no such clip; DataError, in one line, if its frames are missing or damaged.
   */
  async readFrames(id: string, indices: readonly number[], options: ReadFramesOptions = {}): Promise<Frames> {
    const media = await this.#presentMedia(id);
    const video = await openClipMedia(media, `clip ${id}`, this.#concurrency);
    try {
      const beyond = indices.find((index) => index >= video.frameCount);
      if (beyond !== undefined) {
        const { frameCount } = this.clip(id);
        throw new DataError(
          `readFrames: expected frame ${beyond} of clip ${id}, which is labelled with ${frameCount} frames, got ` +
            `${media.kind === 'images' ? `a folder of ${video.frameCount} images` : `a video of ${video.frameCount} frames`}.`,
        );
      }
      return await video.readFrames(indices, options.size ? { size: options.size } : {});
    } finally {
      video.close();
    }
  }

  /**
   * What a clip's frames depend on: its images or its video.
   *
   * @throws DataError if it has none.
   */
  async frameKey(id: string): Promise<string> {
    return fileKey((await this.#presentMedia(id)).path);
  }

  async #presentMedia(id: string): Promise<ClipMedia> {
    const media = await this.clipMedia(id);
    if (media !== undefined) return media;
    const below = this.framesDirectory ?? 'a folder of frames, which was not found';
    throw new DataError(`readFrames: expected the images or the video of clip ${id} below ${below}, got none.`);
  }

  #labelled(id: string): LabelledClip {
    const labelled = this.#byId.get(id);
    if (!labelled)
      throw new ArgumentError(`FineDivingDataset: expected the id of one of its ${this.#byId.size} clips, got ${id}.`);
    return labelled;
  }
}

/**
 * Opens FineDiving: labels from the official pickles, from E2E-Spot's JSON or, where the folder has neither, those that
 * come with this package; frames as the FineDiving authors give them out, `<competition>/<dive index>/<frame>.jpg`, or as videos,
 * `<competition>/<dive index>.mp4`, anywhere up to two folders below. Masks in the same layout are skipped.
 *
 * The number of each clip's first frame, which decides how it is sampled (`Clip.start`), is read from the name of its first image.
 *
 * @param directory - The data set's folder.
 * @throws DataError in one line if there is no such folder, it holds neither labels nor frames of FineDiving, or the labels are
 *   damaged or lead out of it.
 */
export async function openFineDiving(
  directory: string,
  options: OpenFineDivingOptions = {},
): Promise<FineDivingDataset> {
  const { annotations, labels: kind = 'auto', presentOnly = false, exclude = [], concurrency } = options;
  const labels = withoutClips(await findLabels(directory, annotations, kind), exclude);
  const rendered = await isRendered(directory);
  const found = options.frames === undefined ? await findFrames(directory, labels) : undefined;
  const frames = options.frames ?? found?.directory;
  const bare = new FineDivingDataset(labels, frames, concurrency);
  const clips: (LabelledClip & { readonly present: boolean })[] = [...labels.clips].map((clip) => ({
    ...clip,
    present: false,
  }));
  let next = 0;
  const look = async () => {
    for (let at = next++; at < clips.length; at = next++) {
      const { clip } = clips[at]!;
      const media = await bare.clipMedia(clip.id);
      if (media?.kind === 'video') clips[at] = { ...clips[at]!, present: true };
      const [first] = media?.kind === 'images' ? await listFrames(media.path) : [];
      if (first === undefined) continue;
      const number = Number(/^(\d{1,15})\./.exec(first)?.[1] ?? Number.NaN);
      const start = Number.isSafeInteger(number) ? { start: number } : {};
      clips[at] = { ...clips[at]!, clip: { ...clip, ...start }, present: true };
    }
  };
  if (frames !== undefined) await Promise.all(Array.from({ length: 16 }, look));
  // nothing but the bundled labels, and no frames that fit them
  if (kind === 'auto' && labels.source === 'bundled' && !clips.some(({ present }) => present)) {
    throw await unknownFolder(directory, found?.masks ?? []);
  }
  const kept = presentOnly ? clips.filter(({ present }) => present) : clips;
  return new FineDivingDataset({ ...labels, clips: kept }, frames, concurrency, rendered);
}

/** First version of the renderer whose labels are those of FineDiving's authors. */
const RENDERER_VERSION = 2;

/** Whether a folder says that its frames were rendered. */
async function isRendered(directory: string): Promise<boolean> {
  const path = join(directory, 'rendered.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const version = Number(/"version"\s*:\s*(\d+)/.exec(text)?.[1] ?? RENDERER_VERSION);
  if (version >= RENDERER_VERSION) return true;
  throw new DataError(
    `openFineDiving: expected dives rendered by version ${RENDERER_VERSION} of the renderer or later in ${directory}, got version ${version}, ` +
      'whose labels were one frame early. Render them again into another folder (mcore data render).',
  );
}
