import { list, number, oneOf, positive, record, whole } from '@mcore/schema';
import { presets } from './config.js';

/** An object that may lack some of its fields. */
function withOptional(
  needed: Parameters<typeof record>[0],
  optional: Parameters<typeof record>[0],
): ReturnType<typeof record> {
  return { ...record({ ...needed, ...optional }), required: Object.keys(needed) };
}

const pixels = whole(1, 8192);
const width = whole(1, 16_384);
const size = record({ height: pixels, width: pixels });

/**
 * Every field of `MCoReConfig` as a JSON Schema. Bounds are far beyond any use; they stop a hostile file from allocating absurd amounts of
 * memory. The model's constructor checks how fields fit together.
 */
export const configSchema = record({
  preset: oneOf(Object.keys(presets), 'Preset that the configuration starts from.'),
  input: record({
    frames: whole(1, 100_000, 'Frames sampled from a clip.'),
    transform: record({ resize: size, crop: size }),
  }),
  backbone: record({
    stemWidth: width,
    widths: list(width, 1, 16, 'Channels of every stage.'),
    depths: list(whole(1, 256), 1, 16, 'Blocks of every stage.'),
    groupWidth: width,
    gateShift: { type: 'boolean', description: 'Gate shifts (GSM) in every block; without them, frames do not mix.' },
    batchNorm: oneOf(['fixed', 'batch'], 'Running statistics, or those of the batch.'),
  }),
  segmenter: record({ hiddenSize: width, dropout: number(0, 1) }),
  regressor: record({
    blocks: whole(1, 256, 'Cross-attention blocks.'),
    heads: width,
    mlpRatio: number(0, 64),
    hidden: list(width, 0, 64, 'Widths of the layers that score a token.'),
  }),
  stages: whole(1, 1000, 'Stages of the action; one transition fewer.'),
  stepsPerStage: whole(1, 1000, 'Feature steps a stage is resampled to.'),
  decoding: oneOf(['windowed', 'ordered'], 'How transitions are decoded from the segmenter.'),
  regression: {
    ...oneOf(['exemplars', 'exemplar-free'], 'Score differences to exemplars, or the score itself.'),
    default: 'exemplars',
  },
  stagewise: {
    type: 'boolean',
    description: 'The regression compares stage by stage; false: the whole uncut clip.',
    default: true,
  },
  exemplars: whole(1, 100_000, 'Exemplars that vote on a score.'),
  scoreScale: positive(1e6, 'Score points per unit of the regressor.'),
  loss: record({
    regressionDirections: oneOf(['both', 'query'], 'Query against exemplar, or both directions.'),
    segmentation: oneOf(['paper', 'released'], 'Form of the segmentation loss.'),
    contrastive: record({
      form: oneOf(['paper', 'released'], 'Form of the stage contrastive loss.'),
      temperature: positive(1e6, 'Divides the cosines.'),
      weight: number(0, 1e6, '0 leaves the contrastive loss out.'),
    }),
  }),
  optimiser: withOptional(
    {
      learningRate: number(0, 1e3),
      backboneLearningRate: number(0, 1e3),
      schedule: oneOf(['cosine', 'constant', 'linear', 'step'], 'Learning rate after the warm-up.'),
      warmupSteps: whole(0, undefined, 'Steps over which the learning rate rises from 0.'),
      gradientNorm: {
        anyOf: [{ type: 'null' }, { type: 'number', exclusiveMinimum: 0 }],
        description: 'Largest norm of the whole gradient; null does not clip.',
      },
      batchSize: whole(1, 1_000_000, 'Pairs per step; their gradients are accumulated one pair at a time.'),
      epochs: whole(1),
    },
    {
      decayEvery: whole(1, undefined, 'Steps between two falls of the rate, for schedule step.'),
      decayFactor: number(0, 1, 'Factor of every such fall.'),
      weightDecay: number(0, 1, 'Decoupled weight decay (AdamW).'),
      averaging: number(0, 0.999999, 'Decay of a moving average of the weights, which is then validated and kept.'),
    },
  ),
});
