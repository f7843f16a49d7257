import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clip, type ClipSource, equalParts, type Frames, type ReadFramesOptions } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import { fileKey, openVideo } from '@mcore/video/node';
import { type MatMatrix, readMat } from './read-mat.js';

/** A data set's record of one video. */
export interface ScoredVideo {
  readonly id: string;
  /** Name of the action; exemplars are matched by it. */
  readonly action: string;
  /** The video in its folder, from 1: `1` is `001`. */
  readonly index: number;
  readonly score: number;
  readonly difficulty: number;
  readonly split: 'train' | 'test';
}

/** Scored videos without labelled transitions, on disk; made by `openAqa7` and `openUnlvDive`. */
export class ScoredVideos implements ClipSource {
  readonly clips: readonly Clip[];
  readonly description: string;
  readonly kind: 'aqa-7' | 'unlv-dive';
  /** Neither data set labels transitions. */
  readonly transitionsFrom = 'equal parts';
  /** Remarks on the data set, in words. */
  readonly notes: readonly string[];
  readonly #paths: ReadonlyMap<string, string>;

  /** @internal */
  constructor(
    clips: readonly Clip[],
    paths: ReadonlyMap<string, string>,
    { kind, description }: Pick<ScoredVideos, 'kind' | 'description'>,
    notes: readonly string[],
  ) {
    this.clips = clips;
    this.kind = kind;
    this.description = description;
    this.notes = notes;
    this.#paths = paths;
  }

  /**
   * Decodes frames of a clip from its folder of images or its video.
   *
   * @throws ArgumentError if there is no such clip; DataError, in one line, if a frame is missing or damaged.
   */
  async readFrames(id: string, indices: readonly number[], options: ReadFramesOptions = {}): Promise<Frames> {
    const path = this.#pathOf(id);
    const video = await openVideo(path, { name: `clip ${id}, ${path}` });
    try {
      return await video.readFrames(indices, options.size ? { size: options.size } : {});
    } finally {
      video.close();
    }
  }

  /**
   * What a clip's frames depend on: its folder of images or its video.
   *
   * @throws ArgumentError if there is no such clip; DataError if its frames are missing.
   */
  async frameKey(id: string): Promise<string> {
    return fileKey(this.#pathOf(id));
  }

  #pathOf(id: string): string {
    const path = this.#paths.get(id);
    if (path !== undefined) return path;
    throw new ArgumentError(`ScoredVideos: expected the id of one of its ${this.clips.length} clips, got ${id}.`);
  }
}

/**
 * Opens the videos of a list in a folder, where `001` is a folder of images or `001.mp4` (mov, mkv, webm) a video.
 *
 * @param caller - For messages.
 * @throws DataError in one line if a video is missing or exists only as AVI.
 */
export async function openScoredVideos(
  caller: string,
  videos: readonly ScoredVideo[],
  {
    kind,
    folder,
    stages,
    description,
  }: Pick<ScoredVideos, 'kind' | 'description'> & { folder: string; stages: number },
): Promise<ScoredVideos> {
  if (!Number.isSafeInteger(stages) || stages < 2 || stages > 1000) {
    throw new ArgumentError(`${caller}: expected stages to be a whole number of 2 to 1000, got ${stages}.`);
  }
  const paths = new Map<string, string>();
  const clips: Clip[] = [];
  for (const { id, action, index, score, difficulty, split } of videos) {
    const path = await findVideo(caller, join(folder, String(index).padStart(3, '0')));
    const video = await openVideo(path, { name: path });
    const { frameCount } = video;
    video.close();
    paths.set(id, path);
    const transitions = equalParts(frameCount, stages);
    clips.push({ id, competition: action, diveNumber: action, score, difficulty, frameCount, transitions, split });
  }
  return new ScoredVideos(clips, paths, { kind, description }, [
    `${description.split(',')[0]} labels no transitions: every clip is cut into ${stages} parts of the same length`,
  ]);
}

async function findVideo(caller: string, stem: string): Promise<string> {
  const exists = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    );
  for (const ending of ['', '.mp4', '.mov', '.mkv', '.webm']) if (await exists(stem + ending)) return stem + ending;
  const got = (await exists(`${stem}.avi`))
    ? `${stem}.avi. Convert AVI first, for example with: ffmpeg -i ${stem}.avi -crf 12 ${stem}.mp4`
    : 'neither';
  throw new DataError(`${caller}: expected a folder of images ${stem} or a video ${stem}.mp4, got ${got}.`);
}

/**
 * Reads one matrix of a MAT-file.
 *
 * @throws DataError in one line if there is no such file or no such matrix in it.
 */
export async function readMatrix(caller: string, path: string, names: readonly string[]): Promise<MatMatrix> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const got = cause.code === 'ENOENT' ? 'nothing there' : cause.message;
    throw new DataError(`${caller}: expected a MAT-file at ${path}, got ${got}.`, { cause });
  });
  const matrices = readMat(bytes, path);
  for (const name of names) if (matrices.has(name)) return matrices.get(name)!;
  throw new DataError(
    `${caller}: expected the matrix ${names.join(' or ')} in ${path}, got ${[...matrices.keys()].join(', ') || 'none'}.`,
  );
}
