import type { Clip } from '@mcore/clips';

/** A clip with what a test needs and something plausible for the rest. */
export function clipOf(id: string, parts: Partial<Clip> = {}): Clip {
  const competition = id.slice(0, id.lastIndexOf('__'));
  return {
    id,
    competition,
    diveNumber: '407c',
    score: 80,
    difficulty: 3.2,
    frameCount: 100,
    transitions: [30, 60],
    split: 'train',
    ...parts,
  };
}
