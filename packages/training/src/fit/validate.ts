import type { Clip } from '@mcore/clips';
import { meanAbsoluteError, spearman } from '@mcore/metrics';
import type { EncodedClip, MCoReConfig } from '@mcore/model';
import { segmentationLoss } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';
import { intervalHit, meanOf, relativeL2x100Over } from '../predictions/clip-metrics.js';
import { type PredictedClip, type PredictionSetup, predictClips } from '../predictions/predict-clips.js';
import type { MetricFunction, ValidationRecord } from './fit-events.js';

/** Metrics and losses of the present weights on validation clips. */
export type Validation = Omit<ValidationRecord, 'step' | 'best'>;

/** Predicts validation clips and measures everything that the log says of them. */
export async function validate(
  clips: readonly Clip[],
  setup: PredictionSetup,
  metrics: Readonly<Record<string, MetricFunction>> = {},
): Promise<Validation> {
  const { config } = setup.model;
  const logits = new Map<string, EncodedClip['logits']>();
  const predictions = await predictClips(clips, {
    ...setup,
    onEncoded: ({ id }, encoded) => logits.set(id, encoded.logits),
  });
  const predicted = predictions.map((clip) => clip.predictedScore);
  const actual = predictions.map((clip) => clip.trueScore);
  const hits = (threshold: number) =>
    meanOf(predictions.map((clip) => intervalHit(clip.predictedTransitions, clip.trueTransitions, threshold)));
  const further = Object.entries(metrics).map(([name, metric]) => [name, metric(predicted, actual)] as const);
  return {
    srcc: spearman(predicted, actual),
    rl2x100: relativeL2x100Over(actual)(predicted, actual),
    meanAbsoluteError: meanAbsoluteError(predicted, actual),
    aiou50: hits(0.5),
    aiou75: hits(0.75),
    regression: meanOf(predictions.flatMap((clip) => squaredErrors(clip, config.scoreScale))),
    segmentation: meanOf(
      await Promise.all(predictions.map((clip) => segmentationOf(clip, logits.get(clip.id)!, config))),
    ),
    ...(further.length > 0 && { metrics: Object.fromEntries(further) }),
  };
}

/** Of the relative score to every exemplar, or of the score itself where nothing is compared. */
function squaredErrors({ trueScore, predictedScore, scored }: PredictedClip, scale: number): number[] {
  if (scored.votes.length === 0) return [((predictedScore - trueScore) / scale) ** 2];
  return scored.votes.map(({ score, delta }) => ((score + delta - trueScore) / scale) ** 2);
}

async function segmentationOf(
  { trueTransitions }: PredictedClip,
  logits: EncodedClip['logits'],
  { loss, input }: Pick<MCoReConfig, 'loss' | 'input'>,
): Promise<number> {
  if (trueTransitions.length === 0) return Number.NaN;
  const value = tf.tidy(() => {
    const rows = tf.tensor3d(logits, [1, input.frames, trueTransitions.length]); // [1, T, K]
    return segmentationLoss(rows, [[...trueTransitions]], { form: loss.segmentation });
  });
  const [number] = await value.data();
  value.dispose();
  return number!;
}
