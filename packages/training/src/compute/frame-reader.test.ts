import { ArgumentError } from '@mcore/errors';
import { framesTensor, MCoRe } from '@mcore/model';
import { Random } from '@mcore/random';
import { useTestEngine } from '@mcore/testing/engines';
import { madeUpClip, tinyConfig } from '@mcore/testing/golden-trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { FrameReader, type FrameWindow } from '../index.js';

const READINGS = 3;

function madeUpWindow(name: string): FrameWindow {
  const random = new Random(`window ${name}`);
  const { frames } = madeUpClip(name);
  const numbers = (low: number, high: number) =>
    Float32Array.from({ length: frames.count * READINGS }, () => random.uniform(low, high));
  return { frames, values: numbers(-1, 1), weights: numbers(0, 2) };
}

function readerOf(seed: number, segmentation = false): { model: MCoRe; reader: FrameReader } {
  const model = new MCoRe(tinyConfig, { seed });
  return { model, reader: new FrameReader(model, { readings: READINGS, segmentation }) };
}

/** Parameters with a layer that reads something. */
async function withLayer({ layout }: FrameReader): Promise<Float32Array> {
  const flat = await layout.read();
  const random = new Random('layer');
  for (const [name, part] of layout.split(flat)) {
    if (name.startsWith('reading.')) for (let at = 0; at < part.length; at++) part[at] = random.normal(0, 0.3);
  }
  return flat;
}

describe('FrameReader', () => {
  beforeAll(() => useTestEngine('cpu'));

  it('starts with a layer of zeros: the loss is the weighted squares of the values, the gradient that of their mean', async () => {
    const { model, reader } = readerOf(1);
    const windows = [madeUpWindow('a'), madeUpWindow('b')];
    const { losses, gradient } = await reader.gradient({ windows });
    const frames = 12;
    const [squares, slopes] = [[0], new Float64Array(READINGS)];
    for (const { values, weights } of windows) {
      for (const [at, value] of values.entries()) {
        squares[0]! += (weights[at]! * value * value) / frames;
        slopes[at % READINGS]! -= (2 * weights[at]! * value) / frames;
      }
    }
    expect(losses.total).toBeCloseTo(squares[0]!, 5);
    const parts = reader.layout.split(gradient);
    for (const [at, slope] of slopes.entries()) expect(parts.get('reading.bias')![at]).toBeCloseTo(slope, 5);
    // nothing reaches the backbone through a layer of zeros
    for (const [name, part] of parts) if (!name.startsWith('reading.')) expect(Math.max(...part.map(Math.abs))).toBe(0);
    reader.dispose();
    model.dispose();
  });

  it('has the gradient that finite differences find, within 2 %', async () => {
    const { model, reader } = readerOf(2);
    const batch = { windows: [madeUpWindow('a'), madeUpWindow('b')] };
    const start = await withLayer(reader);
    await reader.setParameters(start);
    const { gradient } = await reader.gradient(batch);
    const lossAt = async (along: Float32Array, distance: number) => {
      await reader.setParameters(start.map((value, at) => value + along[at]! * distance));
      return (await reader.gradient(batch)).losses.total;
    };
    // along the gradient the slope is its norm, part by part
    for (const part of ['reading.weight', 'reading.bias', 'backbone']) {
      const along = new Float32Array(gradient.length);
      const named = reader.layout.split(along);
      const slopes = reader.layout.split(gradient);
      for (const [name, values] of named) {
        if (name === part || (part === 'backbone' && !name.startsWith('reading.'))) values.set(slopes.get(name)!);
      }
      const norm = Math.sqrt(along.reduce((sum, value) => sum + value * value, 0));
      expect(norm).toBeGreaterThan(0);
      const unit = along.map((value) => value / norm);
      const step = 2e-3;
      const found = ((await lossAt(unit, step)) - (await lossAt(unit, -step))) / (2 * step);
      expect(Math.abs(found / norm - 1), part).toBeLessThan(0.02);
    }
    reader.dispose();
    model.dispose();
  });

  it('adds the segmentation loss where the segmenter learns too, with its gradient (finite differences, within 2 %)', async () => {
    const { model, reader } = readerOf(6, true);
    const transitions = [2, 4];
    const batch = { windows: ['a', 'b'].map((name) => ({ ...madeUpWindow(name), transitions })), dropoutSeed: 'drop' };
    const flat = await withLayer(reader);
    await reader.setParameters(flat);
    const before = tf.memory().numTensors;
    const { losses, gradient } = await reader.gradient(batch);
    expect(tf.memory().numTensors).toBe(before);
    const alone = new FrameReader(model, { readings: READINGS });
    const named = reader.layout.split(flat);
    const without = await alone.layout.read();
    for (const [name, part] of alone.layout.split(without)) part.set(named.get(name)!);
    await alone.setParameters(without);
    const { losses: reading } = await alone.gradient(batch);
    expect(reading.segmentation).toBe(0);
    expect(losses.total).toBeCloseTo(reading.total + losses.segmentation, 4);
    const slopes = reader.layout.split(gradient);
    const along = new Float32Array(gradient.length);
    for (const [name, values] of reader.layout.split(along))
      if (name.startsWith('_gru') || name.startsWith('_fc')) values.set(slopes.get(name)!);
    const norm = Math.sqrt(along.reduce((sum, value) => sum + value * value, 0));
    expect(norm).toBeGreaterThan(0);
    const lossAt = async (distance: number) => {
      await reader.setParameters(flat.map((value, at) => value + (along[at]! / norm) * distance));
      return (await reader.gradient(batch)).losses.total;
    };
    const step = 2e-3;
    const found = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
    expect(Math.abs(found / norm - 1)).toBeLessThan(0.02);
    alone.dispose();
    reader.dispose();
    model.dispose();
  });

  it('reads features by the layer, and keeps nothing', async () => {
    const { model, reader } = readerOf(3);
    const flat = await withLayer(reader);
    await reader.setParameters(flat);
    const { frames } = madeUpClip('any');
    const before = tf.memory().numTensors;
    const read = await reader.read(frames);
    await reader.gradient({ windows: [madeUpWindow('a')] });
    expect(tf.memory().numTensors).toBe(before);
    const tensor = framesTensor(frames);
    const features = model.features(tensor);
    const [rows] = (await features.array()) as number[][][];
    tf.dispose([tensor, features]);
    const parts = reader.layout.split(flat);
    const [weight, bias] = [parts.get('reading.weight')!, parts.get('reading.bias')!];
    for (const [frame, row] of rows!.entries()) {
      for (let at = 0; at < READINGS; at++) {
        const expected = row.reduce((sum, value, channel) => sum + value * weight[channel * READINGS + at]!, bias[at]!);
        expect(read[frame * READINGS + at]).toBeCloseTo(expected, 4);
      }
    }
    reader.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBeLessThan(before);
  });

  it('learns: every small step down the gradient makes the loss smaller', async () => {
    const { model, reader } = readerOf(4);
    const batch = { windows: [madeUpWindow('a'), madeUpWindow('b')] };
    const flat = await withLayer(reader);
    await reader.setParameters(flat);
    const losses: number[] = [];
    for (let step = 0; step < 8; step++) {
      const { losses: now, gradient } = await reader.gradient(batch);
      losses.push(now.total);
      for (let at = 0; at < flat.length; at++) flat[at]! -= 0.01 * gradient[at]!;
      await reader.setParameters(flat);
    }
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    expect(new Set(losses).size).toBe(8);
    reader.dispose();
    model.dispose();
  });

  it('wants windows of as many frames each', async () => {
    const { model, reader } = readerOf(5);
    const window = madeUpWindow('a');
    const size = 12 * 12 * 3;
    const short = { ...window, frames: { ...window.frames, data: window.frames.data.subarray(0, 4 * size), count: 4 } };
    await expect(reader.gradient({ windows: [] })).rejects.toThrow(
      new ArgumentError('FrameReader.gradient: expected one or more windows of as many frames each, got none.'),
    );
    await expect(reader.gradient({ windows: [window, short] })).rejects.toThrow(
      new ArgumentError(
        'FrameReader.gradient: expected one or more windows of as many frames each, got windows of 6 and 4 frames.',
      ),
    );
    reader.dispose();
    model.dispose();
  });
});
