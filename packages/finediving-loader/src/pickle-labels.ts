import type { Clip } from '@mcore/clips';
import { isPickledArray, type PickleValue, readPickle } from '@mcore/pickle';
import {
  assertDistinct,
  folderName,
  type LabelledClip,
  type Labels,
  labelledClip,
  neverBegun,
  ONE_STAGE,
  readLabelFile,
  wrong,
} from './labelled-clip.js';
import { runStarts, stageTransitions } from './stage-transitions.js';

/** The official files that are read, by content. The first suffices, together with the two splits. */
export interface PickleFiles {
  /** `fine-grained_annotation_aqa.pkl` or `FineDiving_fine-grained_annotation.pkl`. */
  readonly annotation: string;
  readonly trainSplit: string;
  readonly testSplit: string;
  /** `FineDiving_coarse_annotation.pkl`, which has the first frame's number and the judges' awards. */
  readonly coarse?: string | undefined;
}

/**
 * Reads FineDiving's official annotation: a dict from `(competition, dive index)` to either a list `[dive number, score,
 * difficulty, transition frames, per-frame labels]` or a dict with the keys `action_type`, `dive_score`, `difficulty`,
 * `steps_transit_frames` and `frames_labels`, and two lists of such pairs for the split.
 *
 * Transitions follow from the runs of per-frame labels, see {@link stageTransitions}; if there is only one label, the last frame stands for
 * both. Clips in neither list are left out; there are none in the official files.
 *
 * @throws DataError that names the file, the clip and what is wrong.
 */
export async function readPickleLabels(paths: PickleFiles): Promise<Labels> {
  const annotation = await readDict(paths.annotation);
  const coarse = paths.coarse === undefined ? undefined : byId(await readDict(paths.coarse), paths.coarse);
  const splits = new Map<string, Clip['split']>();
  for (const [path, split] of [[paths.trainSplit, 'train'] as const, [paths.testSplit, 'test'] as const]) {
    const keys = await readPickleFile(path);
    if (!Array.isArray(keys)) throw wrong(`a list in ${path}`, keys);
    for (const key of keys) {
      const { id } = clipKey(key, path);
      if (splits.has(id)) throw wrong(`every clip once in the split lists`, `${id} again in ${path}`);
      splits.set(id, split);
    }
  }
  const clips: LabelledClip[] = [];
  for (const [id, { competition, diveIndex, value }] of byId(annotation, paths.annotation)) {
    const split = splits.get(id);
    if (!split) continue;
    splits.delete(id);
    const known = coarseFacts(coarse?.get(id)?.value, `${paths.coarse}, clip ${id}`);
    clips.push(fromAnnotation({ competition, diveIndex, split, ...known }, value, `${paths.annotation}, clip ${id}`));
  }
  const [unlabelled] = splits.keys();
  if (unlabelled !== undefined)
    throw wrong(`labels of every clip of the split in ${paths.annotation}`, `none of ${unlabelled}`);
  assertDistinct(clips, paths.annotation);
  return { source: 'pickle', origin: paths.annotation, clips };
}

interface KeyedValue {
  readonly competition: string;
  readonly diveIndex: string;
  readonly value: PickleValue;
}

type Place = Omit<KeyedValue, 'value'> & Pick<Clip, 'split' | 'start' | 'awards'>;

function fromAnnotation(place: Place, value: PickleValue, where: string): LabelledClip {
  const [diveNumber, score, difficulty, steps, labels] = fieldsOf(value, where);
  const frames = numbersOf(labels, `per-frame labels of ${where}`);
  const runs = runStarts(frames);
  const declared = numbersOf(steps, `transition frames of ${where}`);
  const oddities: string[] = [];
  if (declared.some((frame, index) => index > 0 && frame < declared[index - 1]!)) {
    oddities.push(`transition frames are not sorted: ${declared.join(', ')}`);
  }
  if (runs.length < 2) oddities.push(ONE_STAGE);
  return labelledClip(
    {
      ...place,
      diveNumber,
      score: plainNumber(score),
      difficulty: plainNumber(difficulty),
      frameCount: frames.length,
      transitions: runs.length < 2 ? neverBegun(frames.length) : stageTransitions(runs),
      oddities,
    },
    where,
  );
}

function fieldsOf(value: PickleValue, where: string): readonly (PickleValue | undefined)[] {
  if (Array.isArray(value) && value.length >= 5) return value;
  if (!(value instanceof Map)) throw wrong(`a list of five or a dict in ${where}`, value);
  return ['action_type', 'dive_score', 'difficulty', 'steps_transit_frames', 'frames_labels'].map((key) => {
    if (!value.has(key)) throw wrong(`the key ${key} in ${where}`, undefined);
    return value.get(key);
  });
}

async function readPickleFile(path: string): Promise<PickleValue> {
  return readPickle(await readLabelFile(path));
}

async function readDict(path: string): Promise<Map<PickleValue, PickleValue>> {
  const value = await readPickleFile(path);
  if (value instanceof Map) return value;
  throw wrong(`a dict in ${path}`, value);
}

function byId(dict: ReadonlyMap<PickleValue, PickleValue>, path: string): Map<string, KeyedValue> {
  const entries = new Map<string, KeyedValue>();
  for (const [key, value] of dict) {
    const { id, competition, diveIndex } = clipKey(key, path);
    if (entries.has(id)) throw wrong(`one annotation a clip in ${path}`, `two for ${id}`);
    entries.set(id, { competition, diveIndex, value });
  }
  return entries;
}

function clipKey(key: PickleValue, path: string): { id: string; competition: string; diveIndex: string } {
  const [first, second] = Array.isArray(key) && key.length === 2 ? key : [];
  const whole = typeof second === 'number' && Number.isSafeInteger(second) && second >= 0;
  if (typeof first !== 'string' || !(whole || typeof second === 'string')) {
    throw wrong(`keys (competition, dive index) in ${path}`, key);
  }
  const competition = folderName(first, `a competition in ${path}`);
  const diveIndex = folderName(String(second), `a dive index in ${path}`);
  return { id: `${competition}__${diveIndex}`, competition, diveIndex };
}

/** Fields that only the coarse annotation has. */
function coarseFacts(coarse: PickleValue | undefined, where: string): Pick<Clip, 'start' | 'awards'> {
  if (!(coarse instanceof Map)) return {};
  const start = plainNumber(coarse.get('start_frame'));
  const awards = coarse.get('judge_scores');
  return {
    ...(typeof start === 'number' && Number.isSafeInteger(start) && start >= 0 && { start }),
    ...(awards !== undefined && { awards: numbersOf(awards, `judge_scores of ${where}`) }),
  };
}

function numbersOf(value: PickleValue | undefined, what: string): number[] {
  const values =
    Array.isArray(value) || !value || typeof value !== 'object' || !isPickledArray(value) ? value : [...value.data];
  if (!Array.isArray(values)) throw wrong(`an array as ${what}`, value);
  return values.map((element) => {
    const number = plainNumber(element);
    if (typeof number !== 'number' || !Number.isFinite(number)) throw wrong(`numbers as ${what}`, element);
    return number;
  });
}

/** Small integers may have been read as bigint, numpy scalars as arrays without dimensions. */
function plainNumber(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
