import { type GsmRegNetYConfig, REGNETY_200MF, REGNETY_SMALL } from '@mcore/backbone-gsm';
import { type FrameTransform, frameTransforms } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';

/** How a clip's frames become the model's input. */
export interface InputConfig {
  /** Frames sampled from a clip, T. */
  frames: number;
  /** Resize, then crop. */
  transform: FrameTransform;
}

/** The parts of the loss, eq. 12 of the paper: `regression + segmentation + contrastive`. */
export interface LossConfig {
  /** `both`: the error of q|e plus the error of e|q, as in the released code; `query`: q|e alone, eq. 11. */
  regressionDirections: 'both' | 'query';
  /** See `segmentationLoss` of @mcore/segmenter. */
  segmentation: 'paper' | 'released';
  /** See `stageContrastiveLoss` of @mcore/contrastive-loss; weight 0 leaves it out. */
  contrastive: { form: 'paper' | 'released'; temperature: number; weight: number };
}

/** Optimizer settings: Adam, without weight decay and averaging unless given, as in the paper and the released code. */
export interface OptimiserConfig {
  learningRate: number;
  /** Learning rate of the backbone if it starts from ImageNet weights; the same as `learningRate` from scratch; 0 freezes it. */
  backboneLearningRate: number;
  schedule: 'cosine' | 'constant' | 'linear' | 'step';
  /** Steps between two falls of the rate, for `schedule` `'step'`; a third of all unless given. */
  decayEvery?: number;
  /** Factor of every such fall; 0.1 unless given. */
  decayFactor?: number;
  /** Steps over which the learning rate rises from 0. */
  warmupSteps: number;
  /** Maximum norm of the whole gradient; `null` does not clip. */
  gradientNorm: number | null;
  /** Decoupled weight decay, which makes Adam AdamW; 0 unless given. */
  weightDecay?: number;
  /**
   * Decay of an exponential moving average of the weights, such as 0.999; the average is validated and kept in place of the weights. None
   * unless given.
   */
  averaging?: number;
  /** Pairs per step. */
  batchSize: number;
  epochs: number;
}

/** Everything that defines an MCoRe model and how it is trained. */
export interface MCoReConfig {
  /** The preset it starts from. */
  preset: PresetName;
  input: InputConfig;
  backbone: GsmRegNetYConfig;
  segmenter: { hiddenSize: number; dropout: number };
  regressor: { blocks: number; heads: number; mlpRatio: number; hidden: readonly number[] };
  /** Stages of the action, S; there are S - 1 transitions. */
  stages: number;
  /** Feature steps a stage is resampled to, L. */
  stepsPerStage: number;
  decoding: 'windowed' | 'ordered';
  /**
   * `exemplars`: regresses score differences to exemplars (the method). `exemplar-free`: regresses the score itself with the same layers
   * and the query's stages in place of the exemplar's (an ablation).
   */
  regression: 'exemplars' | 'exemplar-free';
  /**
   * The regression compares stage with stage. `false`: it takes the whole uncut clip, resampled to as many steps as all stages have
   * together (an ablation). Segmentation and the contrastive loss do not change.
   */
  stagewise: boolean;
  /** Exemplars that vote on a prediction, P of eq. 13. */
  exemplars: number;
  /**
   * Score points per unit of the regressor; 1 regresses scores directly. The deviation of the training scores makes training from random
   * weights faster.
   */
  scoreScale: number;
  loss: LossConfig;
  optimiser: OptimiserConfig;
}

/** Names of the presets. */
export type PresetName = 'paper' | 'released' | 'laptop';

const PAPER: MCoReConfig = {
  preset: 'paper',
  input: { frames: 96, transform: frameTransforms.paper },
  backbone: REGNETY_200MF,
  segmenter: { hiddenSize: 368, dropout: 0.5 },
  regressor: { blocks: 3, heads: 8, mlpRatio: 4, hidden: [256, 64] },
  stages: 3,
  stepsPerStage: 5,
  decoding: 'ordered',
  regression: 'exemplars',
  stagewise: true,
  exemplars: 10,
  scoreScale: 1,
  loss: {
    regressionDirections: 'query',
    segmentation: 'paper',
    contrastive: { form: 'paper', temperature: 0.5, weight: 1 },
  },
  optimiser: {
    learningRate: 1e-3,
    backboneLearningRate: 1e-4,
    schedule: 'cosine',
    warmupSteps: 0,
    gradientNorm: null,
    batchSize: 8,
    epochs: 200,
  },
};

const RELEASED: MCoReConfig = {
  ...PAPER,
  preset: 'released',
  input: { frames: 96, transform: frameTransforms.released },
  decoding: 'windowed',
  loss: {
    regressionDirections: 'both',
    segmentation: 'released',
    // the factor 10 is the weight
    contrastive: { form: 'released', temperature: 0.5, weight: 10 },
  },
  optimiser: { ...PAPER.optimiser, schedule: 'constant' },
};

/**
 * The whole method, small enough to train from random weights on two CPU cores: fewer and smaller frames, a narrower
 * network, losses in the released form with the contrastive part unweighted, one learning rate for all.
 */
const LAPTOP: MCoReConfig = {
  ...RELEASED,
  preset: 'laptop',
  input: { frames: 32, transform: { resize: { height: 88, width: 112 }, crop: { height: 80, width: 80 } } },
  backbone: REGNETY_SMALL,
  segmenter: { hiddenSize: 128, dropout: 0.3 },
  regressor: { blocks: 2, heads: 8, mlpRatio: 2, hidden: [128, 64] },
  decoding: 'ordered',
  // the deviation of FineDiving's training scores
  scoreScale: 15,
  loss: {
    regressionDirections: 'both',
    segmentation: 'released',
    contrastive: { form: 'released', temperature: 0.5, weight: 1 },
  },
  optimiser: {
    learningRate: 1e-3,
    backboneLearningRate: 1e-3,
    schedule: 'cosine',
    warmupSteps: 30,
    gradientNorm: 5,
    batchSize: 8,
    epochs: 20,
  },
};

/** The named configurations: the paper, the released code, and a small one for two CPU cores. */
export const presets: Readonly<Record<PresetName, MCoReConfig>> = { paper: PAPER, released: RELEASED, laptop: LAPTOP };

/**
 * A copy of a preset's configuration, which may be changed.
 *
 * @throws {@link ArgumentError} if there is no such preset.
 */
export function presetConfig(name: string): MCoReConfig {
  if (!Object.hasOwn(presets, name)) {
    throw new ArgumentError(`presetConfig: expected one of ${Object.keys(presets).join(', ')}, got ${name}.`);
  }
  return structuredClone(presets[name as PresetName]);
}
