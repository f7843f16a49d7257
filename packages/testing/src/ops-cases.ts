import {
  addRelu,
  biasRelu,
  bidirectionalGru,
  conv2d3x3,
  foldNormalization,
  gateConv3d,
  gateShift,
  gateShiftModule,
  groupedConv2d,
  meanOverPositions,
  pointwise,
  resampleLinear,
  scaleChannels,
  subsample2,
} from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';

/** One case of goldens/ops.py: its inputs' names in the fixture and the call that is checked. */
export interface GoldenCase {
  name: string;
  fixture: 'convolutions' | 'others';
  inputs: readonly string[];
  /** Inputs without a gradient, given last. */
  constants?: readonly string[];
  // inputs have the ranks the call takes; the fixture says so
  // biome-ignore lint/suspicious/noExplicitAny: a table of calls with different ranks
  run: (...inputs: any[]) => tf.Tensor;
}

const GRU_WEIGHTS = ['inputWeight', 'hiddenWeight', 'inputBias', 'hiddenBias'] as const;

const grouped = (name: string, stride: 1 | 2, groups: number): GoldenCase => ({
  name: `grouped_${name}`,
  fixture: 'convolutions',
  inputs: ['x', 'filter', 'bias'],
  run: (x, filter, bias) => groupedConv2d(x, filter, { stride, groups, bias, activation: 'relu' }),
});

const groupedThenBias = (name: string, stride: 1 | 2, groups: number): GoldenCase => ({
  ...grouped(name, stride, groups),
  run: (x, filter, bias) => tf.tidy(() => biasRelu(groupedConv2d(x, filter, { stride, groups }), bias)),
});

const fold = (name: string): GoldenCase => ({
  name: `fold_${name}`,
  fixture: 'others',
  inputs: ['convWeight', 'weight', 'bias'],
  constants: ['mean', 'variance'],
  run: (convWeight, weight, bias, runningMean, runningVariance) =>
    tf.tidy(() => {
      const folded = foldNormalization(convWeight, { weight, bias, runningMean, runningVariance, epsilon: 1e-5 });
      return tf.concat([tf.reshape(folded.filter, [-1]), folded.bias]);
    }),
});

const gru = (name: string): GoldenCase => ({
  name: `gru_${name}`,
  fixture: 'others',
  inputs: ['x', ...GRU_WEIGHTS.map((weight) => `${weight}0`), ...GRU_WEIGHTS.map((weight) => `${weight}1`)],
  run: (x, w0, h0, b0, c0, w1, h1, b1, c1) =>
    bidirectionalGru(x, {
      forward: { inputWeight: w0, hiddenWeight: h0, inputBias: b0, hiddenBias: c0 },
      backward: { inputWeight: w1, hiddenWeight: h1, inputBias: b1, hiddenBias: c1 },
    }),
});

/** Every differentiable operation, against PyTorch. */
export const GOLDEN_CASES: readonly GoldenCase[] = [
  grouped('s1', 1, 2),
  grouped('s2', 2, 2),
  grouped('s1_small', 1, 2),
  grouped('s2_small', 2, 2),
  grouped('s1_wide', 1, 1),
  grouped('width4', 2, 2),
  groupedThenBias('s1', 1, 2),
  groupedThenBias('s2', 2, 2),
  {
    name: 'dense_relu',
    fixture: 'convolutions',
    inputs: ['x', 'filter', 'bias'],
    run: (x, filter, bias) => conv2d3x3(x, filter, bias, { stride: 2, activation: 'relu' }),
  },
  {
    name: 'dense_linear',
    fixture: 'convolutions',
    inputs: ['x', 'filter', 'bias'],
    run: (x, filter, bias) => conv2d3x3(x, filter, bias, { stride: 1, activation: 'linear' }),
  },
  {
    name: 'pointwise_relu',
    fixture: 'others',
    inputs: ['x', 'weight', 'bias'],
    run: (x, weight, bias) => pointwise(x, weight, bias, { activation: 'relu' }),
  },
  {
    name: 'pointwise_linear',
    fixture: 'others',
    inputs: ['x', 'weight'],
    run: (x, weight) => pointwise(x, weight, null),
  },
  {
    name: 'pointwise_row',
    fixture: 'others',
    inputs: ['x', 'weight', 'bias'],
    run: (x, weight, bias) => pointwise(x, weight, bias),
  },
  { name: 'bias_relu', fixture: 'others', inputs: ['x', 'bias'], run: biasRelu },
  { name: 'add_relu', fixture: 'others', inputs: ['a', 'b'], run: addRelu },
  { name: 'scale_channels', fixture: 'others', inputs: ['x', 'scale'], run: scaleChannels },
  { name: 'mean_over_positions', fixture: 'others', inputs: ['x'], run: meanOverPositions },
  { name: 'subsample_odd', fixture: 'others', inputs: ['x'], run: subsample2 },
  { name: 'subsample_even', fixture: 'others', inputs: ['x'], run: subsample2 },
  { name: 'gate_conv_6', fixture: 'convolutions', inputs: ['x', 'filter', 'bias'], run: gateConv3d },
  { name: 'gate_conv_8', fixture: 'convolutions', inputs: ['x', 'filter', 'bias'], run: gateConv3d },
  ...[8, 12, 40].map(
    (channels): GoldenCase => ({
      name: `gate_shift_${channels}`,
      fixture: 'others',
      inputs: ['x', 'gate'],
      run: gateShift,
    }),
  ),
  ...['part', 'whole', 'still'].map(
    (name): GoldenCase => ({
      name: `gate_module_${name}`,
      fixture: 'others',
      inputs: ['x', 'scale', 'offset', 'filter', 'bias'],
      run: (x, scale, offset, filter, bias) => gateShiftModule(x, { scale, offset, filter, bias }),
    }),
  ),
  fold('pointwise'),
  fold('grouped'),
  gru('small'),
  gru('row'),
  gru('one_step'),
  {
    name: 'resample',
    fixture: 'others',
    inputs: ['x'],
    run: (x) =>
      resampleLinear(
        x,
        [
          [
            [0, 9],
            [3, 4],
          ],
          [
            [5, 7],
            [2, 9],
          ],
        ],
        4,
      ),
  },
];
