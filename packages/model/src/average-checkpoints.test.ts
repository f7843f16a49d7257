import { DataError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { averageCheckpoints, type Checkpoint, presetConfig } from './index.js';

function checkpoint(step: number, values: number[], more: Partial<Checkpoint['info']> = {}): Checkpoint {
  const info = { config: presetConfig('laptop'), labelRange: { min: 0, max: 1 }, trainedOn: 'clips', seed: 1, step };
  const data = Float32Array.from(values);
  return {
    info: { ...info, ...more },
    tensors: new Map([['layer.weight', { dtype: 'F32', shape: [data.length], data }]]),
    optimiser: new Map([['mean', { dtype: 'F32', shape: [1], data: new Float32Array(1) }]]),
  };
}

describe('averageCheckpoints', () => {
  it('gives the mean of every number, without what belongs to other weights', () => {
    const calibration = { level: 0.9, halfWidth: 5, clips: 40 };
    const { info, tensors, optimiser } = averageCheckpoints([
      checkpoint(10, [1, -2, 0.5], { calibration, notes: { trainClips: 7 } }),
      checkpoint(30, [2, 4, 0.25]),
      checkpoint(20, [6, 1, 0.75]),
    ]);
    expect([...tensors.get('layer.weight')!.data]).toEqual([3, 1, 0.5]);
    expect(info).toMatchObject({ step: 30, notes: { trainClips: 7, averagedSteps: [10, 30, 20] } });
    expect([info.calibration, optimiser.size]).toEqual([undefined, 0]);
  });

  it.each([
    ['expected at least two checkpoints, got 1.', [checkpoint(1, [1])]],
    [
      'expected checkpoints of one run, got another trainedOn in number 3 than in the first.',
      [checkpoint(1, [1]), checkpoint(2, [1]), checkpoint(3, [1], { trainedOn: 'others' })],
    ],
    [
      'expected checkpoints of one run, got another config in number 2 than in the first.',
      [checkpoint(1, [1]), checkpoint(2, [1], { config: presetConfig('paper') })],
    ],
    [
      'expected layer.weight of the same shape in all checkpoints, got another or none.',
      [checkpoint(1, [1]), checkpoint(2, [1, 2])],
    ],
  ])('says what it expected: %s', (message, checkpoints) => {
    expect(() => averageCheckpoints(checkpoints)).toThrow(new DataError(`averageCheckpoints: ${message}`));
  });
});
