import { type Clip, chooseAugmentation, transformFrames } from '@mcore/clips';
import { Random } from '@mcore/random';
import { drawPlainClip, drawWideClip } from '../augmentation/wide-clip.js';
import { PairSampler } from '../clips/pair-sampler.js';
import type { ClipInput, PairInput } from '../compute/replica.js';
import { sampledTransitions } from '../predictions/predict-clips.js';
import type { FitRun } from './fit-run.js';

/** Fraction of clips that `wide` augmentation varies: a score depends on details that many variations hide. */
const WIDE = 0.5;

/** The augmented pairs of every step, a function of seed and step alone. */
export function pairMaker(run: FitRun): (step: number) => Promise<PairInput[]> {
  const { config, prepared, variants = [], dense = [], seed } = run;
  const sampler = new PairSampler(run.splits.train, seed);
  const transitionsOf = sampledTransitions(config.input.frames);
  const input = async (clip: Clip, random: Random): Promise<ClipInput> => {
    const { transform } = config.input;
    if (dense.length > 0) {
      const world = Random.for(seed, 'world', clip.id).pick(dense);
      const draw = random.chance(WIDE) ? drawWideClip : drawPlainClip;
      const { frames, transitions } = draw(clip, await world.get(clip.id), config.input, random);
      return { frames, transitions, score: clip.score };
    }
    const augmentation = chooseAugmentation(transform, random);
    const pictured = variants.length === 0 ? prepared : random.pick([prepared, ...variants]);
    const frames = transformFrames(await pictured.get(clip.id), transform, augmentation);
    return { frames, transitions: transitionsOf(clip), score: clip.score };
  };
  return (step) =>
    Promise.all(
      sampler.batch(step, config.optimiser.batchSize).map(async ({ query, exemplar }, slot) => ({
        query: await input(query, Random.for(seed, 'augment', step, slot, 'query')),
        exemplar: await input(exemplar, Random.for(seed, 'augment', step, slot, 'exemplar')),
        name: `query ${query.id}, exemplar ${exemplar.id}`,
        dropoutSeed: [seed, 'dropout', step, slot].join(' '),
      })),
    );
}
