import { isBackboneWeight, type MCoRe, type MCoReConfig } from '@mcore/model';
import { Random } from '@mcore/random';
import {
  type ClipInput,
  LocalReplica,
  type PairInput,
  Trainer,
  type TrainerOptions,
  type TrainerState,
} from '@mcore/training';
import { readFixture } from './fixtures.js';
import { configOfSizes, goldenModel } from './golden-model.js';

/** A network as small as can be, with dropout. */
export const tinyConfig: MCoReConfig = {
  ...configOfSizes(readFixture('model', 'released').metadata, 'released'),
  segmenter: { hiddenSize: 4, dropout: 0.5 },
};

/** A made-up clip of 6 frames of 12 x 12 pixels. */
export function madeUpClip(name: string): ClipInput {
  const random = new Random(name);
  const data = Uint8Array.from({ length: 6 * 12 * 12 * 3 }, () => random.integer(256));
  return { frames: { data, count: 6, height: 12, width: 12 }, transitions: [2, 4], score: random.uniform(40, 90) };
}

/** Made-up pairs of a step, the same ones for the same step. */
export async function madeUpPairs(step: number, count = 4): Promise<PairInput[]> {
  return Array.from({ length: count }, (_, slot) => ({
    query: madeUpClip(`query ${step} ${slot}`),
    exemplar: madeUpClip(`exemplar ${step} ${slot}`),
    dropoutSeed: `${step} ${slot}`,
  }));
}

/** A trainer of a model; the backbone has its own learning rate, as in training. */
export async function trainerOf(
  model: MCoRe,
  options: Partial<TrainerOptions> & Pick<TrainerOptions, 'inputsOf'>,
  start?: TrainerState,
): Promise<Trainer> {
  const { optimiser } = model.config;
  const replica = new LocalReplica(model);
  const rateOf = (name: string) => (isBackboneWeight(name) ? optimiser.backboneLearningRate : optimiser.learningRate);
  return new Trainer(start ?? (await replica.layout.read()), {
    optimiser,
    totalSteps: 20,
    learningRates: replica.layout.fill(rateOf),
    replicas: [replica],
    ...options,
  });
}

/** The golden small model and its three pairs of clips as training takes them. */
export function goldenPairs(): { model: MCoRe; pairs: PairInput[] } {
  const { model, query, exemplar } = goldenModel('released');
  const clips = (batch: typeof query): ClipInput[] => {
    const [count, frames, height, width] = batch.frames.shape;
    const data = Uint8Array.from(batch.frames.dataSync());
    batch.frames.dispose();
    const size = data.length / count;
    return batch.scores.map((score, index) => ({
      frames: { data: data.slice(index * size, (index + 1) * size), count: frames, height, width },
      transitions: batch.transitions[index]!,
      score,
    }));
  };
  const [queries, exemplars] = [clips(query), clips(exemplar)];
  const pairs = queries.map((each, index) => ({ query: each, exemplar: exemplars[index]!, dropoutSeed: '' }));
  return { model, pairs };
}
