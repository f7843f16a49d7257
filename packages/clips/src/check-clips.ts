import { McoreError, withoutCaller } from '@mcore/errors';
import { problemLines } from './problem-lines.js';
import type { ClipSource } from './types.js';

/** A problem found in a clip. */
export interface CheckedProblem {
  clip: string;
  problem: string;
}

/** Result of {@link checkClips}. */
export interface ClipsCheck {
  description: string;
  notes: readonly string[];
  problems: readonly CheckedProblem[];
  counts: {
    clips: number;
    train: number;
    test: number;
    classes: number;
    stages: number;
    frames: number;
    decoded: number;
    unusable: number;
  };
}

/** Options of {@link checkClips}. */
export interface CheckClipsOptions {
  /** Frames to decode from every clip: none; the first, middle and last; or all. */
  decode: 'none' | 'some' | 'all';
  /** Clips that were found unusable when the source was opened. */
  left: readonly CheckedProblem[];
  notes: readonly string[];
  onClip: (done: number, total: number) => void;
}

/** Frames decoded per call when all frames are decoded. */
const CHUNK = 64;

/** Decodes frames of every clip of a source and reports the clips that fail. */
export async function checkClips(source: ClipSource, options: CheckClipsOptions): Promise<ClipsCheck> {
  const problems: CheckedProblem[] = [...options.left];
  const { clips } = source;
  let decoded = 0;
  for (const [index, { id, frameCount }] of clips.entries()) {
    try {
      for (const frames of framesToDecode(frameCount, options.decode)) {
        // only whether they decode matters, so the smallest size will do
        await source.readFrames(id, frames, { size: { height: 1, width: 1 } });
        decoded += frames.length;
      }
    } catch (error) {
      if (!(error instanceof McoreError)) throw error;
      problems.push({ clip: id, problem: withoutCaller(error.message).replace(/\.$/, '') });
    }
    options.onClip(index + 1, clips.length);
  }
  const count = (split: string) => clips.filter((clip) => clip.split === split).length;
  return {
    description: source.description,
    notes: options.notes,
    problems,
    counts: {
      clips: clips.length,
      train: count('train'),
      test: count('test'),
      classes: new Set(clips.map(({ diveNumber }) => diveNumber)).size,
      stages: (clips[0]?.transitions.length ?? 0) + 1,
      frames: clips.reduce((sum, { frameCount }) => sum + frameCount, 0),
      decoded,
      unusable: new Set(problems.map(({ clip }) => clip)).size,
    },
  };
}

/** Formats a check as text: a line for each problem (see {@link problemLines}) and note, then the counts. */
export function formatClipsCheck({ description, notes, problems, counts }: ClipsCheck): string {
  return [
    ...problemLines(problems),
    ...notes.map((note) => `note  ${note}`),
    description,
    `${counts.clips} clips (${counts.train} train, ${counts.test} test) of ${counts.classes} classes, ${counts.stages} stages`,
    `${counts.frames} frames, ${counts.decoded} of them decoded`,
    `${counts.unusable} clips can't be used`,
  ].join('\n');
}

function framesToDecode(frameCount: number, decode: CheckClipsOptions['decode']): number[][] {
  if (decode === 'none') return [];
  if (decode === 'some') return [[...new Set([0, frameCount >> 1, frameCount - 1])]];
  return Array.from({ length: Math.ceil(frameCount / CHUNK) }, (_, chunk) =>
    Array.from({ length: Math.min(CHUNK, frameCount - chunk * CHUNK) }, (_, index) => chunk * CHUNK + index),
  );
}
