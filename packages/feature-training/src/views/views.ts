import { averageSteps, type FeatureClip, type FeatureSequence } from '@mcore/clips';

/** Parts of equal length that a clip is averaged over. */
const PARTS = 16;

/** Parts between which slower changes are measured. */
const FINE_PARTS = 64;

/** Keeps logarithms finite. */
const EPSILON = 1e-6;

/**
 * Ways to look at a clip as one row of numbers:
 *
 * - `steps`: each channel in 16 parts of equal length;
 * - `centred`: the same without the mean of each channel over the clip;
 * - `motion`: five measures of how much each channel moves: logarithms of its deviation, of its range, and of its mean change between steps,
 *   between 64 parts and between 16;
 * - `context`: the logarithm of the clip's length, its difficulty, and its class, one number a class.
 */
export const viewNames = ['steps', 'centred', 'motion', 'context'] as const;

/** One of {@link viewNames}. */
export type ViewName = (typeof viewNames)[number];

/** What a clip looks like in every view, `[rows, channels]` each. */
export type ClipViews = Readonly<Record<ViewName, Float32Array>>;

/**
 * Looks at a clip in every way.
 *
 * @param clip - Its difficulty and class are part of the context.
 * @param sequence - All of its steps.
 * @param classes - Of the training clips.
 */
export function viewsOf(
  clip: Pick<FeatureClip, 'difficulty' | 'diveNumber'>,
  sequence: FeatureSequence,
  classes: readonly string[],
): ClipViews {
  const { channels } = sequence;
  const steps = averageSteps(sequence, PARTS).data;
  const centred = new Float32Array(steps.length);
  for (let channel = 0; channel < channels; channel++) {
    let mean = 0;
    for (let at = channel; at < steps.length; at += channels) mean += steps[at]! / PARTS;
    for (let at = channel; at < steps.length; at += channels) centred[at] = steps[at]! - mean;
  }
  const difficulty = clip.difficulty > 0 ? clip.difficulty : 1;
  return {
    steps,
    centred,
    motion: motionOf(sequence, [averageSteps(sequence, FINE_PARTS), { data: steps, steps: PARTS, channels }]),
    context: Float32Array.of(
      Math.log(sequence.steps),
      difficulty,
      ...classes.map((name) => Number(name === clip.diveNumber)),
    ),
  };
}

function motionOf(sequence: FeatureSequence, coarser: readonly FeatureSequence[]): Float32Array {
  const { data, steps, channels } = sequence;
  const result = new Float32Array((3 + coarser.length) * channels);
  for (let channel = 0; channel < channels; channel++) {
    let [low, high, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (let at = channel; at < data.length; at += channels) {
      const value = data[at]!;
      if (value < low) low = value;
      if (value > high) high = value;
      sum += value;
    }
    const mean = sum / steps;
    let squares = 0;
    for (let at = channel; at < data.length; at += channels) squares += (data[at]! - mean) ** 2;
    const changes = [sequence, ...coarser].map((each) => meanChange(each, channel));
    const measures = [Math.sqrt(squares / steps), high - low, ...changes];
    for (const [row, value] of measures.entries()) result[row * channels + channel] = Math.log(value + EPSILON);
  }
  return result;
}

function meanChange({ data, steps, channels }: FeatureSequence, channel: number): number {
  let sum = 0;
  for (let at = channel + channels; at < data.length; at += channels) sum += Math.abs(data[at]! - data[at - channels]!);
  return sum / Math.max(1, steps - 1);
}
