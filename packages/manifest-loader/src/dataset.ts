import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import {
  type Clip,
  type ClipSource,
  drawTestClips,
  equalParts,
  type Frames,
  leftOutNote,
  type ReadFramesOptions,
} from '@mcore/clips';
import { ArgumentError, DataError, withoutCaller } from '@mcore/errors';
import { tableLimits } from '@mcore/table';
import { readTableFile } from '@mcore/table/node';
import { fileKey, openVideo, partOfVideo, type Video } from '@mcore/video/node';
import { splitSpan, withSpan } from './media-fragment.js';
import { type ManifestEntry, parseManifest } from './parse-manifest.js';

/** How a manifest is opened. */
export interface OpenManifestOptions {
  /** Folder that the paths in the manifest start from; the manifest's own unless given. */
  readonly root?: string;
  /** Lets paths be absolute or lead out of the folder that they start from; unless set, these are refused. */
  readonly absolutePaths?: boolean;
  /** Stages that clips are cut into where the manifest has no transitions; 3 unless given. */
  readonly stages?: number;
  /** Of the draw of test clips where the manifest has no split; 0 unless given. */
  readonly seed?: number | string;
  /**
   * What to do with clips whose file can't be opened or doesn't fit its labels: `'refuse'` them all with one error that names the
   * first, unless given, or `'leave-out'` and name them in `problems`.
   */
  readonly unreadable?: 'refuse' | 'leave-out';
  /** Files opened at once; 4 unless given. */
  readonly concurrency?: number;
  /** Called after each file with how many are done. */
  readonly onClip?: (done: number, total: number) => void;
}

/** A clip that can't be used, and why. */
export interface ManifestProblem {
  /** The clip's id. */
  readonly clip: string;
  /** Where it is in the manifest. */
  readonly place: string;
  readonly problem: string;
}

/** One's own videos with their labels; made by {@link openManifest}. */
export class ManifestDataset implements ClipSource {
  readonly clips: readonly Clip[];
  readonly description: string;
  readonly transitionsFrom: 'labels' | 'equal parts';
  readonly kind = 'manifest';
  /** Clips that were left out. */
  readonly problems: readonly ManifestProblem[];
  /** What else should be known, in words: columns that aren't used, what stands in for labels that are missing. */
  readonly notes: readonly string[];
  readonly #paths: ReadonlyMap<string, string>;

  /** @internal */
  constructor(
    parts: Pick<ManifestDataset, 'clips' | 'description' | 'transitionsFrom' | 'problems' | 'notes'>,
    paths: ReadonlyMap<string, string>,
  ) {
    this.clips = parts.clips;
    this.description = parts.description;
    this.transitionsFrom = parts.transitionsFrom;
    this.problems = parts.problems;
    this.notes = parts.notes;
    this.#paths = paths;
  }

  /**
   * Where a clip's video or folder of images is; with its part of a longer one, as in `final.mp4#t=612.4,616.6`.
   *
   * @throws ArgumentError if there is no such clip.
   */
  fileOf(id: string): string {
    const path = this.#paths.get(id);
    if (path !== undefined) return path;
    throw new ArgumentError(`ManifestDataset: expected the id of one of its ${this.#paths.size} clips, got ${id}.`);
  }

  /**
   * What a clip's frames depend on: its file, or the images of its folder.
   *
   * @throws ArgumentError if there is no such clip; DataError if its file is missing.
   */
  async frameKey(id: string): Promise<string> {
    const { path, span } = splitSpan(this.fileOf(id));
    return withSpan(await fileKey(path), span);
  }

  /**
   * Decodes frames of a clip's video or folder of images.
   *
   * @throws ArgumentError if there is no such clip; DataError, in one line, if its file is missing, damaged or has changed.
   */
  async readFrames(id: string, indices: readonly number[], options: ReadFramesOptions = {}): Promise<Frames> {
    return readFileFrames(this.fileOf(id), id, indices, options);
  }
}

/**
 * One clip of a {@link ManifestDataset} by itself, for a thread that needs no more: opening the whole manifest would open every file.
 *
 * @param clip - As the data set has it.
 * @param path - From `fileOf`.
 */
export function clipOfFile(clip: Clip, path: string): ClipSource {
  return {
    clips: [clip],
    description: path,
    kind: 'manifest',
    readFrames: (id, indices, options) => readFileFrames(path, id, indices, options),
  };
}

async function readFileFrames(
  place: string,
  id: string,
  indices: readonly number[],
  options: ReadFramesOptions = {},
): Promise<Frames> {
  const { path, span } = splitSpan(place);
  const whole = await openVideo(path, { name: `clip ${id}` });
  try {
    const video = partOfVideo(whole, span);
    const beyond = indices.find((index) => index >= video.frameCount);
    if (beyond !== undefined) {
      throw new DataError(
        `readFrames: expected frame ${beyond} of clip ${id}, got a video of ${video.frameCount} frames at ${path}.`,
      );
    }
    return await video.readFrames(indices, options);
  } finally {
    whole.close();
  }
}

/**
 * Opens a manifest: a CSV or JSON list of videos (or folders of images) with their scores; see {@link parseManifest} for its
 * columns. Every file is opened once to count its frames, except where the manifest gives their number.
 *
 * - Without a split, a quarter of every class become test clips, drawn by the seed, so that the same manifest always has the same.
 * - Without transitions, every clip is cut into `stages` parts of the same length (`transitionsFrom` says so).
 * - Without classes, all clips are of the class `any`: every clip may be compared with every other.
 *
 * @param path - Ends in `.csv`, `.tsv` or `.json`.
 * @throws DataError in one line that names the line of the manifest; ArgumentError if an option is out of range.
 */
export async function openManifest(path: string, options: OpenManifestOptions = {}): Promise<ManifestDataset> {
  const { root = dirname(path), stages = 3, seed = 0, unreadable = 'refuse', concurrency = 4, onClip } = options;
  if (!Number.isSafeInteger(stages) || stages < 2 || stages > tableLimits.listLength + 1) {
    throw new ArgumentError(`openManifest: stages must be a whole number of at least 2, got ${stages}.`);
  }
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new ArgumentError(`openManifest: concurrency must be a whole number of at least 1, got ${concurrency}.`);
  }
  const { text, format } = await readTableFile(path, 'openManifest');
  const { entries, unused } = parseManifest(text, format, options);
  const opened: (Opened | ManifestProblem)[] = new Array(entries.length);
  let [next, done] = [0, 0];
  const work = async () => {
    for (let at = next++; at < entries.length; at = next++) {
      const entry = entries[at]!;
      opened[at] = await openEntry(entry, isAbsolute(entry.path) ? entry.path : join(root, entry.path), stages).catch(
        (error: Error) => {
          if (!(error instanceof DataError)) throw error;
          return { clip: entry.id, place: entry.place, problem: plain(error.message) };
        },
      );
      onClip?.(++done, entries.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, entries.length) }, work));
  const problems = opened.filter((each): each is ManifestProblem => 'problem' in each);
  const good = opened.filter((each): each is Opened => 'labelled' in each);
  const [first] = problems;
  if (first && (unreadable === 'refuse' || good.length === 0)) {
    const others = problems.length > 1 ? `, and ${problems.length - 1} more clips` : '';
    const advice = good.length > 0 ? ' Leave such clips out with unreadable (--missing leave-out).' : '';
    throw new DataError(
      `openManifest: expected clips that can be used in ${path}, got ${first.place} (${first.clip}): ${first.problem}${others}.${advice}`,
    );
  }
  const { clips, note } = withSplit(good, seed);
  const left = entries.filter((_, index) => 'problem' in opened[index]!);
  const labelled = (entries[0]!.transitions ?? entries[0]!.transitionSeconds) !== undefined;
  return new ManifestDataset(
    {
      clips,
      description: `${clips.length} clips of ${path}`,
      transitionsFrom: labelled ? 'labels' : 'equal parts',
      problems,
      notes: [
        ...(unused.length > 0 ? [`columns that are not used: ${unused.slice(0, 20).join(', ')}`] : []),
        ...(labelled ? [] : [`no transitions: every clip is cut into ${stages} parts of the same length`]),
        ...(clips.every(({ diveNumber }) => diveNumber === 'any')
          ? ['no classes: every clip may be compared with every other']
          : []),
        ...(note === undefined ? [] : [note]),
        ...(left.length === 0
          ? []
          : [
              leftOutNote(
                left.map(({ event, diveNumber }) => ({ competition: event, diveNumber })),
                entries.length,
              ),
            ]),
      ],
    },
    new Map(good.map(({ labelled: clip, path: file }) => [clip.id, file])),
  );
}

interface Opened {
  readonly labelled: Clip;
  readonly entry: ManifestEntry;
  readonly path: string;
}

async function openEntry(entry: ManifestEntry, path: string, stages: number): Promise<Opened> {
  const { id, diveNumber, score, difficulty, event, split = 'train' } = entry;
  const facts = await stat(path).catch(() => undefined);
  if (!facts) throw new DataError(`openManifest: expected a video or a folder of images at ${path}, got no such file.`);
  const { frameCount, transitions } = await framesOf(entry, path, stages);
  const late = transitions.find((frame) => frame >= frameCount);
  if (late !== undefined) {
    throw new DataError(`openManifest: expected transitions within ${frameCount} frames, got one at ${late}.`);
  }
  const labelled: Clip = { id, competition: event, diveNumber, score, difficulty, frameCount, transitions, split };
  return { labelled, entry, path: withSpan(path, entry) };
}

async function framesOf(entry: ManifestEntry, path: string, stages: number) {
  const { frames, transitions, transitionSeconds } = entry;
  if (frames !== undefined && transitionSeconds === undefined) {
    return { frameCount: frames, transitions: [...(transitions ?? equalParts(frames, stages))] };
  }
  const whole = await openVideo(path, { name: entry.path });
  try {
    const video = partOf(whole, entry);
    const { frameCount, timestamps, durationSeconds } = video;
    // transitions in seconds count from the beginning of the file, like start and end
    const begin = whole.timestamps[whole.frameCount > frameCount ? firstAt(whole, entry) : 0]!;
    if (frames !== undefined && frames !== frameCount) {
      throw new DataError(`openManifest: expected ${frames} frames as the manifest says, got ${frameCount}.`);
    }
    if (transitionSeconds === undefined) {
      return { frameCount, transitions: [...(transitions ?? equalParts(frameCount, stages))] };
    }
    const found = transitionSeconds.map((second) => timestamps.findIndex((shown) => begin + shown >= second - 1e-6));
    const late = transitionSeconds[found.indexOf(-1)];
    if (late !== undefined) {
      throw new DataError(
        `openManifest: expected transition_seconds up to ${(begin + durationSeconds).toFixed(2)} s, got one at ${late}.`,
      );
    }
    return { frameCount, transitions: found };
  } finally {
    whole.close();
  }
}

/** @throws DataError if the part holds no frame. */
function partOf(video: Video, { start = 0, end = video.durationSeconds }: ManifestEntry): Video {
  const shown = video.timestamps.some((second) => second >= start - 1e-6 && second <= end + 1e-6);
  if (shown) return partOfVideo(video, { start, end });
  throw new DataError(
    `openManifest: expected start and end within ${video.durationSeconds.toFixed(2)} s, got ${start} to ${end} s.`,
  );
}

function firstAt(video: Video, { start = 0 }: ManifestEntry): number {
  return video.timestamps.findIndex((second) => second >= start - 1e-6);
}

/** The manifest's own split, or a quarter of every class for testing. */
function withSplit(opened: readonly Opened[], seed: number | string): { clips: Clip[]; note?: string } {
  const clips = opened.map(({ labelled }) => labelled);
  return opened.every(({ entry }) => entry.split !== undefined) ? { clips } : drawTestClips(clips, { seed });
}

/** A message without its caller and its full stop, to be put into another. */
function plain(message: string): string {
  return withoutCaller(message).replace(/\.$/, '');
}
