import { addRelu, meanOverPositions, pointwise, scaleChannels } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { BlockSizes } from './block-sizes.js';
import { groupedConvolution, pointwiseConvolution, stridedPointwiseConvolution } from './convolutions.js';
import { FILTER_ORDER, type FrameLayer, type Layers } from './layers.js';
import { through } from './through.js';

/**
 * A Y block: 1x1, grouped 3x3, squeeze-and-excitation, 1x1, plus the shortcut; a gate-shift module precedes the first.
 *
 * Source: Radosavovic et al., "Designing Network Design Spaces", CVPR 2020; position of the gate shift: the released code of MCoRe.
 *
 * @returns A map of `[batch * time, height, width, inputs]`, clip by clip, to `[batch * time, ceil(height / stride),
 * ceil(width / stride), outputs]`; its second argument is the number of clips.
 */
export function yBlock(layers: Layers, sizes: BlockSizes): (x: tf.Tensor4D, clips: number) => tf.Tensor4D {
  const { name, first, stride, groups, fold, projected } = sizes;
  const shift = fold > 0 ? layers.gateShift(`${name}.conv1.gsm`) : null;
  const reduce = layers.convolution(`${first}.conv`, `${first}.bn`, pointwiseConvolution, 'relu');
  const conv2 = groupedConvolution(stride, groups);
  const look = layers.convolution(`${name}.conv2.conv`, `${name}.conv2.bn`, conv2, 'relu');
  const excite = squeezeExcitation(layers, `${name}.se`);
  const combine = layers.convolution(`${name}.conv3.conv`, `${name}.conv3.bn`, pointwiseConvolution, 'linear');
  const shortcut: FrameLayer = projected
    ? layers.convolution(
        `${name}.downsample.conv`,
        `${name}.downsample.bn`,
        stride === 2 ? stridedPointwiseConvolution : pointwiseConvolution,
        'linear',
      )
    : (x) => x;
  return (x, clips) => {
    const [frames, height, width, channels] = x.shape;
    const clipShape: [number, number, number, number, number] = [clips, frames / clips, height, width, channels];
    const shifted: FrameLayer[] =
      shift === null ? [] : [(frames) => tf.reshape(shift(tf.reshape(frames, clipShape)), x.shape)];
    return addRelu(through(x, ...shifted, reduce, look, excite, combine), shortcut(x));
  };
}

/**
 * Squeeze-and-excitation: multiplies every channel of a frame by a factor in (0, 1), computed from the means of all channels.
 *
 * Source: Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018, section 3.
 */
function squeezeExcitation(layers: Layers, name: string): FrameLayer {
  const linear = (part: string) => {
    const weight = layers.weight(`${name}.${part}.weight`, FILTER_ORDER) as tf.Tensor4D; // [1, 1, I, O]
    const bias = layers.weight(`${name}.${part}.bias`, [0]) as tf.Tensor1D;
    const [, , inputs, outputs] = weight.shape;
    return { weight: () => tf.reshape(weight, [inputs, outputs]) as tf.Tensor2D, bias };
  };
  const squeeze = linear('fc1');
  const expand = linear('fc2');
  return (x) => {
    const means = meanOverPositions(x); // [N, C]
    const hidden = pointwise(means, squeeze.weight(), squeeze.bias, { activation: 'relu' });
    return scaleChannels(x, tf.sigmoid(pointwise(hidden, expand.weight(), expand.bias)));
  };
}
