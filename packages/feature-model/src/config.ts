import { ArgumentError } from '@mcore/errors';
import type { AdapterLayer } from './temporal-adapter.js';

/** Everything that defines a `FeatureModel` and its loss; plain data. */
export interface FeatureModelConfig {
  /** Channels of a step of the features. */
  readonly channels: number;
  /** Names of what is predicted; a relative score each. */
  readonly targets: readonly string[];
  /** Points of every target that one unit of the regressor stands for: the deviation of the training scores, say. */
  readonly scoreScales: readonly number[];
  /** Steps that a clip is resampled to along time, whatever its length. */
  readonly steps: number;
  /** Channels that the heads work on. */
  readonly width: number;
  /** Convolutions along time; `[{ kernel: 1, stride: 1 }]` is a linear map. */
  readonly layers: readonly AdapterLayer[];
  /** Whether a bidirectional GRU follows the convolutions. */
  readonly recurrent: boolean;
  /** Stages of the action; 1 compares whole clips. */
  readonly stages: number;
  /** Steps a stage is resampled to. */
  readonly stepsPerStage: number;
  /** Finds transitions; `null` where clips are cut into equal parts, as nobody labelled any. */
  readonly segmenter: { readonly hiddenSize: number; readonly dropout: number } | null;
  readonly regressor: {
    readonly blocks: number;
    readonly heads: number;
    readonly mlpRatio: number;
    readonly hidden: readonly number[];
  };
  /** Parts of eq. 12 of MCoRe; a contrastive weight of 0 leaves that part out, and so does a single stage. */
  readonly loss: {
    readonly segmentation: 'paper' | 'released';
    readonly contrastive: {
      readonly form: 'paper' | 'released';
      readonly temperature: number;
      readonly weight: number;
    };
  };
}

/** What of a configuration has a default. */
export type FeatureModelOptions = Pick<FeatureModelConfig, 'channels'> & Partial<FeatureModelConfig>;

/**
 * A configuration with what isn't given filled in: sizes that two processor cores train in a minute or two on some hundred clips.
 *
 * @param options - At least the channels of the features.
 * @throws {@link ArgumentError} if a number is out of range.
 */
export function featureModelConfig(options: FeatureModelOptions): FeatureModelConfig {
  const targets = options.targets ?? ['score'];
  const config: FeatureModelConfig = {
    targets,
    scoreScales: targets.map(() => 1),
    steps: 64,
    width: 64,
    layers: [
      { kernel: 6, stride: 2 },
      { kernel: 6, stride: 2 },
    ],
    recurrent: true,
    stages: 3,
    stepsPerStage: 5,
    segmenter: null,
    regressor: { blocks: 1, heads: 4, mlpRatio: 2, hidden: [64] },
    loss: { segmentation: 'released', contrastive: { form: 'released', temperature: 0.5, weight: 0 } },
    ...options,
  };
  assertFeatureModelConfig(config);
  return config;
}

/** @throws {@link ArgumentError} naming the first number that can't be. */
export function assertFeatureModelConfig(config: FeatureModelConfig): void {
  const { targets, scoreScales, steps, stages, stepsPerStage, layers } = config;
  for (const [name, value] of Object.entries({ steps, stages, stepsPerStage, targets: targets.length })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new ArgumentError(`FeatureModel: ${name} must be a positive whole number, got ${value}.`);
    }
  }
  if (scoreScales.length !== targets.length || !scoreScales.every((scale) => scale > 0 && Number.isFinite(scale))) {
    throw new ArgumentError(
      `FeatureModel: scoreScales must be ${targets.length} positive numbers, one a target, got [${scoreScales.join(', ')}].`,
    );
  }
  const left = layers.reduce((time, { stride }) => Math.floor(time / stride), steps);
  if (left < stages) {
    throw new ArgumentError(
      `FeatureModel: ${steps} steps leave ${left} after the strides, expected at least as many as ${stages} stages.`,
    );
  }
}
