import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip, ClipSource, Frames } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import { listFrames, openFrameFolder } from '@mcore/video/node';
import { findFrames, findLabels } from './find-files.js';
import { type LabelledClip, type LabelSource, type Labels, withoutClips } from './labelled-clip.js';

/** Where {@link openFineDiving} looks, and for which clips. */
export interface OpenFineDivingOptions {
  /** The folder with the annotation files, if it is not in one of the usual places below the data set's folder. */
  readonly annotations?: string;
  /** The folder with the frames, likewise. */
  readonly frames?: string;
  /** Which labels to read; `'auto'`, unless given, takes what there is: pickles, else JSON, else those bundled with this package. */
  readonly labels?: LabelSource | 'auto';
  /** Whether clips without a folder of frames are left out; they stay unless given. */
  readonly presentOnly?: boolean;
  /** Ids of clips to leave out. */
  readonly exclude?: readonly string[];
  /** Images decoded at once in one `readFrames`; 4 unless given. */
  readonly concurrency?: number;
}

/** FineDiving on disk; made by {@link openFineDiving}. */
export class FineDivingDataset implements ClipSource {
  readonly clips: readonly Clip[];
  readonly description: string;
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
    this.description = `${rendered ? "rendered dives in FineDiving's layout" : 'FineDiving'}, ${labels.clips.length} clips, labels from ${labels.source === 'bundled' ? '@mcore/finediving-loader' : `${labels.source} files`}`;
    this.labels = labels.source;
    this.framesDirectory = framesDirectory;
    this.#byId = new Map(labels.clips.map((labelled) => [labelled.clip.id, labelled]));
    this.#concurrency = concurrency;
  }

  /**
   * One clip by its id.
   *
   * @throws ArgumentError if there is none.
   */
  clip(id: string): Clip {
    return this.#labelled(id).clip;
  }

  /** What the annotation of a clip says in an odd way, in words; none for most. */
  oddities(id: string): readonly string[] {
    return this.#labelled(id).oddities;
  }

  /**
   * The folder of a clip's images: `<frames>/<competition>/<dive index>`, or `<frames>/<competition>__<dive index>` as the
   * E2E-Spot project lays them out.
   *
   * @returns Undefined if there is neither.
   */
  async clipFolder(id: string): Promise<string | undefined> {
    const { clip, diveIndex } = this.#labelled(id);
    if (this.framesDirectory === undefined) return undefined;
    for (const folder of [
      join(this.framesDirectory, clip.competition, diveIndex),
      join(this.framesDirectory, clip.id),
    ]) {
      if (
        await stat(folder).then(
          (facts) => facts.isDirectory(),
          () => false,
        )
      )
        return folder;
    }
    return undefined;
  }

  /**
   * Decodes frames of a clip from its images, sorted by the numbers in their names, a bounded number at once.
   *
   * @returns `[indices.length, height, width, 3]` in the images' own size.
   * @throws ArgumentError if there is no such clip; DataError, in one line, if its folder or an image is missing or damaged.
   */
  async readFrames(id: string, indices: readonly number[]): Promise<Frames> {
    const folder = await this.clipFolder(id);
    if (folder === undefined) {
      const below = this.framesDirectory ?? 'a folder of frames, which was not found';
      throw new DataError(`readFrames: expected the images of clip ${id} below ${below}, got none.`);
    }
    const images = await openFrameFolder(folder, { name: `clip ${id}`, concurrency: this.#concurrency });
    const beyond = indices.find((index) => index >= images.frameCount);
    if (beyond !== undefined) {
      const { frameCount } = this.clip(id);
      throw new DataError(
        `readFrames: expected frame ${beyond} of clip ${id}, which is labelled with ${frameCount} frames, got a folder of ` +
          `${images.frameCount} images.`,
      );
    }
    return images.readFrames(indices);
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
 * come with this package; frames as the FineDiving authors give them out, `<competition>/<dive index>/<frame>.jpg`, anywhere up to
 * two folders below.
 *
 * The number of each clip's first frame, which decides how it is sampled (`Clip.start`), is read from the name of its first image.
 *
 * @param directory - The data set's folder.
 * @throws DataError in one line if there is no such folder, or the labels are damaged or lead out of it.
 */
export async function openFineDiving(
  directory: string,
  options: OpenFineDivingOptions = {},
): Promise<FineDivingDataset> {
  const { annotations, labels: expected = 'auto', presentOnly = false, exclude = [], concurrency } = options;
  const labels = withoutClips(await findLabels(directory, annotations, expected), exclude);
  const frames = options.frames ?? (await findFrames(directory, labels));
  const bare = new FineDivingDataset(labels, frames, concurrency);
  const clips: (LabelledClip & { readonly present: boolean })[] = [...labels.clips].map((clip) => ({
    ...clip,
    present: false,
  }));
  let next = 0;
  const look = async () => {
    for (let at = next++; at < clips.length; at = next++) {
      const { clip } = clips[at]!;
      const folder = await bare.clipFolder(clip.id);
      const [first] = folder === undefined ? [] : await listFrames(folder);
      if (first === undefined) continue;
      const number = Number(/^(\d{1,15})\./.exec(first)?.[1] ?? Number.NaN);
      const start = Number.isSafeInteger(number) ? { start: number } : {};
      clips[at] = { ...clips[at]!, clip: { ...clip, ...start }, present: true };
    }
  };
  if (frames !== undefined) await Promise.all(Array.from({ length: 16 }, look));
  const kept = presentOnly ? clips.filter(({ present }) => present) : clips;
  const rendered = existsSync(join(directory, 'rendered.json'));
  return new FineDivingDataset({ ...labels, clips: kept }, frames, concurrency, rendered);
}
