import type { Clip, ClipSource } from '@mcore/clips';
import { describe, expect, it } from 'vitest';
import { trainingNeeds } from './training-needs.js';

/** Clips of a manifest, of one class unless `classOf` says otherwise. */
function source(count: number, labels: (index: number) => Partial<Clip>): ClipSource {
  return {
    description: 'clips',
    kind: 'manifest',
    clips: Array.from({ length: count }, (_, index) => ({
      ...{ id: `c${index}`, competition: '', diveNumber: 'vault', score: index, difficulty: 1, frameCount: 90 },
      ...{ transitions: [30, 60], split: index % 4 === 0 ? ('test' as const) : ('train' as const) },
      ...labels(index),
    })),
    readFrames: () => Promise.reject(new Error('nothing is decoded')),
  };
}

describe('trainingNeeds', () => {
  it('names what six videos of one class lack', () => {
    expect(trainingNeeds(source(6, () => ({}))).needs).toEqual([
      'at least 2 clips for validation, which are one in five of the training clips of every class with several, got 1 of 4 training clips. Add training clips, give fewer classes, or keep the last weights (choose, --choose last)',
    ]);
  });

  it('names equal scores and classes without a second clip', () => {
    const { needs, notes } = trainingNeeds(
      source(40, (index) => ({ score: 7, diveNumber: index < 3 ? `c${index}` : 'vault' })),
    );
    expect(needs).toEqual(['training clips of different scores, got 24 of 7']);
    expect(notes).toEqual([
      '3 validation clips would choose the best weights; train with folds (--folds) tests every clip',
      '2 of 3 classes have one training clip, which has no exemplar',
    ]);
  });

  it('names clips without transitions and clips for testing alone', () => {
    expect(trainingNeeds(source(40, () => ({ transitions: [] }))).needs[0]).toMatch(
      /^at least one transition per clip/,
    );
    expect(trainingNeeds(source(40, () => ({ split: 'test' }))).needs).toEqual([
      'training clips (split train), got none',
    ]);
    expect(trainingNeeds(source(40, () => ({ split: 'train' }))).notes.at(-1)).toBe(
      'mcore eval needs at least 2 test clips, got 0',
    );
  });

  it('needs nothing of a hundred clips', () => {
    expect(trainingNeeds(source(150, () => ({})))).toEqual({ needs: [], notes: [] });
  });
});
