import { constant, normalFanOut, type WeightSpec } from '@mcore/ops';
import { type BlockSizes, blockSizes } from './block-sizes.js';
import type { GsmRegNetYConfig } from './config.js';

type Specs = Record<string, WeightSpec>;

/**
 * Every tensor of the state dict in PyTorch's layout, initialised as timm initialises a RegNet: convolutions normal with variance 2 /
 * (kernel area * outputs / groups), biases 0, BN 1 and 0, and
 * 0 for the scale of each block's last BN, so that a block starts as its shortcut. The gate-shift modules'
 * convolutions start at 0 (Sudhakaran et al., CVPR 2020): nothing moves along time at first.
 */
export function weightSpecs(config: GsmRegNetYConfig): Specs {
  return {
    ...convolution('stem.conv', [config.stemWidth, 3, 3, 3]),
    ...normalization('stem.bn', config.stemWidth),
    ...Object.assign({}, ...blockSizes(config).map(blockSpecs)),
  };
}

function blockSpecs({ name, first, inputs, outputs, groups, squeezed, fold, projected }: BlockSizes): Specs {
  return {
    ...(fold > 0 ? gateShiftSpecs(`${name}.conv1.gsm`, fold) : {}),
    ...convolution(`${first}.conv`, [outputs, inputs, 1, 1]),
    ...normalization(`${first}.bn`, outputs),
    ...convolution(`${name}.conv2.conv`, [outputs, outputs / groups, 3, 3], groups),
    ...normalization(`${name}.conv2.bn`, outputs),
    ...convolution(`${name}.se.fc1`, [squeezed, outputs, 1, 1]),
    [`${name}.se.fc1.bias`]: filled([squeezed], 0),
    ...convolution(`${name}.se.fc2`, [outputs, squeezed, 1, 1]),
    [`${name}.se.fc2.bias`]: filled([outputs], 0),
    ...convolution(`${name}.conv3.conv`, [outputs, outputs, 1, 1]),
    ...normalization(`${name}.conv3.bn`, outputs, 0),
    ...(projected ? convolution(`${name}.downsample.conv`, [outputs, inputs, 1, 1]) : {}),
    ...(projected ? normalization(`${name}.downsample.bn`, outputs) : {}),
  };
}

function gateShiftSpecs(name: string, fold: number): Specs {
  return {
    ...normalization(`${name}.bn`, fold),
    [`${name}.conv3D.weight`]: filled([2, fold / 2, 3, 3, 3], 0),
    [`${name}.conv3D.bias`]: filled([2], 0),
  };
}

function convolution(name: string, shape: readonly number[], groups = 1): Specs {
  return { [`${name}.weight`]: { shape, initializer: normalFanOut(groups) } };
}

function normalization(name: string, channels: number, scale = 1): Specs {
  return {
    [`${name}.weight`]: filled([channels], scale),
    [`${name}.bias`]: filled([channels], 0),
    [`${name}.running_mean`]: { ...filled([channels], 0), trainable: false },
    [`${name}.running_var`]: { ...filled([channels], 1), trainable: false },
  };
}

function filled(shape: readonly number[], value: number): WeightSpec {
  return { shape, initializer: constant(value) };
}
