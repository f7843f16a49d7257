import '@tensorflow/tfjs';
import { loadTensors, MCoRe, type MCoReConfig, presetConfig } from '@mcore/model';
import * as tf from '@tensorflow/tfjs-core';
import { configOfSizes as ofSizes } from './config-of-sizes.mjs';
import { readFixture } from './fixtures.js';

/** The configuration of a fixture's model in the form of a preset; dropout is off. */
export function configOfSizes(metadata: Readonly<Record<string, string>>, preset: 'paper' | 'released'): MCoReConfig {
  return ofSizes(metadata, presetConfig(preset));
}

/** The small model of goldens/model.py with its weights, and the clips it was run on: three queries, then their exemplars. */
export function goldenModel(preset: 'paper' | 'released') {
  const { tensors, metadata } = readFixture('model', 'small');
  const config = configOfSizes(metadata, preset);
  const model = new MCoRe(config, { seed: 0 });
  const { data, shape } = tensors.get('frames')!;
  const { transitions, scores } = JSON.parse(metadata.labels!) as { transitions: number[][]; scores: number[] };
  loadTensors(model, new Map([...tensors].filter(([name]) => name !== 'frames')));
  const clips = (first: number, count: number) => {
    const [, ...frame] = shape as [number, number, number, number, number];
    const size = tf.util.sizeFromShape(frame);
    const bytes = (data as Uint8Array).slice(first * size, (first + count) * size);
    return {
      frames: tf.tensor5d(Float32Array.from(bytes), [count, ...frame]),
      transitions: transitions.slice(first, first + count),
      scores: scores.slice(first, first + count),
    };
  };
  const pairs = scores.length / 2;
  return { model, query: clips(0, pairs), exemplar: clips(pairs, pairs), all: clips(0, 2 * pairs) };
}
