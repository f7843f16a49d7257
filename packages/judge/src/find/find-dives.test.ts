import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { type RecordingPlan, recordingLabels } from '@mcore/rendered-dives';
import { writeRecording } from '@mcore/rendered-dives/node';
import { writeSafetensors } from '@mcore/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Judge, loadJudge, ProbabilityTrack, Spotter } from '../node.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-find-'));
const film = join(folder, 'final.mp4');
let plan: RecordingPlan;
let judge: Judge;

beforeAll(async () => {
  const labels = recordingLabels(fineDivingLabels).get('FINADivingWorldCup2021_Men10m_final_r1')!;
  plan = await writeRecording(film, labels, { seed: 'find test', dives: 2, maxGapSeconds: 12, height: 128 });
  judge = await loadJudge({ engine: 'wasm' });
}, 120_000);
afterAll(async () => {
  await judge.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('judge.find', () => {
  it('finds the dives of a rendered recording, with both events within a quarter of a second', async () => {
    const seconds: number[] = [];
    const found = await judge.find(film, { onProgress: (done) => seconds.push(done) });
    const live = found.dives.filter(({ replay }) => !replay);
    expect(live).toHaveLength(plan.dives.length);
    for (const [at, { takeOff, entry }] of plan.dives.entries()) {
      expect(Math.abs(live[at]!.takeOff - takeOff / 25)).toBeLessThan(0.25);
      expect(Math.abs(live[at]!.entry - entry / 25)).toBeLessThan(0.25);
    }
    expect(found.durationSeconds).toBeCloseTo(plan.frameCount / 25, 3);
    expect(seconds.length).toBeGreaterThan(2);
  });

  it('looks at a part alone, with times of the whole film', async () => {
    const second = plan.dives[1]!;
    const [start, end] = [second.start / 25 - 4, second.end / 25 + 4];
    const { dives, from, to } = await judge.find(film, { start, end });
    expect([from, to]).toEqual([start, end]);
    const live = dives.filter(({ replay }) => !replay);
    expect(live.some(({ takeOff }) => Math.abs(takeOff - second.takeOff / 25) < 0.25)).toBe(true);
    for (const dive of dives) expect(dive.start >= start && dive.end <= end).toBe(true);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await judge.find(film, { start: 0, end: 3 });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a part without frames', async () => {
    await expect(judge.find(film, { start: 1000, end: 1010 })).rejects.toThrow(
      `judge.find: expected a part of ${film} with frames in it, 0 .. ${(plan.frameCount / 25).toFixed(2)} s, got 1000 .. 1010 s.`,
    );
  });

  it('ends with the signal', async () => {
    const ending = new AbortController();
    const finding = judge.find(film, { signal: ending.signal, onProgress: () => ending.abort(new Error('enough')) });
    await expect(finding).rejects.toThrow('enough');
  });
});

describe('Spotter', () => {
  const info = {
    framesPerSecond: 12.5,
    backboneId: 'none',
    hiddenSize: 6,
    threshold: 0.5,
    margins: { approach: 1, entry: 1 },
    trainedOn: 'nothing',
  };
  const made = () => new Spotter(info, Float32Array.of(0.5, -1, 2), Float32Array.of(1, 2, 0.5), 7);
  const features = Float32Array.from({ length: 600 * 3 }, (_, at) => Math.sin(at * 0.7) + Math.cos(at * 0.013));

  it('comes back from its file as it was, in half precision', async () => {
    const spotter = made();
    const bytes = await spotter.encode();
    const read = Spotter.decode(bytes);
    expect(read.info).toEqual(info);
    const [before, after] = [await spotter.probabilities(features), await read.probabilities(features)];
    for (const [at, value] of before.entries()) expect(Math.abs(after[at]! - value)).toBeLessThan(2e-3);
    spotter.dispose();
    read.dispose();
  });

  it('says the same of a film however its features come, and nearly the same as in one pass over all of it', async () => {
    const spotter = made();
    const inParts = async (length: number) => {
      const track = new ProbabilityTrack(spotter);
      for (let at = 0; at < features.length; at += length * 3) await track.push(features.subarray(at, at + length * 3));
      return track.finish();
    };
    const [ones, many, whole] = [await inParts(1), await inParts(250), await spotter.probabilities(features)];
    expect(many).toEqual(ones);
    expect(ones).toHaveLength(600 * 4);
    // what lies more than 48 frames away hardly matters to a GRU
    for (const [at, value] of whole.entries()) expect(Math.abs(ones[at]! - value)).toBeLessThan(1e-4);
    spotter.dispose();
  });

  it('refuses other files, and names a fact that is wrong', () => {
    expect(() => Spotter.decode(new Uint8Array(0))).toThrow(DataError);
    const file = (info: string) => {
      const tensor = { dtype: 'F32', shape: [1], data: Float32Array.of(1) } as const;
      return writeSafetensors({ mean: tensor, scale: tensor }, { format: 'mcore spotter 1', info });
    };
    expect(() => Spotter.decode(file('{'), 'spotter.safetensors')).toThrow(
      'Spotter.decode: expected JSON as info of spotter.safetensors, got {.',
    );
    expect(() => Spotter.decode(file(JSON.stringify({ ...info, framesPerSecond: 'fast' })), 'x')).toThrow(
      /^Spotter\.decode: expected .* as info\.framesPerSecond of x, got .*fast/,
    );
  });
});
