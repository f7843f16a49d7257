import { join } from 'node:path';
import { type Clip, parseDiveNumber, problemLines } from '@mcore/clips';
import { withoutCaller } from '@mcore/errors';
import { listFrames, readImage } from '@mcore/video/node';
import { type ClipMedia, openClipMedia } from './clip-media.js';
import { type FineDivingDataset, type OpenFineDivingOptions, openFineDiving } from './dataset.js';
import { ONE_STAGE } from './labelled-clip.js';

/** Something wrong with one clip. */
export interface ClipProblem {
  /** The clip's id. */
  readonly clip: string;
  /** `'error'`: it can't be used as it is; `'note'`: it can, and it is handled as the text says. */
  readonly kind: 'error' | 'note';
  readonly problem: string;
}

/** The result of {@link checkFineDiving}. */
export interface FineDivingCheck {
  readonly description: string;
  /** Undefined if no folder with frames was found. */
  readonly framesDirectory: string | undefined;
  /** In the order of the clips. */
  readonly problems: readonly ClipProblem[];
  readonly counts: {
    readonly clips: number;
    readonly train: number;
    readonly test: number;
    readonly competitions: number;
    readonly diveNumbers: number;
    /** Clips whose folder has images. */
    readonly present: number;
    /** Images found in all folders. */
    readonly images: number;
    /** Images decoded whole. */
    readonly decoded: number;
    /** Clips with at least one error. */
    readonly unusable: number;
    readonly errors: number;
    readonly notes: number;
  };
}

/** Options of {@link checkFineDiving}. */
export interface CheckOptions extends OpenFineDivingOptions {
  /** Images decoded a clip: none, the first, middle and last (unless given), or all, which takes about 3 ms each. */
  readonly decode?: 'none' | 'some' | 'all';
  /** Called for each problem as it is found. */
  readonly onProblem?: (problem: ClipProblem) => void;
  /** Called after each clip with how many are done. */
  readonly onClip?: (done: number, total: number) => void;
}

/**
 * Checks every clip of a FineDiving folder: that its images exist, are as many as labelled and can be read, and that its labels are
 * plausible.
 *
 * @throws DataError as {@link openFineDiving}, if there is no data set to check.
 */
export async function checkFineDiving(directory: string, options: CheckOptions = {}): Promise<FineDivingCheck> {
  const { decode = 'some', onProblem, onClip, ...opening } = options;
  const dataset = await openFineDiving(directory, opening);
  const problems: ClipProblem[] = [];
  let [present, images, decoded] = [0, 0, 0];
  for (const [index, clip] of dataset.clips.entries()) {
    const found = checkLabels(clip, dataset.oddities(clip.id));
    const frames = await checkFrames(dataset, clip, decode);
    present += frames.images > 0 ? 1 : 0;
    images += frames.images;
    decoded += frames.decoded;
    for (const problem of [...found, ...frames.problems]) {
      problems.push(problem);
      onProblem?.(problem);
    }
    onClip?.(index + 1, dataset.clips.length);
  }
  const errors = problems.filter(({ kind }) => kind === 'error');
  const { clips } = dataset;
  return {
    description: dataset.description,
    framesDirectory: dataset.framesDirectory,
    problems,
    counts: {
      clips: clips.length,
      train: clips.filter(({ split }) => split === 'train').length,
      test: clips.filter(({ split }) => split === 'test').length,
      competitions: new Set(clips.map(({ competition }) => competition)).size,
      diveNumbers: new Set(clips.map(({ diveNumber }) => diveNumber)).size,
      present,
      images,
      decoded,
      unusable: new Set(errors.map(({ clip }) => clip)).size,
      errors: errors.length,
      notes: problems.length - errors.length,
    },
  };
}

/** The check as `mcore data check` prints it: a line for each problem (see `problemLines` of `@mcore/clips`), then the counts. */
export function formatFineDivingCheck({ description, framesDirectory, problems, counts }: FineDivingCheck): string {
  return [
    ...problemLines(problems),
    description,
    `frames below ${framesDirectory ?? 'no folder: none was found'}`,
    `${counts.clips} clips (${counts.train} train, ${counts.test} test) of ${counts.diveNumbers} dive numbers at ` +
      `${counts.competitions} competitions`,
    `${counts.present} clips have images, ${counts.images} in all, ${counts.decoded} of them decoded`,
    `${counts.errors} errors in ${counts.unusable} clips, ${counts.notes} notes`,
  ].join('\n');
}

/** Checks labels alone, for oddities that a person should see before training. */
function checkLabels(clip: Clip, oddities: readonly string[]): ClipProblem[] {
  const problems: ClipProblem[] = [];
  const add = (kind: ClipProblem['kind'], problem: string) => problems.push({ clip: clip.id, kind, problem });
  for (const oddity of oddities) add(oddity === ONE_STAGE ? 'error' : 'note', oddity);
  const [first = 0, second = 0] = clip.transitions;
  if (first > second) add('error', `transitions are not ascending: ${first}, ${second}`);
  if (first === second && !oddities.includes(ONE_STAGE))
    add('note', `the flight is empty: both transitions at frame ${first}`);
  if (Math.max(first, second) >= clip.frameCount) {
    add('error', `a transition at frame ${Math.max(first, second)} of ${clip.frameCount} frames`);
  }
  try {
    parseDiveNumber(clip.diveNumber);
  } catch {
    add('error', `unknown dive number ${clip.diveNumber}`);
  }
  const { difficulty, score } = clip;
  // the table of World Aquatics runs from 1.2 to 4.8
  if (difficulty < 1 || difficulty > 5) add('error', `implausible difficulty ${difficulty}`);
  // three awards of at most 10 count
  else if (score < 0 || score > 30 * difficulty + 1e-6) {
    add(
      'error',
      `implausible score ${score}: at most 30 x ${difficulty} = ${(30 * difficulty).toFixed(1)} can be given`,
    );
  }
  return problems;
}

async function checkFrames(dataset: FineDivingDataset, clip: Clip, decode: 'none' | 'some' | 'all') {
  const problems: ClipProblem[] = [];
  const add = (kind: ClipProblem['kind'], problem: string) => problems.push({ clip: clip.id, kind, problem });
  const media = await dataset.clipMedia(clip.id);
  if (media === undefined) {
    add('error', 'no folder of images and no video');
    return { problems, images: 0, decoded: 0 };
  }
  if (media.kind === 'video') return checkVideo(media, clip, decode, problems);
  const folder = media.path;
  const names = await listFrames(folder);
  if (names.length === 0) add('error', `no image in ${folder}`);
  else problems.push(...checkCount(names.length, 'images', clip));
  const gap = numberGap(names);
  if (gap) add('note', `images are not numbered without gaps: ${gap}`);
  const sizes = new Map<string, string>();
  let decoded = 0;
  for (const index of chosenFrames(names.length, decode)) {
    try {
      const { width, height } = await readImage(join(folder, names[index]!));
      sizes.set(`${width} x ${height}`, names[index]!);
      decoded++;
    } catch (error) {
      add('error', messageOf(error));
    }
  }
  if (sizes.size > 1) {
    add('error', `images of different sizes: ${[...sizes].map(([size, name]) => `${name} ${size}`).join(', ')}`);
  }
  return { problems, images: names.length, decoded };
}

async function checkVideo(media: ClipMedia, clip: Clip, decode: 'none' | 'some' | 'all', problems: ClipProblem[]) {
  try {
    const video = await openClipMedia(media, `clip ${clip.id}`, 1);
    try {
      problems.push(...checkCount(video.frameCount, 'frames in its video', clip));
      const indices = chosenFrames(video.frameCount, decode);
      if (indices.length > 0) await video.readFrames(indices, { size: { height: 8, width: 8 } });
      return { problems, images: video.frameCount, decoded: indices.length };
    } finally {
      video.close();
    }
  } catch (error) {
    problems.push({ clip: clip.id, kind: 'error', problem: messageOf(error) });
    return { problems, images: 0, decoded: 0 };
  }
}

function checkCount(count: number, what: string, clip: Clip): ClipProblem[] {
  const problem = `${count} ${what}, labelled with ${clip.frameCount} frames`;
  if (count < clip.frameCount) return [{ clip: clip.id, kind: 'error', problem }];
  const more = `${problem}: the last ones are not used`;
  return count > clip.frameCount ? [{ clip: clip.id, kind: 'note', problem: more }] : [];
}

function chosenFrames(count: number, decode: 'none' | 'some' | 'all'): number[] {
  if (decode === 'none' || count === 0) return [];
  if (decode === 'all') return Array.from({ length: count }, (_, index) => index);
  return [...new Set([0, count >> 1, count - 1])];
}

/** An error's text without the function it is from. */
function messageOf(error: unknown): string {
  return withoutCaller((error as Error).message).replace(/\.$/, '');
}

function numberGap(names: readonly string[]): string | undefined {
  const numbers = names.map((name) => Number(/^(\d+)\./.exec(name)?.[1] ?? Number.NaN));
  const at = numbers.findIndex((number, index) => index > 0 && number !== numbers[index - 1]! + 1);
  return at < 0 ? undefined : `${names[at]} follows ${names[at - 1]}`;
}
