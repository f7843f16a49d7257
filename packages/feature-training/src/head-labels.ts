import { type ClipLabel, diveSteps, type MethodName } from '@mcore/aqa-heads';
import { type FeatureClip, type FeatureSource, isDiveNumber } from '@mcore/clips';
import { deviationOf } from './views/deviation.js';

/** What {@link HeadLabels} need to know; plain data. */
export interface HeadLabelParts {
  /** The target that a head predicts. */
  readonly target: string;
  /** Steps that clips are resampled to. */
  readonly steps: number;
  /** Points that a head's unit of score stands for. */
  readonly unit: number;
  /** Classes that stand for steps; null where steps are those of dives. */
  readonly classes: readonly string[] | null;
}

/** Clips as heads take them. */
export class HeadLabels {
  readonly parts: HeadLabelParts;

  constructor(parts: HeadLabelParts) {
    this.parts = parts;
  }

  /** Labels for a method and its training clips. */
  static of(source: FeatureSource, train: readonly FeatureClip[], steps: number, method: MethodName): HeadLabels {
    const target = source.targets[0]!;
    const numbers = [...new Set(source.clips.map(({ diveNumber }) => diveNumber))].sort();
    return new HeadLabels({
      target,
      steps,
      // RICA2 has no scale of its own
      unit: method === 'rica2' ? deviationOf(train.map((clip) => clip.targets[target]!)) : 1,
      classes: numbers.every(isDiveNumber) ? null : numbers,
    });
  }

  /** The label of a clip. */
  of(clip: FeatureClip): ClipLabel {
    const { transitions, frameCount, difficulty, diveNumber, awards } = clip;
    const { target, steps, unit, classes } = this.parts;
    return {
      score: clip.targets[target]! / unit,
      difficulty: difficulty > 0 ? difficulty : 1,
      transitions: transitions.map((frame) => Math.min(Math.floor((frame * steps) / frameCount), steps - 1)),
      steps: classes === null ? diveSteps(diveNumber) : [Math.max(0, classes.indexOf(diveNumber))],
      ...(awards === undefined ? {} : { awards }),
    };
  }
}
