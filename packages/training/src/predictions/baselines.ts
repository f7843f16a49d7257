import type { Clip } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { groupBy } from './group-by.js';

/** What can be said of a clip without looking at it. */
export interface LabelOnlyPrediction {
  /** Mean score of the dive number's training clips, in points. */
  score: number;
  /** Median transitions of all training clips, indices of sampled frames. */
  transitions: number[];
  /** Median transitions of the dive number's training clips. */
  transitionsOfDiveNumber: number[];
}

/**
 * Predicts from labels alone, as a floor under every model: how much of a figure is the dive number's doing. A dive
 * number that training lacks gets the figures of all training clips.
 *
 * @param training - The training clips.
 * @param transitionsOf - A clip's transitions as indices of sampled frames.
 * @returns A function of the clip to predict.
 */
export function labelOnlyPredictor(
  training: readonly Clip[],
  transitionsOf: (clip: Clip) => readonly number[],
): (clip: Clip) => LabelOnlyPrediction {
  if (training.length === 0) throw new DataError('labelOnlyPredictor: expected at least one training clip, got none.');
  const summarise = (clips: readonly Clip[]) => ({
    score: mean(clips.map((clip) => clip.score)),
    transitions: medianOfEach(clips.map(transitionsOf)),
  });
  const all = summarise(training);
  const byDiveNumber = new Map(
    [...groupBy(training, (clip) => clip.diveNumber)].map(([diveNumber, clips]) => [diveNumber, summarise(clips)]),
  );
  return (clip) => {
    const own = byDiveNumber.get(clip.diveNumber) ?? all;
    return { score: own.score, transitions: all.transitions, transitionsOfDiveNumber: own.transitions };
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function medianOfEach(rows: readonly (readonly number[])[]): number[] {
  return rows[0]!.map((_, column) => median(rows.map((row) => row[column]!)));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
