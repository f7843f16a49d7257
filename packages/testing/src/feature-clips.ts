import type { FeatureClip, FeatureSequence, FeatureSource } from '@mcore/clips';
import { Random } from '@mcore/random';

/**
 * Made-up clips of 8 people, 4 channels of noise: the first swings as far as the score says, wherever it hangs for a person. Two targets, whose
 * sum is the score; transitions in the middle.
 */
export function madeUpSource(count = 48, seed = 1): FeatureSource & { reads: number } {
  const sequences = new Map<string, FeatureSequence>();
  const clips = Array.from({ length: count }, (_, index): FeatureClip => {
    const random = Random.for(seed, 'clip', index);
    const steps = 20 + random.integer(20);
    const score = random.uniform(0, 10);
    const data = new Float32Array(steps * 4);
    for (let step = 0; step < steps; step++) {
      for (let channel = 0; channel < 4; channel++) data[step * 4 + channel] = random.normal(0, 0.3);
      data[step * 4]! += 0.2 * (index % 8) + score * Math.sin((Math.PI * step) / (steps - 1));
    }
    sequences.set(`clip ${index}`, { data, steps, channels: 4 });
    return {
      id: `clip ${index}`,
      competition: '',
      diveNumber: 'any',
      score,
      difficulty: 1,
      frameCount: steps,
      transitions: [Math.floor(steps / 2)],
      split: index < count / 2 ? 'train' : 'test',
      targets: { first: 0.25 * score, second: 0.75 * score },
      passed: score > 5,
      groups: { subject: `s${index % 8}`, trial: `t${index % 3}` },
    };
  });
  const source = {
    clips,
    channels: 4,
    targets: ['first', 'second'],
    description: 'made up',
    transitionsFrom: 'equal parts' as const,
    reads: 0,
    async readFeatures(id: string) {
      source.reads++;
      return sequences.get(id)!;
    },
  };
  return source;
}
