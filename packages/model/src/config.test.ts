import '@tensorflow/tfjs';
import { centerCrop } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { segmentationLoss } from '@mcore/segmenter';
import { readFixture } from '@mcore/testing/fixtures';
import { configOfSizes } from '@mcore/testing/golden-model';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { MCoRe, type MCoReConfig, presetConfig, presets } from './index.js';

/** Every leaf of a configuration by its path; lists count as leaves. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

describe('presets', () => {
  it('paper and released differ only in these fields', () => {
    const released = new Map(leaves(presets.released));
    const differences = leaves(presets.paper)
      .filter(([path, value]) => JSON.stringify(value) !== JSON.stringify(released.get(path)))
      .map(([path, value]) => [path, value, released.get(path)]);
    expect(differences).toEqual([
      ['preset', 'paper', 'released'],
      // the authors meant 200 wide and 112 high; the pinned video library swaps the pair
      ['input.transform.resize.height', 112, 200],
      ['input.transform.resize.width', 200, 112],
      // "the frames with the highest probability", section 2.3; arg max inside one window a transition
      ['decoding', 'ordered', 'windowed'],
      // eq. 11; the code trains q|e and e|q
      ['loss.regressionDirections', 'query', 'both'],
      // eq. 3, frame by frame; softmax over frames
      ['loss.segmentation', 'paper', 'released'],
      // eq. 4 to 8, stages of a video; steps inside a stage, times 10
      ['loss.contrastive.form', 'paper', 'released'],
      ['loss.contrastive.weight', 1, 10],
      // section 3.1; the code builds no scheduler
      ['optimiser.schedule', 'cosine', 'constant'],
    ]);
    expect(leaves(presets.paper)).toHaveLength(released.size);
  });

  it('share the values of the paper and those it leaves to the code', () => {
    for (const name of ['paper', 'released'] as const) {
      const { input, backbone, segmenter, regressor, loss, optimiser, ...rest } = presets[name];
      expect(input.frames).toBe(96);
      expect(input.transform.crop).toEqual({ height: 112, width: 112 });
      expect(backbone).toEqual({
        stemWidth: 32,
        widths: [24, 56, 152, 368],
        depths: [1, 1, 4, 7],
        groupWidth: 8,
        gateShift: true,
        batchNorm: 'fixed',
      });
      expect(segmenter).toEqual({ hiddenSize: 368, dropout: 0.5 });
      expect(regressor).toEqual({ blocks: 3, heads: 8, mlpRatio: 4, hidden: [256, 64] });
      expect(loss.contrastive.temperature).toBe(0.5);
      expect(rest).toMatchObject({ stages: 3, stepsPerStage: 5, exemplars: 10, scoreScale: 1 });
      expect(optimiser).toMatchObject({
        learningRate: 1e-3,
        backboneLearningRate: 1e-4,
        warmupSteps: 0,
        gradientNorm: null,
        batchSize: 8,
        epochs: 200,
      });
    }
  });

  it('are copies, so changes do not affect the presets', () => {
    const copy = presetConfig('released');
    copy.loss.contrastive.weight = 1;
    copy.segmenter.dropout = 0;
    expect(presets.released.loss.contrastive.weight).toBe(10);
    expect(presets.released.segmenter.dropout).toBe(0.5);
    expect(() => presetConfig('relaesed')).toThrow(
      new ArgumentError('presetConfig: expected one of paper, released, laptop, got relaesed.'),
    );
    expect(() => presetConfig('toString')).toThrow(ArgumentError);
  });

  it('the laptop preset is the released loss with the contrastive part unweighted, on scaled scores', () => {
    expect(presets.laptop.loss).toEqual({
      regressionDirections: 'both',
      segmentation: 'released',
      contrastive: { form: 'released', temperature: 0.5, weight: 1 },
    });
    expect(presets.laptop.scoreScale).toBe(15);
    expect(presets.laptop.decoding).toBe('ordered');
  });
});

describe('effects of the differences', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('released uses rows 44 to 155 of a squeezed frame, paper columns 44 to 155 of a wide one', () => {
    expect(centerCrop(presets.released.input.transform)).toEqual({ flip: false, top: 44, left: 0 });
    expect(centerCrop(presets.paper.input.transform)).toEqual({ flip: false, top: 0, left: 44 });
  });

  it('for uniform logits, released has loss log(96) per transition (the second counts twice) and paper log(2) per frame', () => {
    const logits = tf.zeros([1, 96, 2]) as tf.Tensor3D;
    const cost = (config: MCoReConfig) =>
      segmentationLoss(logits, [[20, 60]], { form: config.loss.segmentation }).dataSync()[0];
    expect(cost(presets.released)).toBeCloseTo((Math.log(96) + 2 * Math.log(96)) / 2, 5);
    expect(cost(presets.paper)).toBeCloseTo(2 * Math.log(2), 6);
  });

  it('a first transition in the second half is found by paper and never by released', () => {
    const { metadata } = readFixture('model', 'released');
    const decode = (preset: 'paper' | 'released') => {
      const model = new MCoRe(configOfSizes(metadata, preset), { seed: 1 });
      const logits = Array.from({ length: 96 }, (_, frame) => [frame === 60 ? 5 : 0, frame === 80 ? 5 : 0]);
      const frames = model.decode([logits]);
      model.dispose();
      return frames;
    };
    expect(decode('paper')).toEqual([[60, 80]]);
    expect(decode('released')).toEqual([[0, 80]]);
  });
});
