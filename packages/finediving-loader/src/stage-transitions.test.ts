import { describe, expect, it } from 'vitest';
import { stageTransitions } from './labels.js';
import { runStarts } from './stage-transitions.js';

describe('runStarts', () => {
  it('finds where the label changes, also back to one that was there before', () => {
    expect(runStarts([3, 3, 7, 7, 3, 9])).toEqual([0, 2, 4, 5]);
    expect(runStarts([1])).toEqual([0]);
    expect(runStarts([])).toEqual([]);
  });
});

describe('stageTransitions', () => {
  it('takes the second run and the last: what lies between them is the flight', () => {
    expect(stageTransitions([0, 12, 30, 50])).toEqual([12, 50]);
    expect(stageTransitions(runStarts([1, 1, 15, 30, 30, 15, 36, 36]))).toEqual([2, 6]);
  });

  it('leaves the flight empty where there are two runs', () => {
    expect(stageTransitions([0, 47])).toEqual([47, 47]);
  });
});
