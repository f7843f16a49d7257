import { readFixture } from '@mcore/testing/fixtures';
import { configOfSizes } from '@mcore/testing/golden-model';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { MCoRe, multiplyAdds, parameterCounts, presets } from './index.js';

describe('parameterCounts', () => {
  it('counts the parameters of models of any size', async () => {
    await tf.setBackend('cpu');
    for (const fixture of ['small', 'released']) {
      const model = new MCoRe(configOfSizes(readFixture('model', fixture).metadata, 'released'), { seed: 1 });
      const trainable = [...model.weights()].filter(([, { trainable }]) => trainable);
      const sum = (...prefixes: string[]) =>
        trainable
          .filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix)))
          .reduce((total, [, { size }]) => total + size, 0);
      expect(parameterCounts(model.config)).toEqual({
        backbone: sum('base_model.'),
        segmenter: sum('psnet_model.'),
        attention: sum('decoder.'),
        scoring: sum('regressor_delta.'),
        total: sum(''),
      });
      model.dispose();
    }
  });

  it('gives the same counts for the paper and released presets', () => {
    const figures = {
      backbone: 2_815_598,
      segmenter: 1_630_978,
      attention: 4_888_512,
      scoring: 110_977,
      total: 9_446_065,
    };
    expect(parameterCounts(presets.released)).toEqual(figures);
    expect(parameterCounts(presets.paper)).toEqual(figures);
  });
});

describe('multiplyAdds', () => {
  it('gives 11.33 GFLOP for the backbone on one clip of 96 frames of 112 px, 11.07 without gate shifts', () => {
    expect(2 * multiplyAdds(presets.paper).backbone).toBe(11_333_935_104);
    const without = { ...presets.paper, backbone: { ...presets.paper.backbone, gateShift: false } };
    expect(2 * multiplyAdds(without).backbone).toBe(11_068_680_192);
  });

  it('counts the other parts as worked out by hand', () => {
    const { segmenter, attention, scoring } = multiplyAdds(presets.paper);
    // 96 frames, two directions, three gates, input and hidden side; then 736 -> 2
    expect(segmenter).toBe(96 * (2 * 3 * 368 * (368 + 368) + 736 * 2));
    // 15 tokens, three blocks: q, k, v, proj; scores and mixture over 5 steps; MLP of 4 x 368
    expect(attention).toBe(15 * 3 * (4 * 368 ** 2 + 2 * 5 * 368 + 2 * 368 * 1472));
    expect(scoring).toBe(15 * (368 * 256 + 256 * 64 + 64));
  });
});
