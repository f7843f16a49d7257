import type { Clip, ClipSource } from '@mcore/clips';
import { Random } from '@mcore/random';

/** Made-up clips of noise, of two classes, filmed at eight events; a quarter of them for testing. */
export function madeUpClips(kind = 'other', count = 32): ClipSource {
  const clips = Array.from({ length: count }, (_, index): Clip => {
    const random = new Random(`clip ${index}`);
    return {
      id: `event${index % 8}__${index}`,
      competition: `event${index % 8}`,
      diveNumber: index % 3 === 0 ? '107b' : '405b',
      score: Math.round(random.uniform(40, 90)),
      difficulty: 3,
      frameCount: 6,
      transitions: [2, 4],
      split: index % 4 === 3 ? 'test' : 'train',
    };
  });
  return {
    clips,
    description: `${count} made-up clips`,
    kind,
    readFrames: async (id, indices) => {
      const data = new Uint8Array(indices.length * 12 * 12 * 3);
      for (const [row, index] of indices.entries()) {
        const random = new Random(`${id} ${index}`);
        data.set(
          Array.from({ length: 12 * 12 * 3 }, () => random.integer(256)),
          row * 12 * 12 * 3,
        );
      }
      return { data, count: indices.length, height: 12, width: 12 };
    },
  };
}
