import { expect, it } from 'vitest';
import { scoredVideo } from './index.js';

it('scoredVideo says positions as frames and seconds of the video, and nothing of positions', () => {
  const scored = scoredVideo(
    {
      score: 70,
      interval: [60, 80],
      level: 0.9,
      noInterval: null,
      rendered: true,
      judgesRealDives: false,
      spread: 2,
      inDistribution: null,
      transitionConfidence: [0.9, 0.4],
      uncertainTransitions: [false, true],
      positions: [1, 2],
      match: 'same dive number',
      exemplars: [],
    },
    {
      name: 'dive.mp4',
      diveNumber: '107b',
      frameCount: 101,
      durationSeconds: 4.04,
      indices: [0, 50, 100],
      seconds: [0, 2, 4],
      rendered: true,
      notes: ['colours may be off'],
    },
  );
  expect(scored).toEqual({
    video: 'dive.mp4',
    diveNumber: '107b',
    score: 70,
    interval: [60, 80],
    level: 0.9,
    noInterval: null,
    rendered: true,
    judgesRealDives: false,
    spread: 2,
    inDistribution: null,
    transitionConfidence: [0.9, 0.4],
    uncertainTransitions: [false, true],
    match: 'same dive number',
    exemplars: [],
    transitions: [50, 100],
    transitionSeconds: [2, 4],
    frames: 101,
    durationSeconds: 4.04,
    notes: ['colours may be off'],
  });
});
