import { ArgumentError } from '@mcore/errors';
import type { FeatureModelConfig } from '@mcore/feature-model';

/** How features are changed in training, so that few clips say more. */
export interface FeatureAugmentation {
  /** Most by which a clip's ends move and its pace changes, as a fraction of its length; 0 leaves time as it is. */
  readonly warp: number;
  /** Deviation of a number added to every channel of a clip, in deviations of the channel. */
  readonly offset: number;
  /** Probability that a channel of a clip is set to its mean. */
  readonly channelDropout: number;
}

/** How heads on features are trained. */
export interface FeatureTrainingSettings {
  /** Of the model; what isn't given has the defaults of `featureModelConfig`. */
  readonly model: Partial<Omit<FeatureModelConfig, 'channels' | 'targets' | 'scoreScales'>>;
  readonly steps: number;
  /** Pairs a step. */
  readonly batchSize: number;
  readonly learningRate: number;
  /** Fraction of the learning rate by which weights shrink every step (AdamW). */
  readonly weightDecay: number;
  readonly warmupSteps: number;
  /** Largest norm of the gradient; `null` leaves it as it is. */
  readonly gradientNorm: number | null;
  readonly augmentation: FeatureAugmentation;
  /** Normalised features are cut off at this many deviations; `null` leaves them as they are. */
  readonly clipDeviations: number | null;
  /** Max exemplars that a prediction is the mean of, drawn by the seed; all training clips of the class if there are fewer. */
  readonly exemplars: number;
}

/** Settings that train on a few hundred clips in seconds; those of the model are the adapter's, for clips compared as a whole or in stages. */
export const defaultFeatureTraining: FeatureTrainingSettings = {
  model: { steps: 48, layers: [{ kernel: 4, stride: 4 }], width: 48 },
  steps: 120,
  batchSize: 16,
  learningRate: 2e-3,
  weightDecay: 0,
  warmupSteps: 10,
  gradientNorm: 5,
  augmentation: { warp: 0.2, offset: 0.2, channelDropout: 0.2 },
  clipDeviations: 5,
  exemplars: 48,
};

/** @throws {@link ArgumentError} naming the first setting that is out of range. */
export function assertFeatureTraining(settings: FeatureTrainingSettings): void {
  const { steps, batchSize, exemplars, warmupSteps, learningRate, weightDecay, gradientNorm, clipDeviations } =
    settings;
  const { warp, offset, channelDropout } = settings.augmentation;
  const refuse = (name: string, expected: string, value: unknown): never => {
    throw new ArgumentError(`fitFeatures: ${name} must be ${expected}, got ${value}.`);
  };
  for (const [name, value] of Object.entries({ steps, batchSize, exemplars })) {
    if (!Number.isSafeInteger(value) || value < 1) refuse(name, 'a positive whole number', value);
  }
  if (!Number.isSafeInteger(warmupSteps) || warmupSteps < 0)
    refuse('warmupSteps', 'a whole number of at least 0', warmupSteps);
  if (!(learningRate > 0 && Number.isFinite(learningRate))) refuse('learningRate', 'a positive number', learningRate);
  if (!(weightDecay >= 0 && weightDecay * learningRate < 1))
    refuse('weightDecay', 'at least 0 and below 1 / learningRate', weightDecay);
  if (gradientNorm !== null && !(gradientNorm > 0)) refuse('gradientNorm', 'a positive number or null', gradientNorm);
  if (clipDeviations !== null && !(clipDeviations > 0))
    refuse('clipDeviations', 'a positive number or null', clipDeviations);
  if (!(warp >= 0 && warp < 1)) refuse('augmentation.warp', 'in [0, 1)', warp);
  if (!(offset >= 0 && Number.isFinite(offset))) refuse('augmentation.offset', 'at least 0', offset);
  if (!(channelDropout >= 0 && channelDropout < 1)) refuse('augmentation.channelDropout', 'in [0, 1)', channelDropout);
}
