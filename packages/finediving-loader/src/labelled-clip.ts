import { readFile, stat } from 'node:fs/promises';
import type { Clip } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';

/** Where labels came from. */
export type LabelSource = 'pickle' | 'json' | 'bundled';

/** A clip as annotated, with the oddities of the annotation. */
export interface LabelledClip {
  readonly clip: Clip;
  /** Folder of the dive within its competition. */
  readonly diveIndex: string;
  /** What was corrected while reading, such as unsorted events. */
  readonly oddities: readonly string[];
}

/** All labels of a data set. */
export interface Labels {
  readonly source: LabelSource;
  /** The file or folder they were read from, or `'this package'`. */
  readonly origin: string;
  readonly clips: readonly LabelledClip[];
}

/** Fields of every annotation, not yet checked. */
interface LabelFields {
  readonly competition: unknown;
  readonly diveIndex: unknown;
  readonly diveNumber: unknown;
  readonly score: unknown;
  readonly difficulty: unknown;
  readonly frameCount: unknown;
  readonly transitions: readonly [number, number];
  readonly split: Clip['split'];
  readonly start?: number | undefined;
  /** The judges' awards; left out where they are unknown. */
  readonly awards?: readonly number[] | undefined;
  readonly oddities: readonly string[];
}

/**
 * Builds a clip from an annotation's fields.
 *
 * @param where - The annotation's place, for messages.
 * @throws {@link DataError} if a field is missing, of another type, or a name that would lead out of the data set's folder.
 */
export function labelledClip(fields: LabelFields, where: string): LabelledClip {
  const competition = folderName(fields.competition, `a competition in ${where}`);
  const diveIndex = folderName(String(fields.diveIndex), `a dive index in ${where}`);
  const text = (value: unknown, what: string) => {
    if (typeof value === 'string' && value.trim() !== '') return value.trim().toLowerCase();
    throw wrong(`text as ${what} in ${where}`, value);
  };
  const number = (value: unknown, what: string) => {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw wrong(`a number as ${what} in ${where}`, value);
  };
  const frameCount = number(fields.frameCount, 'number of frames');
  if (!Number.isSafeInteger(frameCount) || frameCount < 1) throw wrong(`at least one frame in ${where}`, frameCount);
  const clip: Clip = {
    id: `${competition}__${diveIndex}`,
    competition,
    diveNumber: text(fields.diveNumber, 'dive number'),
    score: number(fields.score, 'score'),
    difficulty: number(fields.difficulty, 'difficulty'),
    frameCount,
    transitions: fields.transitions,
    split: fields.split,
    ...(fields.awards !== undefined && { awards: fields.awards }),
    ...(fields.start !== undefined && { start: fields.start }),
  };
  return { clip, diveIndex, oddities: fields.oddities };
}

/**
 * A name that may be joined to a folder's path: one segment, nothing that leads elsewhere.
 *
 * @throws {@link DataError} otherwise.
 */
export function folderName(value: unknown, what: string): string {
  const unsafe = (name: string) => name === '' || name === '.' || name === '..' || /[/\\\0:]/.test(name);
  if (typeof value !== 'string' || unsafe(value)) throw wrong(`the name of a folder as ${what}`, value);
  return value;
}

/** Reported for a clip whose labels have no second stage; its transitions are useless for training. */
export const ONE_STAGE = 'only one stage is labelled';

/** Transitions that do not occur are put at the last frame, as `sampleTransitions` does. */
export function neverBegun(frameCount: number): [number, number] {
  return [Math.max(0, frameCount - 1), Math.max(0, frameCount - 1)];
}

/** Refuses a data set with two annotations for one clip. */
export function assertDistinct(clips: readonly LabelledClip[], origin: string): void {
  const seen = new Set<string>();
  for (const { clip } of clips) {
    if (seen.has(clip.id)) throw wrong(`one annotation a clip in ${origin}`, `two for ${clip.id}`);
    seen.add(clip.id);
  }
}

/** `expected ..., got ...` with any value shown short. */
export function wrong(expected: string, got: unknown): DataError {
  const shown = typeof got === 'string' ? got : got === undefined ? 'nothing' : describe(got);
  return new DataError(`openFineDiving: expected ${expected}, got ${shown.slice(0, 200)}.`);
}

function describe(value: unknown): string {
  if (value instanceof Map) return `a dict of ${value.size}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** Largest file with labels; FineDiving's own have under 7 MB. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Reads a file with labels, whole.
 *
 * @throws {@link DataError} if it is larger than any file with labels.
 */
export async function readLabelFile(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > MOST_BYTES) throw wrong(`at most ${MOST_BYTES} bytes in ${path}`, `${size}`);
  // out of Node's Buffer, whose `slice` is not the one of a Uint8Array
  return new Uint8Array(await readFile(path));
}

/** Leaves clips out by id. */
export function withoutClips(labels: Labels, exclude: readonly string[]): Labels {
  const left = new Set(exclude);
  const clips = labels.clips.filter(({ clip }) => !left.delete(clip.id));
  if (left.size > 0) {
    throw new ArgumentError(`openFineDiving: exclude must name clips of the data set, got ${[...left].join(', ')}.`);
  }
  return { ...labels, clips };
}
