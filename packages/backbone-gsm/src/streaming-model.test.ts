import { type StreamFrames, setStreamKernels } from '@mcore/backbone-stream';
import { normalizeFrames } from '@mcore/ops';
import { goldenBackbone, goldenFrames, hashedTensor } from '@mcore/testing/backbone-values';
import { useTestEngine } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import { COMPILED_STREAMS } from '@mcore/testing/stream-kernels';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GsmRegNetYConfig, type InferenceBackbone, REGNETY_200MF, REGNETY_SMALL } from './index.js';

function clipOf(x: tf.Tensor, clip: number): StreamFrames {
  const [, count, height, width] = x.shape as [number, number, number, number];
  const size = count * height * width * 3;
  return { data: (x.dataSync() as Float32Array).slice(clip * size, (clip + 1) * size), count, height, width };
}

describe.each(COMPILED_STREAMS)('the streaming model, compiled for $target', ({ load }) => {
  beforeAll(() => useTestEngine('wasm after registerOps'));

  it.each([
    ['regnety-200mf', '', REGNETY_200MF],
    ['regnety-small', 'running.', REGNETY_SMALL],
    ['regnety-small', 'plain.', { ...REGNETY_SMALL, gateShift: false }],
  ])('has the features of timm with a gate-shift module in %s %s, to 1e-5', async (file, prefix, config) => {
    const { values: golden, metadata } = readFixture('backbone-gsm', file);
    const model = goldenBackbone(config);
    const streaming = await model.streamingModel(await load());
    const x = goldenFrames(metadata[`${prefix}frames`]!);
    const features = [0, 1].flatMap((clip) => [...streaming.features(clipOf(x, clip))]);
    expect(relativeError(features, golden(`${prefix}features`))).toBeLessThan(1e-5);
    streaming.dispose();
    model.dispose();
    x.dispose();
  });

  it.each([
    [{ stemWidth: 4, widths: [4], depths: [1], groupWidth: 4 }, [1, 1, 1]],
    [{ stemWidth: 8, widths: [8, 16], depths: [1, 2], groupWidth: 4 }, [5, 7, 9]],
    [{ stemWidth: 12, widths: [12, 36], depths: [2, 1], groupWidth: 12 }, [11, 33, 17]],
    [{ stemWidth: 36, widths: [40, 80], depths: [1, 2], groupWidth: 20 }, [7, 18, 31]],
    [{ stemWidth: 32, widths: [16, 48], depths: [1, 1], groupWidth: 16 }, [40, 20, 24]],
    [{ stemWidth: 20, widths: [24, 72], depths: [2, 2], groupWidth: 24 }, [13, 50, 10]],
    [{ stemWidth: 16, widths: [32, 64], depths: [1, 2], groupWidth: 32 }, [6, 32, 40]],
  ] as [Partial<GsmRegNetYConfig>, [number, number, number]][])(
    'has the features of the tensor version of %j for frames of %j, to 1e-5',
    async (sizes, [count, height, width]) => {
      for (const gateShift of [true, false]) {
        const model = goldenBackbone({ ...sizes, gateShift });
        const frozen = model.inferenceModel();
        const streaming = await model.streamingModel(await load());
        const x = hashedTensor('frames', [1, count, height, width, 3], 2) as tf.Tensor5D;
        const expected = frozen.apply(x);
        expect(relativeError(streaming.features(clipOf(x, 0)), expected.dataSync())).toBeLessThan(1e-5);
        tf.dispose([x, expected]);
        for (const owner of [streaming, frozen, model]) owner.dispose();
      }
    },
  );

  it('normalises bytes as normalizeFrames does, to 1e-5', async () => {
    const model = goldenBackbone(REGNETY_SMALL);
    const frozen = model.inferenceModel();
    const streaming = await model.streamingModel(await load());
    const [count, height, width] = [9, 30, 22];
    const data = Uint8Array.from({ length: count * height * width * 3 }, (_, index) => (index * 7919) % 256);
    const frames = { data, count, height, width };
    const expected = tf.tidy(() => frozen.apply(tf.expandDims(normalizeFrames(frames), 0) as tf.Tensor5D));
    expect(relativeError(streaming.features(frames), expected.dataSync())).toBeLessThan(1e-5);
    expected.dispose();
    for (const owner of [streaming, frozen, model]) owner.dispose();
  });
});

describe.each(COMPILED_STREAMS)('inferenceModel() where stream kernels are set, compiled for $target', ({ load }) => {
  beforeAll(async () => {
    await useTestEngine('wasm after registerOps');
    setStreamKernels(await load());
  });
  afterAll(() => setStreamKernels(undefined));

  it('has the features of tensors, of batches and of bytes, to 1e-5, and leaves no tensor behind', async () => {
    const model = goldenBackbone(REGNETY_SMALL);
    const before = tf.memory().numTensors;
    setStreamKernels(undefined);
    const tensors = model.inferenceModel();
    setStreamKernels(await load());
    const frozen = model.inferenceModel();
    const x = goldenFrames('frames');
    const data = Uint8Array.from({ length: 5 * 26 * 34 * 3 }, (_, index) => (index * 7919) % 256);
    const frames = { data, count: 5, height: 26, width: 34 };
    tf.tidy(() => {
      for (const weight of model.weights().values()) weight.assign(tf.mul(weight, 1.5)); // a copy keeps what it was made of
      for (const compute of [
        (backbone: InferenceBackbone) => backbone.apply(x),
        (backbone: InferenceBackbone) => backbone.apply(x, { clipsAtOnce: 2 }),
        (backbone: InferenceBackbone) => backbone.applyWithMaps(x).features,
        (backbone: InferenceBackbone) => backbone.features(frames),
      ]) {
        const [actual, expected] = [compute(frozen), compute(tensors)];
        expect(actual.shape).toEqual(expected.shape);
        expect(relativeError(actual.dataSync(), expected.dataSync())).toBeLessThan(1e-5);
      }
      expect(() => frozen.apply(x, { clipsAtOnce: 0 })).toThrow(
        'InferenceBackbone.apply: clipsAtOnce must be a positive whole number, got 0.',
      );
    });
    x.dispose();
    for (const owner of [frozen, frozen, tensors]) owner.dispose();
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
