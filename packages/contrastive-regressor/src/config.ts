import { ArgumentError } from '@mcore/errors';
import { biasUniform, constant, kaimingUniform, type WeightSpec } from '@mcore/ops';

/** Sizes of a `ContrastiveRegressor`. */
export interface ContrastiveRegressorConfig {
  /** Channels of a step's features; default 368. */
  readonly featureSize: number;
  /** Cross-attention blocks; default 3. */
  readonly blocks: number;
  /** Attention heads, a divisor of `featureSize`; default 8. */
  readonly heads: number;
  /** Hidden units of a block's MLP, as a multiple of `featureSize`; default 4. */
  readonly mlpRatio: number;
  /** Hidden units of the layers that score a token; default [256, 64]. */
  readonly hidden: readonly number[];
}

/** Sizes of the released code, section "Regressor R"; the paper does not give them. */
export const releasedSizes: ContrastiveRegressorConfig = {
  featureSize: 368,
  blocks: 3,
  heads: 8,
  mlpRatio: 4,
  hidden: [256, 64],
};

/** Hidden units of a block's MLP. */
function mlpSize({ featureSize, mlpRatio }: ContrastiveRegressorConfig): number {
  return Math.floor(featureSize * mlpRatio);
}

/** @throws {@link ArgumentError} naming the first invalid size. */
export function assertConfig(config: ContrastiveRegressorConfig): void {
  for (const name of ['featureSize', 'blocks', 'heads'] as const) {
    if (!Number.isInteger(config[name]) || config[name] < 1) {
      throw new ArgumentError(`ContrastiveRegressor: ${name} must be a positive whole number, got ${config[name]}.`);
    }
  }
  const { featureSize, heads, mlpRatio, hidden } = config;
  if (featureSize % heads !== 0) {
    throw new ArgumentError(`ContrastiveRegressor: heads must divide featureSize = ${featureSize}, got ${heads}.`);
  }
  if (!(mlpSize(config) >= 1 && Number.isFinite(mlpRatio))) {
    throw new ArgumentError(`ContrastiveRegressor: mlpRatio must give at least one hidden unit, got ${mlpRatio}.`);
  }
  if (hidden.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new ArgumentError(`ContrastiveRegressor: hidden must be positive whole numbers, got [${hidden.join(', ')}].`);
  }
}

/** All weights by the released code's names, initialised as PyTorch's `nn.Linear` and `nn.LayerNorm`. */
export function weightSpecs(config: ContrastiveRegressorConfig): Record<string, WeightSpec> {
  const { featureSize, blocks, hidden } = config;
  const specs: Record<string, WeightSpec> = {};
  const norm = (name: string) => {
    specs[`${name}.weight`] = { shape: [featureSize], initializer: constant(1) };
    specs[`${name}.bias`] = { shape: [featureSize], initializer: constant(0) };
  };
  const linear = (name: string, inputs: number, outputs: number, withBias = true) => {
    const shape = [outputs, inputs];
    specs[`${name}.weight`] = { shape, initializer: kaimingUniform };
    if (withBias) specs[`${name}.bias`] = { shape: [outputs], initializer: biasUniform(shape) };
  };
  for (let block = 0; block < blocks; block++) {
    const prefix = `decoder.model.${block}`;
    norm(`${prefix}.norm_q`);
    norm(`${prefix}.norm_v`);
    for (const map of ['q_map', 'k_map', 'v_map']) {
      linear(`${prefix}.attn.${map}`, featureSize, featureSize, false);
    }
    linear(`${prefix}.attn.proj`, featureSize, featureSize);
    norm(`${prefix}.norm2`);
    linear(`${prefix}.mlp.fc1`, featureSize, mlpSize(config));
    linear(`${prefix}.mlp.fc2`, mlpSize(config), featureSize);
  }
  const widths = [featureSize, ...hidden, 1];
  for (let layer = 1; layer < widths.length; layer++) {
    linear(`regressor_delta.layer${layer}`, widths[layer - 1]!, widths[layer]!);
  }
  return specs;
}
