import type { Clip } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, describeTrainingData, encodeCheckpoint, presetConfig, seenClips } from './index.js';

const clip = (id: string, split: Clip['split'] = 'train'): Clip => ({
  ...{ id, split, competition: '01', diveNumber: '107b', score: 60, difficulty: 3 },
  ...{ frameCount: 96, transitions: [20, 60] },
});
const clips = ['a', 'b', 'c', 'd'].map((id) => clip(id)).concat(clip('e', 'test'));
const [a, b, c, d, e] = clips as [Clip, Clip, Clip, Clip, Clip];
const source = {
  ...{ clips, description: 'rendered dives', kind: 'rendered' },
  rendering: { seed: 0, height: 128, version: 1 },
};
const data = describeTrainingData({
  ...{ source, furtherSeeds: [1, 2], split: { kind: 'official', seed: 'five' } },
  ...{ trained: [a, b], selecting: [c], calibrating: [d] },
});

describe('describeTrainingData', () => {
  it('is kept in a checkpoint and read again; a checkpoint without it reads as before', () => {
    const info = {
      ...{ config: presetConfig('laptop'), labelRange: { min: 0, max: 1 } },
      ...{ trainedOn: 'rendered dives', seed: 0, step: 1 },
    };
    const through = (more: object) =>
      decodeCheckpoint(encodeCheckpoint({ info: { ...info, ...more }, tensors: new Map(), optimiser: new Map() })).info;
    expect(through({ data }).data).toEqual(data);
    expect(data).toMatchObject({
      ...{ kind: 'rendered', description: 'rendered dives', split: { kind: 'official', seed: 'five' } },
      rendering: { seeds: [0, 1, 2], height: 128, version: 1 },
    });
    const after = describeTrainingData({
      ...{
        source,
        split: data.split,
        trained: [],
        selecting: [],
        calibrating: [],
        before: { ...data, before: [data] },
      },
    });
    expect(through({ data: after }).data!.before).toEqual([data, data]);
    expect(through({}).data).toBeUndefined();
    expect(() => through({ data: { ...data, split: 'official' } })).toThrow(
      new DataError('decodeCheckpoint: in the metadata of the file, data.split must be an object, got "official".'),
    );
  });
});

describe('seenClips', () => {
  it('counts what trained and what chose the weights, or those that they began from', () => {
    expect(seenClips(data, source, clips)).toEqual({ trained: 2, chose: 2 });
    expect(seenClips(data, source, [e])).toEqual({ trained: 0, chose: 0 });
    const next = describeTrainingData({
      ...{ source, split: data.split, trained: [e], selecting: [], calibrating: [], before: data },
    });
    expect(seenClips(next, source, clips)).toEqual({ trained: 3, chose: 2 });
  });

  it("takes a rendered dive for FineDiving's own, and no clip of another data set for either", () => {
    expect(seenClips(data, { kind: 'finediving' }, [a])).toEqual({ trained: 1, chose: 0 });
    expect(seenClips(data, { kind: 'manifest' }, [a])).toEqual({ trained: 0, chose: 0 });
  });
});
