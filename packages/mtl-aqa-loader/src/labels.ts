import { isDiveNumber } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { isPickledArray, type PickleValue, readPickle } from '@mcore/pickle';

/** One dive of MTL-AQA as its annotation says. */
export interface MtlAqaLabel {
  /** Number of the event's video, and of the dive in it. */
  readonly video: number;
  readonly dive: number;
  /** Numbers of its first and last image, as the data set's own frame extractor numbers them (from 1). */
  readonly firstFrame: number;
  readonly lastFrame: number;
  /** In points. */
  readonly score: number;
  readonly difficulty: number;
  /**
   * The dive number where the file has it; else the five attributes that make one, by the codes of the data set:
   * `position0-armstand0-rotation1-somersaults7-twists0`.
   */
  readonly diveNumber: string;
  /** The awards of the seven judges, where the file has them. */
  readonly awards?: readonly number[];
  readonly split: 'train' | 'test';
}

/** All labels, with remarks on them. */
export interface MtlAqaLabels {
  readonly labels: readonly MtlAqaLabel[];
  /** Annotated dives that are in neither list of the split; they are left out. */
  readonly withoutSplit: number;
}

/** Bounds against wrong or hostile files. */
export const mtlAqaLimits = {
  /** Of each pickle; the official ones have under 1 MB. */
  bytes: 64 * 2 ** 20,
  /** Dives; the official split has 1,412. */
  dives: 100_000,
} as const;

/** The files, as bytes. */
export interface MtlAqaFiles {
  /** `final_annotations_dict.pkl`, or the one with dive numbers of later work. */
  readonly annotations: Uint8Array;
  /** `train_split_0.pkl`. */
  readonly trainSplit: Uint8Array;
  /** `test_split_0.pkl`. */
  readonly testSplit: Uint8Array;
}

/**
 * Reads MTL-AQA's published pickles: a dict from `(video, dive)` to a dict with the keys `start_frame`, `end_frame`, `position`,
 * `difficulty`, `armstand`, `rotation_type`, `ss_no`, `tw_no` and `final_score` (`judge_scores` and `dive_number` in later work), and two lists of such
 * pairs for the split. Numbers may be Python's or numpy's.
 *
 * Source: the data set's Ready_2_Use/Readme.txt; Parmar and Morris, "What and How Well You Performed? A Multitask Learning Approach
 * to Action Quality Assessment", CVPR 2019.
 *
 * @returns Labels in the order of the split's lists, training first.
 * @throws {@link DataError} that names the file, the dive and what is wrong.
 */
export function parseMtlAqa(files: MtlAqaFiles): MtlAqaLabels {
  const annotations = new Map<string, PickleValue>();
  const dict = read(files.annotations, 'the annotations');
  if (!(dict instanceof Map)) throw wrong('a dict as the annotations', dict);
  for (const [key, value] of dict) {
    const { video, dive } = pairOf(key, 'keys of the annotations');
    const name = nameOf(video, dive);
    if (annotations.has(name)) throw wrong('one annotation a dive', `two for ${name}`);
    annotations.set(name, value);
  }
  const labels: MtlAqaLabel[] = [];
  const seen = new Set<string>();
  for (const split of ['train', 'test'] as const) {
    const list = read(split === 'train' ? files.trainSplit : files.testSplit, `the ${split} split`);
    if (!Array.isArray(list)) throw wrong(`a list as the ${split} split`, list);
    for (const key of list) {
      const { video, dive } = pairOf(key, `the ${split} split`);
      const name = nameOf(video, dive);
      if (seen.has(name)) throw wrong('every dive once in the split', `${name} again`);
      seen.add(name);
      const value = annotations.get(name);
      if (!(value instanceof Map)) throw wrong(`a dict as the annotation of ${name}`, value);
      labels.push({ video, dive, split, ...fieldsOf(value, name) });
    }
  }
  if (labels.length === 0) throw wrong('at least one dive in the split', 'none');
  return { labels, withoutSplit: annotations.size - labels.length };
}

/** Video and dive with two digits at least, as the names of the data set's folders. */
export function nameOf(video: number, dive: number): string {
  return `${String(video).padStart(2, '0')}__${String(dive).padStart(2, '0')}`;
}

function fieldsOf(dict: ReadonlyMap<PickleValue, PickleValue>, name: string) {
  const number = (key: string) => {
    const value = plainNumber(dict.get(key));
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw wrong(`a number as ${key} of ${name}`, dict.get(key));
  };
  const [firstFrame, lastFrame] = [number('start_frame'), number('end_frame')];
  const isFrame = (value: number) => Number.isSafeInteger(value) && value >= 0 && value < 1e8;
  if (!isFrame(firstFrame) || !isFrame(lastFrame) || lastFrame < firstFrame) {
    throw wrong(`start_frame and end_frame of ${name} as ascending frame numbers`, `${firstFrame} and ${lastFrame}`);
  }
  return {
    firstFrame,
    lastFrame,
    score: number('final_score'),
    difficulty: number('difficulty'),
    diveNumber: diveNumberOf(dict, number),
    ...awardsOf(dict, name),
  };
}

function awardsOf(dict: ReadonlyMap<PickleValue, PickleValue>, name: string): Pick<MtlAqaLabel, 'awards'> {
  const given = dict.get('judge_scores');
  if (given === undefined) return {};
  const values = isPickledArray(given) ? [...given.data] : given;
  const awards = Array.isArray(values) ? values.map(plainNumber) : [];
  if (awards.length > 0 && awards.every((award) => typeof award === 'number')) return { awards: awards as number[] };
  throw wrong(`numbers as judge_scores of ${name}`, given);
}

function diveNumberOf(dict: ReadonlyMap<PickleValue, PickleValue>, number: (key: string) => number): string {
  const given = dict.get('dive_number');
  const text = typeof given === 'string' ? given.trim().toLowerCase() : '';
  if (isDiveNumber(text)) return text;
  const codes = [
    ['position', 'position'],
    ['armstand', 'armstand'],
    ['rotation', 'rotation_type'],
    ['somersaults', 'ss_no'],
    ['twists', 'tw_no'],
  ] as const;
  return codes.map(([name, key]) => `${name}${number(key)}`).join('-');
}

function pairOf(key: PickleValue, where: string): { video: number; dive: number } {
  const pair = Array.isArray(key) && key.length === 2 ? key.map(plainNumber) : [];
  if (pair.length === 2 && pair.every((part) => Number.isSafeInteger(part) && (part as number) >= 0)) {
    return { video: pair[0] as number, dive: pair[1] as number };
  }
  throw wrong(`pairs (video, dive) of whole numbers as ${where}`, key);
}

/** Small integers may have been read as bigint; an array without dimensions is a numpy scalar. */
function plainNumber(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && value !== null && 'data' in value && 'shape' in value) {
    const { data, shape } = value as { data: ArrayLike<unknown>; shape: readonly number[] };
    return Array.isArray(shape) && data.length === 1 ? plainNumber(data[0]) : value;
  }
  return value;
}

function read(bytes: Uint8Array, what: string): PickleValue {
  if (bytes.length > mtlAqaLimits.bytes) {
    throw wrong(`at most ${mtlAqaLimits.bytes} bytes as ${what}`, `${bytes.length}`);
  }
  try {
    return readPickle(bytes, { maxItems: 40 * mtlAqaLimits.dives, maxBytes: mtlAqaLimits.bytes, maxDepth: 20 });
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    throw new DataError(`openMtlAqa: expected a pickle as ${what}, got one that can't be read: ${cause.message}`, {
      cause,
    });
  }
}

/** `expected ..., got ...` with any value shown short. */
export function wrong(expected: string, got: unknown): DataError {
  const shown =
    typeof got === 'string'
      ? got
      : got === undefined
        ? 'nothing'
        : got instanceof Map
          ? `a dict of ${got.size}`
          : Array.isArray(got)
            ? `a list of ${got.length}`
            : typeof got === 'object' && got !== null
              ? 'an object'
              : String(got);
  return new DataError(`openMtlAqa: expected ${expected}, got ${shown.slice(0, 200)}.`);
}
