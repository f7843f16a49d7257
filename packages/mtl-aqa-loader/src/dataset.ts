import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clip, type ClipSource, equalParts, type FrameSize, type Frames, resizeFrames } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import { filesKey, listFrames, readImage } from '@mcore/video/node';
import { type MtlAqaLabel, mtlAqaLimits, nameOf, parseMtlAqa, wrong } from './labels.js';

/** Options of {@link openMtlAqa}: where to look, and how to cut clips. */
export interface OpenMtlAqaOptions {
  /** The folder with the pickles, if it is not one of the usual places below the data set's folder. */
  readonly annotations?: string;
  /** The folder with the frames, likewise. */
  readonly frames?: string;
  /** Stages that clips are cut into, as MTL-AQA labels no transitions; 3 unless given. */
  readonly stages?: number;
}

/** Annotation files, those with dive numbers first. */
const annotationNames = [
  'final_annotations_dict_with_dive_number.pkl',
  'augmented_final_annotations_dict.pkl',
  'final_annotations_dict.pkl',
];

/** Where the pickles may lie, in the order they are looked for: the release's own folders and those of later work. */
const annotationPlaces = [
  '.',
  'info',
  'annotations',
  'Ready_2_Use/MTL-AQA_split_0_data',
  'MTL-AQA_split_0_data',
  'MTL-AQA_dataset_release/Ready_2_Use/MTL-AQA_split_0_data',
  'MTL-AQA/info',
  // as MUSDL's authors prepare the data set
  'data/info',
  'MTL-AQA/data/info',
];

/** Where the frames may lie. */
const framePlaces = [
  'whole_videos_frames',
  'new/new_total_frames',
  'new/new_total_frames_256s',
  'new',
  'frames',
  'frames_long',
  '.',
  'MTL-AQA/new',
  'MTL-AQA_dataset_release/whole_videos_frames',
  'data/frames',
  'MTL-AQA/data/frames',
];

/** MTL-AQA on disk; made by {@link openMtlAqa}. */
export class MtlAqaDataset implements ClipSource {
  readonly clips: readonly Clip[];
  readonly description: string;
  readonly kind = 'mtl-aqa';
  /** MTL-AQA labels no transitions. */
  readonly transitionsFrom = 'equal parts';
  /** The folder the frames are below; undefined if none was found. */
  readonly framesDirectory: string | undefined;
  /** Remarks on the data set, in words. */
  readonly notes: readonly string[];
  readonly #labels: ReadonlyMap<string, MtlAqaLabel>;
  readonly #images = new Map<string, Promise<ReadonlyMap<number, string>>>();

  /** @internal */
  constructor(
    labels: readonly MtlAqaLabel[],
    stages: number,
    framesDirectory: string | undefined,
    notes: readonly string[],
  ) {
    this.clips = labels.map((label) => clipOf(label, stages));
    this.description = `MTL-AQA, ${labels.length} clips`;
    this.framesDirectory = framesDirectory;
    this.notes = notes;
    this.#labels = new Map(labels.map((label) => [nameOf(label.video, label.dive), label]));
  }

  /**
   * Decodes frames of a clip: images `<frames>/<video>/<number>.jpg` as the data set's frame extractor writes them, with as many
   * digits as there are, or `<frames>/<video>_<dive>/<number>.jpg`. Images of a dive's own folder that are not numbered as in the video are taken
   * in the order of their names.
   *
   * @throws ArgumentError if there is no such clip; DataError, in one line, if an image is missing or damaged.
   */
  async readFrames(
    id: string,
    indices: readonly number[],
    options: { readonly size?: FrameSize } = {},
  ): Promise<Frames> {
    const label = this.#label(id);
    const { folder, images } = await this.#imagesOf(label);
    const count = label.lastFrame - label.firstFrame + 1;
    const read = async (index: number) => {
      if (!Number.isSafeInteger(index) || index < 0 || index >= count) {
        throw new ArgumentError(`readFrames: indices must be whole numbers in 0 .. ${count - 1}, got ${index}.`);
      }
      const name = images.get(label.firstFrame + index);
      if (name === undefined) {
        throw new DataError(
          `readFrames: expected image ${label.firstFrame + index} of clip ${id} in ${folder}, got none of that number.`,
        );
      }
      const frame = await readImage(join(folder, name));
      return options.size ? resizeFrames(frame, options.size) : frame;
    };
    const frames: Frames[] = [];
    // repeats are read once: indices ascend wherever clips are sampled
    for (const [place, index] of indices.entries()) {
      frames.push(place > 0 && index === indices[place - 1] ? frames[place - 1]! : await read(index));
    }
    return joined(frames, id);
  }

  /**
   * What a clip's frames depend on: its images.
   *
   * @throws DataError if there is no folder of frames.
   */
  async frameKey(id: string): Promise<string> {
    const label = this.#label(id);
    const { folder, images } = await this.#imagesOf(label);
    const numbers = [...images.keys()].filter((number) => number >= label.firstFrame && number <= label.lastFrame);
    return filesKey(numbers.sort((a, b) => a - b).map((number) => join(folder, images.get(number)!)));
  }

  #label(id: string): MtlAqaLabel {
    const label = this.#labels.get(id);
    if (label) return label;
    throw new ArgumentError(`MtlAqaDataset: expected the id of one of its ${this.clips.length} clips, got ${id}.`);
  }

  /** Images by number. The listing of a whole event, which may have a hundred thousand, is kept. */
  async #imagesOf({
    video,
    dive,
    firstFrame,
  }: MtlAqaLabel): Promise<{ folder: string; images: ReadonlyMap<number, string> }> {
    if (this.framesDirectory === undefined) {
      throw new DataError(
        `readFrames: expected the images of clip ${nameOf(video, dive)} below a folder of frames, which was not found, got none.`,
      );
    }
    const [videoName, diveName] = nameOf(video, dive).split('__') as [string, string];
    const own = join(this.framesDirectory, `${videoName}_${diveName}`);
    const folder = (await isFolder(own)) ? own : join(this.framesDirectory, videoName);
    let images = this.#images.get(folder);
    if (!images) {
      images = numberedImages(folder, folder === own ? firstFrame : undefined);
      this.#images.set(folder, images);
      // a folder that can't be listed now may exist later
      images.catch(() => this.#images.delete(folder));
    }
    return { folder, images: await images };
  }
}

/** Whether a folder holds MTL-AQA's annotation, in one of the usual places. */
export function isMtlAqa(directory: string): boolean {
  return annotationPlaces.some((place) => annotationNames.some((name) => existsSync(join(directory, place, name))));
}

/**
 * Opens MTL-AQA (Parmar and Morris, CVPR 2019): the published pickles and, where there are any, frames as its own script extracts
 * them from the videos.
 *
 * A clip runs from the annotation's `start_frame` to its `end_frame`, both included, counted as images are numbered, from 1. No
 * transitions are labelled: every clip is cut into `stages` parts of the same length, and `transitionsFrom` says so.
 *
 * @param directory - The data set's folder.
 * @throws DataError in one line if the pickles are missing, damaged or something else; ArgumentError if an option is out of range.
 */
export async function openMtlAqa(directory: string, options: OpenMtlAqaOptions = {}): Promise<MtlAqaDataset> {
  const { stages = 3 } = options;
  if (!Number.isSafeInteger(stages) || stages < 2 || stages > 1000) {
    throw new ArgumentError(`openMtlAqa: stages must be a whole number of 2 to 1000, got ${stages}.`);
  }
  const folders = options.annotations ? [options.annotations] : annotationPlaces.map((place) => join(directory, place));
  const found = folders
    .flatMap((folder) => annotationNames.map((name) => ({ folder, path: join(folder, name) })))
    .find(({ path }) => existsSync(path));
  if (!found) throw wrong(`${annotationNames.join(' or ')} in ${folders.join(' or ')}`, 'neither');
  const [annotations, trainSplit, testSplit] = await Promise.all([
    readBounded(found.path),
    readBounded(join(found.folder, 'train_split_0.pkl')),
    readBounded(join(found.folder, 'test_split_0.pkl')),
  ]);
  const { labels, withoutSplit } = parseMtlAqa({ annotations, trainSplit, testSplit });
  const frames = options.frames ?? (await findFrames(directory, labels));
  return new MtlAqaDataset(labels, stages, frames, [
    `MTL-AQA labels no transitions: every clip is cut into ${stages} parts of the same length`,
    ...(withoutSplit > 0 ? [`${withoutSplit} annotated dives are in neither list of the split and are left out`] : []),
  ]);
}

function clipOf(label: MtlAqaLabel, stages: number): Clip {
  const { video, dive, firstFrame, lastFrame, score, difficulty, diveNumber, awards, split } = label;
  const frameCount = lastFrame - firstFrame + 1;
  return {
    id: nameOf(video, dive),
    competition: String(video).padStart(2, '0'),
    diveNumber,
    score,
    difficulty,
    frameCount,
    transitions: equalParts(frameCount, stages),
    split,
    ...(awards && { awards }),
    start: firstFrame,
  };
}

async function findFrames(directory: string, labels: readonly MtlAqaLabel[]): Promise<string | undefined> {
  const names = new Set(
    labels.flatMap(({ video, dive }) => {
      const [event, number] = nameOf(video, dive).split('__');
      return [event, `${event}_${number}`];
    }),
  );
  for (const place of framePlaces) {
    const entries = await readdir(join(directory, place)).catch(() => []);
    if (entries.some((entry) => names.has(entry))) return join(directory, place);
  }
  return undefined;
}

/**
 * The images of a folder by their number in the video.
 *
 * @param firstFrame - For a folder of one dive: the number of its first image where their own names don't have it.
 */
async function numberedImages(folder: string, firstFrame: number | undefined): Promise<ReadonlyMap<number, string>> {
  const names = await listFrames(folder).catch((cause: NodeJS.ErrnoException) => {
    const got = cause.code === 'ENOENT' ? 'nothing there' : cause.message;
    throw new DataError(`readFrames: expected a folder of images at ${folder}, got ${got}.`, { cause });
  });
  const numbered = new Map(
    names.flatMap((name) => {
      const [, number] = /^(\d{1,15})\./.exec(name) ?? [];
      return number === undefined ? [] : [[Number(number), name] as const];
    }),
  );
  if (firstFrame === undefined || numbered.has(firstFrame)) return numbered;
  return new Map(names.map((name, index) => [firstFrame + index, name]));
}

function joined(frames: readonly Frames[], id: string): Frames {
  const [first] = frames;
  if (!first) throw new ArgumentError(`readFrames: expected at least one index of clip ${id}, got none.`);
  const { height, width } = first;
  const other = frames.find((frame) => frame.height !== height || frame.width !== width);
  if (other) {
    throw new DataError(
      `readFrames: expected images of one size in clip ${id}, got ${width} x ${height} and ${other.width} x ${other.height}.`,
    );
  }
  const data = new Uint8Array(frames.length * first.data.length);
  for (const [place, frame] of frames.entries()) data.set(frame.data, place * first.data.length);
  return { data, count: frames.length, height, width };
}

async function readBounded(path: string): Promise<Uint8Array> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile()) throw wrong(`a file at ${path}`, facts ? 'something else' : 'nothing there');
  if (facts.size > mtlAqaLimits.bytes) throw wrong(`at most ${mtlAqaLimits.bytes} bytes in ${path}`, `${facts.size}`);
  return new Uint8Array(await readFile(path));
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}
