import { ArgumentError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { sampleIndices, sampleTransitions } from './index.js';

/** The definition, step by step: label every frame with its stage, sample the labels, find where the stage changes. */
function byLabels(transitions: readonly [number, number], frameCount: number, count: number): number[] {
  const stageOf = (frame: number) => (frame < transitions[0] ? 0 : frame < transitions[1] ? 1 : 2);
  const labels = sampleIndices(frameCount, count).map(stageOf);
  const firstOf = (stage: number) => {
    const position = labels.findIndex((label) => label >= stage);
    return position < 0 ? count - 1 : position;
  };
  return [firstOf(1), firstOf(2)];
}

describe('sampleTransitions', () => {
  it('agrees with labels sampled frame by frame, for clips shorter and longer than the sample', () => {
    for (const frameCount of [3, 63, 95, 96, 97, 101, 134, 192, 273]) {
      for (let first = 1; first < frameCount; first += 3) {
        for (let second = first; second < frameCount; second += 7) {
          const sampled = sampleTransitions([first, second], sampleIndices(frameCount, 96));
          expect(sampled).toEqual(byLabels([first, second], frameCount, 96));
        }
      }
    }
  });

  it('takes the first of repeated frames, the next sampled frame if its own is skipped, and the last one past the end', () => {
    expect(sampleTransitions([1, 2], [0, 0, 1, 1, 2, 2])).toEqual([2, 4]);
    expect(sampleTransitions([1, 5], [0, 2, 4, 6])).toEqual([1, 3]);
    expect(sampleTransitions([3, 9], [0, 2, 4, 6])).toEqual([2, 3]);
    expect(sampleTransitions([0, 0], [0, 2, 4])).toEqual([0, 0]);
  });

  it("returns the frame before it under 'last-of-previous', as the released labels do", () => {
    expect(sampleTransitions([0, 5], [0, 2, 4, 6], 'last-of-previous')).toEqual([0, 2]);
  });

  it('reports invalid arguments', () => {
    expect(() => sampleTransitions([1, 2], [])).toThrow(
      new ArgumentError('sampleTransitions: expected at least one sampled index, got none.'),
    );
    expect(() => sampleTransitions([-1, 2], [0, 1])).toThrow(
      new ArgumentError('sampleTransitions: transitions must be whole numbers of 0 or more, got [-1, 2].'),
    );
  });
});
