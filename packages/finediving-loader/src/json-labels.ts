import { join } from 'node:path';
import type { Clip } from '@mcore/clips';
import { fineDivingLabels } from './bundled-labels.js';
import {
  assertDistinct,
  type LabelledClip,
  type Labels,
  labelledClip,
  neverBegun,
  ONE_STAGE,
  readLabelFile,
  wrong,
} from './labelled-clip.js';
import { stageTransitions } from './stage-transitions.js';

/** The files of the E2E-Spot project, which divides FineDiving's training clips into `train` and `val`. */
const files: readonly [name: string, split: Clip['split'], needed: boolean][] = [
  ['train.json', 'train', true],
  ['val.json', 'train', false],
  ['test.json', 'test', true],
];

/**
 * Reads labels in E2E-Spot's format: `train.json`, `val.json` (may be missing) and `test.json`, each a list of
 * `{ video: '<competition>__<dive index>', num_frames, events: [{ frame, label, comment }], _source_info }`. The frame of an event is the last
 * one before the sub-action changes: in 2,961 of FineDiving's 3,000 clips the annotators' sub-actions begin one frame later.
 *
 * @throws DataError that names the file, the place in it and what is wrong.
 */
export async function readJsonLabels(folder: string, list: readonly string[]): Promise<Labels> {
  const clips: LabelledClip[] = [];
  for (const [name, split, needed] of files) {
    if (!list.includes(name)) {
      if (needed) throw wrong(`${name} in ${folder}`, undefined);
      continue;
    }
    const entries = parseJson(new TextDecoder().decode(await readLabelFile(join(folder, name))), name);
    if (!Array.isArray(entries)) throw wrong(`a list in ${name}`, entries);
    for (const [index, entry] of entries.entries()) clips.push(fromEntry(entry, split, `${name}, entry ${index}`));
  }
  assertDistinct(clips, folder);
  return { source: 'json', origin: folder, clips };
}

/** The labels that come with this package, for frames that came without any. */
export function bundledLabels(): Labels {
  const clips = fineDivingLabels.map((label) =>
    labelledClip({ ...label, start: label.recording.start, oddities: [] }, `label ${label.id}`),
  );
  return { source: 'bundled', origin: 'this package', clips };
}

function fromEntry(entry: unknown, split: Clip['split'], where: string): LabelledClip {
  const { video, num_frames, num_events, events, _source_info } = record(entry, where);
  if (typeof video !== 'string') throw wrong(`text as video in ${where}`, video);
  const cut = video.lastIndexOf('__');
  if (cut < 1) throw wrong(`<competition>__<dive index> as video in ${where}`, video);
  const place = `${where} (${video})`;
  if (!Array.isArray(events)) throw wrong(`a list as events in ${place}`, events);
  const frames = events.map((event) => {
    const { frame } = record(event, `an event of ${place}`);
    if (typeof frame === 'number' && Number.isSafeInteger(frame) && frame >= 0) return frame;
    throw wrong(`whole numbers of 0 or more as frames of events in ${place}`, frame);
  });
  const info = record(_source_info, `_source_info of ${place}`);
  const declared = typeof num_events === 'number' ? num_events : frames.length;
  return labelledClip(
    {
      competition: video.slice(0, cut),
      diveIndex: video.slice(cut + 2),
      diveNumber: info.action_type,
      score: info.dive_score,
      difficulty: info.difficulty,
      frameCount: num_frames,
      transitions: frames.length === 0 ? neverBegun(Number(num_frames)) : stageTransitions(firstFrames(frames)),
      split,
      oddities: eventOddities(frames, declared),
    },
    place,
  );
}

/** First frames of the sub-actions, the first of which begins at 0. */
function firstFrames(events: readonly number[]): number[] {
  return [0, ...events.map((frame) => frame + 1).sort((a, b) => a - b)];
}

function eventOddities(frames: readonly number[], declared: number): string[] {
  const oddities: string[] = frames.length === 0 ? [ONE_STAGE] : [];
  if (frames.some((frame, index) => index > 0 && frame < frames[index - 1]!)) {
    oddities.push(`events are not sorted: frames ${frames.join(', ')}`);
  }
  if (declared !== frames.length) oddities.push(`${declared} events declared, ${frames.length} listed`);
  return oddities;
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(`JSON in ${name}`, (error as Error).message);
  }
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(`an object as ${what}`, value);
}
