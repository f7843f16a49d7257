import { ArgumentError, WeightsError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { backboneOnnx, regressorOnnx, segmenterOnnx, type WeightTensor } from './index.js';

const zeros = (...shape: number[]): WeightTensor => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

const gru = () =>
  new Map(
    ['', '_reverse'].flatMap((suffix): [string, WeightTensor][] => [
      [`_gru.weight_ih_l0${suffix}`, zeros(6, 3)],
      [`_gru.weight_hh_l0${suffix}`, zeros(6, 2)],
      [`_gru.bias_ih_l0${suffix}`, zeros(6)],
      [`_gru.bias_hh_l0${suffix}`, zeros(6)],
    ]),
  )
    .set('_fc_out._fc_out.weight', zeros(2, 4))
    .set('_fc_out._fc_out.bias', zeros(2));

describe('weights that do not fit', () => {
  it('are named if one is missing', () => {
    expect(() => backboneOnnx(new Map())).toThrow(
      new WeightsError('backboneOnnx: expected a weight stem.conv.weight, got none.'),
    );
    const weights = gru();
    weights.delete('_gru.bias_hh_l0_reverse');
    expect(() => segmenterOnnx(weights)).toThrow(
      new WeightsError('segmenterOnnx: expected a weight _gru.bias_hh_l0_reverse, got none.'),
    );
    expect(() => regressorOnnx(new Map(), { heads: 8 })).toThrow(
      new WeightsError('regressorOnnx: expected a weight decoder.model.0.norm_q.weight, got none.'),
    );
  });

  it('are named if they belong to another part; batch counters are ignored', () => {
    const weights = gru().set('stem.bn.num_batches_tracked', zeros(1));
    expect(segmenterOnnx(weights)).toEqual(segmenterOnnx(gru()));
    expect(() => segmenterOnnx(weights.set('stem.conv.weight', zeros(1)).set('other', zeros(1)))).toThrow(
      new WeightsError('segmenterOnnx: expected the weights of one part, got others too: stem.conv.weight, other.'),
    );
  });

  it('are named if their data does not fit their shape', () => {
    const weights = gru().set('_fc_out._fc_out.bias', { shape: [2], data: new Float32Array(3) });
    expect(() => segmenterOnnx(weights)).toThrow(
      new WeightsError('segmenterOnnx: expected 2 numbers for _fc_out._fc_out.bias of shape [2], got 3.'),
    );
  });
});

it('regressorOnnx requires heads that divide the channels', () => {
  const weights = new Map([['decoder.model.0.norm_q.weight', zeros(368)]]);
  expect(() => regressorOnnx(weights, { heads: 5 })).toThrow(
    new ArgumentError('regressorOnnx: heads must divide the 368 channels, got 5.'),
  );
});
