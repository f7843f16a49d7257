import { labelsFingerprint } from '@mcore/clips';
import { weightsId } from '@mcore/model';
import type { RunSettings } from '../run/run-settings.js';
import type { PretrainingRun, PretrainingSettings } from './pretraining-run.js';

/** All that decides the numbers of a pretraining. */
export async function pretrainRunSettings(run: PretrainingRun): Promise<RunSettings> {
  const [{ prepared }] = run.renderings;
  return {
    kind: 'pretrain',
    config: run.config,
    ...pretrainingSettings(run),
    init: run.initial ? await weightsId(run.initial.tensors) : null,
    data: {
      labels: labelsFingerprint(prepared.source.clips),
      rendering: prepared.source.rendering ?? null,
      split: run.split,
      train: labelsFingerprint(run.splits.train),
    },
  };
}

/** What of a pretraining decides its numbers. */
export function pretrainingSettings(
  run: PretrainingRun,
): PretrainingSettings & { seeds: number[]; trainClips: number } {
  const { totalSteps, batchSize, windowFrames, augmentation, learningRate, seed, renderings, splits } = run;
  const seeds = renderings.map((rendering) => rendering.seed);
  const trainClips = splits.train.length;
  return { totalSteps, batchSize, windowFrames, augmentation, learningRate, seed, seeds, trainClips };
}
