import { describe, expect, it } from 'vitest';
import { problemLines } from './index.js';

describe('problemLines', () => {
  const missing = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      clip: `c${index}`,
      problem: `line ${index + 2}: expected a video at videos/c${index}.mp4, got no such file`,
    }));

  it('prints ten clips one by one', () => {
    const lines = problemLines([...missing(10), { clip: 'x', kind: 'note', problem: 'the flight is empty' }]);
    expect(lines).toHaveLength(11);
    expect(lines[1]).toBe('error c1: line 3: expected a video at videos/c1.mp4, got no such file');
    expect(lines[10]).toBe('note  x: the flight is empty');
  });

  it('prints thousands as a count with examples, although lines and paths differ', () => {
    expect(problemLines([...missing(3000), { clip: 'x', problem: 'a video of 7 frames' }])).toEqual([
      'error 3000 clips: such as line 2: expected a video at videos/c0.mp4, got no such file (c0, c1, c2, ...)',
      'error x: a video of 7 frames',
    ]);
  });

  it('keeps notes apart from errors with the same words', () => {
    const both = Array.from({ length: 22 }, (_, index) => ({
      clip: `c${index}`,
      kind: index % 2 === 0 ? ('error' as const) : ('note' as const),
      problem: 'no images',
    }));
    expect(problemLines(both)).toEqual([
      'error 11 clips: no images (c0, c2, c4, ...)',
      'note  11 clips: no images (c1, c3, c5, ...)',
    ]);
  });
});
