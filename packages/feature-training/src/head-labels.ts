import { type ClipLabel, diveSteps, type MethodName } from '@mcore/aqa-heads';
import { type FeatureClip, type FeatureSource, isDiveNumber } from '@mcore/clips';
import { deviationOf } from './deviation.js';

/** Clips as heads take them. */
export class HeadLabels {
  /** Points that a head's unit of score stands for. */
  readonly unit: number;
  /** Classes that stand for steps; null where steps are those of dives. */
  readonly classes: readonly string[] | null;
  readonly #target: string;
  readonly #steps: number;

  constructor(source: FeatureSource, train: readonly FeatureClip[], steps: number, method: MethodName) {
    this.#target = source.targets[0]!;
    this.#steps = steps;
    // RICA2 has no scale of its own
    this.unit = method === 'rica2' ? deviationOf(train.map((clip) => clip.targets[this.#target]!)) : 1;
    const numbers = [...new Set(source.clips.map(({ diveNumber }) => diveNumber))].sort();
    this.classes = numbers.every(isDiveNumber) ? null : numbers;
  }

  /** The label of a clip. */
  of(clip: FeatureClip): ClipLabel {
    const { transitions, frameCount, difficulty, diveNumber, awards } = clip;
    return {
      score: clip.targets[this.#target]! / this.unit,
      difficulty: difficulty > 0 ? difficulty : 1,
      transitions: transitions.map((frame) =>
        Math.min(Math.floor((frame * this.#steps) / frameCount), this.#steps - 1),
      ),
      steps: this.classes === null ? diveSteps(diveNumber) : [Math.max(0, this.classes.indexOf(diveNumber))],
      ...(awards === undefined ? {} : { awards }),
    };
  }
}
