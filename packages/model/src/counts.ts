import { multiplyAdds as backboneMultiplyAdds, parameterCount } from '@mcore/backbone-gsm';
import type { MCoReConfig } from './config.js';

/** A count for each part of a model. */
export interface PartCounts {
  backbone: number;
  segmenter: number;
  /** The cross-attention blocks of the regressor. */
  attention: number;
  /** The layers that score a token. */
  scoring: number;
  total: number;
}

/** Trainable parameters by part: 9,446,065 in all for the paper's sizes. */
export function parameterCounts(config: MCoReConfig): PartCounts {
  const { channels, hiddenSize, mlp, layers } = sizes(config);
  const transitions = config.stages - 1;
  const perDirection = 3 * hiddenSize * (channels + hiddenSize + 2);
  const perBlock = 6 * channels + 4 * channels ** 2 + channels + 2 * channels * mlp + mlp + channels;
  return withTotal({
    backbone: parameterCount(config.backbone),
    segmenter: 2 * perDirection + transitions * (2 * hiddenSize + 1),
    attention: config.regressor.blocks * perBlock,
    scoring: layers.reduce((sum, [inputs, outputs]) => sum + inputs * outputs + outputs, 0),
  });
}

/**
 * Multiplications (each with an addition) of the products and convolutions of one pass; twice as many floating-point
 * operations. Backbone and segmenter: one clip. Attention and scoring: one comparison with one exemplar.
 */
export function multiplyAdds(config: MCoReConfig): PartCounts {
  const { frames, transform } = config.input;
  const { channels, hiddenSize, mlp, layers } = sizes(config);
  const { height, width } = transform.crop;
  const perFrame = 6 * hiddenSize * (channels + hiddenSize) + 2 * hiddenSize * (config.stages - 1);
  const tokens = config.stages * config.stepsPerStage;
  const span = config.stagewise ? config.stepsPerStage : tokens;
  // four projections, scores and mixture over the steps of a stage or of the whole clip, the MLP
  const perToken = 4 * channels ** 2 + 2 * span * channels + 2 * channels * mlp;
  return withTotal({
    backbone: backboneMultiplyAdds(config.backbone, frames, height, width),
    segmenter: frames * perFrame,
    attention: config.regressor.blocks * tokens * perToken,
    scoring: tokens * layers.reduce((sum, [inputs, outputs]) => sum + inputs * outputs, 0),
  });
}

function sizes({ backbone, segmenter, regressor }: MCoReConfig) {
  const channels = backbone.widths.at(-1)!;
  const widths = [channels, ...regressor.hidden, 1];
  const layers = widths.slice(1).map((outputs, index) => [widths[index]!, outputs] as const);
  return { channels, hiddenSize: segmenter.hiddenSize, mlp: Math.floor(channels * regressor.mlpRatio), layers };
}

function withTotal(parts: Omit<PartCounts, 'total'>): PartCounts {
  return { ...parts, total: parts.backbone + parts.segmenter + parts.attention + parts.scoring };
}
