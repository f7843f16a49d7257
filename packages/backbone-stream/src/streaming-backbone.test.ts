import { COMPILED_STREAMS, cutFrames, streamFrames, streamWeights } from '@mcore/testing/stream-kernels';
import { describe, expect, it } from 'vitest';
import { type StreamConfig, StreamingBackbone, type StreamKernels } from './index.js';

const TINY: StreamConfig = { stemWidth: 8, widths: [8, 16], depths: [1, 2], groupWidth: 8, gateShift: true };
const DEEP: StreamConfig = { stemWidth: 16, widths: [16, 48, 96], depths: [1, 2, 3], groupWidth: 8, gateShift: true };

describe.each(COMPILED_STREAMS)('StreamingBackbone, compiled for $target', ({ load }) => {
  it('gives the same bits for every way of pushing', async () => {
    for (const gateShift of [true, false]) {
      const config = { ...DEEP, gateShift };
      const model = new StreamingBackbone(config, streamWeights(config), await load());
      const frames = streamFrames(41, 40, 28);
      const whole = model.features(frames);
      expect(whole.some((value) => value > 0)).toBe(true);
      for (const sizes of [[1], [2], [3, 7], [8], [13, 0, 1], [40, 1], [41]]) {
        const stream = model.stream(frames);
        const parts: Float32Array[] = [];
        for (let start = 0, turn = 0; start < frames.count; turn++) {
          const end = Math.min(frames.count, start + sizes[turn % sizes.length]!);
          parts.push(stream.push(cutFrames(frames, start, end)));
          start = end;
          const final = parts.reduce((sum, part) => sum + part.length, 0) / model.featureSize;
          expect(final, 'frames whose features are final').toBe(Math.max(0, end - model.latency));
          expect(stream.waiting).toBe(end - final);
        }
        parts.push(stream.finish());
        expect(parts.flatMap((part) => [...part])).toEqual([...whole]);
      }
      model.dispose();
    }
  });

  it('has streams beside each other that know nothing of each other', async () => {
    const model = new StreamingBackbone(TINY, streamWeights(TINY), await load());
    const [one, other] = [streamFrames(12, 16, 16), streamFrames(9, 24, 20)];
    const expected = [model.features(one), model.features(other), model.features(one)];
    expect(expected[2]).toEqual(expected[0]);
    const streams = [model.stream(one), model.stream(other)];
    const parts: number[][] = [[], []];
    for (let t = 0; t < 9; t++) {
      parts[0]!.push(...streams[0]!.push(cutFrames(one, t, t + 1)));
      parts[1]!.push(...streams[1]!.push(cutFrames(other, t, t + 1)));
    }
    parts[0]!.push(...streams[0]!.push(cutFrames(one, 9, 12)));
    expect([...parts[0]!, ...streams[0]!.finish()]).toEqual([...expected[0]!]);
    expect([...parts[1]!, ...streams[1]!.finish()]).toEqual([...expected[1]!]);
    model.dispose();
    model.dispose();
  });

  it('computes what can be computed by hand: zero filters leave the ReLU of biases', async () => {
    const weights = streamWeights(TINY);
    for (const [key, values] of weights) if (/(conv|conv3D|fc\d)\.weight$/.test(key)) values.fill(0);
    const relu = (value: number) => Math.max(0, value);
    // a normalisation of 0 leaves beta - mean * gamma / deviation
    const bias = (norm: string, c: number) => {
      const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
        (part) => weights.get(`${norm}.${part}`)![c]!,
      ) as [number, number, number, number];
      return beta - (mean * gamma) / Math.sqrt(variance + 1e-5);
    };
    const expected = Array.from({ length: 16 }, (_, c) => {
      const first = relu(bias('s2.b1.conv3.bn', c) + bias('s2.b1.downsample.bn', c));
      return relu(bias('s2.b2.conv3.bn', c) + first);
    });
    const model = new StreamingBackbone(TINY, weights, await load());
    const features = model.features(streamFrames(3, 9, 7));
    for (let t = 0; t < 3; t++) {
      for (let c = 0; c < 16; c++) expect(features[t * 16 + c]).toBeCloseTo(expected[c]!, 6);
    }
    model.dispose();
  });

  it('finishes clips without frames, and with fewer than it looks ahead', async () => {
    const model = new StreamingBackbone(TINY, streamWeights(TINY), await load());
    expect(model.latency).toBe(6);
    expect(model.stream({ height: 8, width: 8 }).finish()).toEqual(new Float32Array(0));
    expect(model.features(streamFrames(0, 8, 8))).toEqual(new Float32Array(0));
    const frames = streamFrames(1, 8, 8);
    const stream = model.stream(frames);
    expect(stream.push(frames)).toHaveLength(0);
    expect(stream.finish()).toEqual(model.features(frames));
    model.dispose();
  });

  it('says what it can not take', async () => {
    const kernels: StreamKernels = await load();
    const weights = streamWeights(TINY);
    const model = new StreamingBackbone(TINY, weights, kernels);
    const frames = streamFrames(2, 8, 8);
    expect(() => model.features({ ...frames, width: 9 })).toThrow(
      'StreamingBackbone.features: expected a Uint8Array or Float32Array of [count, height, width, 3] = [2, 8, 9, 3], got 384 numbers.',
    );
    expect(() => model.stream({ height: 0, width: 8 })).toThrow(
      'StreamingBackbone.stream: expected height and width to be positive whole numbers, got [0, 8].',
    );
    const stream = model.stream(frames);
    expect(() => stream.push(streamFrames(1, 8, 9))).toThrow(
      'FrameStream.push: expected frames of 8 x 8 pixels, as the stream was made for, got 9 x 8.',
    );
    stream.finish();
    expect(() => stream.push(frames)).toThrow('FrameStream.push: expected an open stream, got one that has ended.');
    expect(() => stream.finish()).toThrow('FrameStream.finish: expected an open stream, got one that has ended.');
    const open = model.stream(frames);
    model.dispose();
    expect(() => open.push(frames)).toThrow('FrameStream.push: expected an open stream, got one that has ended.');
    expect(() => model.features(frames)).toThrow(
      'StreamingBackbone: expected a backbone in use, got one that was disposed.',
    );
    weights.delete('stem.bn.bias');
    weights.set('s2.b1.se.fc1.bias', new Float32Array(3));
    expect(() => new StreamingBackbone(TINY, weights, kernels)).toThrow(
      'StreamingBackbone: expected the weights of the config, but stem.bn.bias is missing; s2.b1.se.fc1.bias has 3 numbers, not 2.',
    );
    expect(() => new StreamingBackbone({ ...TINY, widths: [12] }, weights, kernels)).toThrow(
      'StreamingBackbone: expected widths to be one or more positive multiples of groupWidth = 8, got [12].',
    );
    expect(() => new StreamingBackbone({ ...TINY, depths: [1] }, weights, kernels)).toThrow(
      'StreamingBackbone: expected depths to be 2 positive whole numbers, one for each width, got [1].',
    );
  });
});

it.each(COMPILED_STREAMS.filter(({ threaded }) => threaded))(
  'gives the same bits for every number of threads, compiled for $target',
  async ({ load }) => {
    const frames = streamFrames(30, 33, 47);
    const results = await Promise.all(
      [1, 2, 3, 8, 20].map(async (threads) => {
        const model = new StreamingBackbone(DEEP, streamWeights(DEEP), await load(threads));
        const rounds = Array.from({ length: 5 }, () => [...model.features(frames)]);
        model.dispose();
        return rounds;
      }),
    );
    for (const rounds of results) for (const features of rounds) expect(features).toEqual(results[0]![0]);
  },
);
