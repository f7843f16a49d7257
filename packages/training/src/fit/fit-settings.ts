import { labelsFingerprint } from '@mcore/clips';
import { weightsId } from '@mcore/model';
import type { RunSettings } from '../run/run-settings.js';
import type { FitRun } from './fit-run.js';

/** All that decides the numbers of a training run; engine, threads and what is kept when change none. */
export async function fitSettings(run: FitRun): Promise<RunSettings> {
  const { source } = run.prepared;
  return {
    kind: 'fit',
    config: run.config,
    seed: run.seed,
    steps: run.totalSteps,
    validateEvery: run.validateEvery,
    patience: run.patience ?? null,
    ...(run.keepsLast && { choose: 'last' }),
    ...(run.loss && { loss: 'of a function' }),
    ...(run.augmentation === 'wide' && { augmentation: run.augmentation }),
    init: run.initial ? await weightsId(run.initial.tensors) : null,
    data: {
      kind: source.kind ?? 'other',
      labels: labelsFingerprint(source.clips),
      rendering: source.rendering ?? null,
      ...(run.prepared.changesPixels && { keptAs: 'jpeg' }),
      furtherSeeds: (run.variants ?? []).map((variant) => variant.source.rendering?.seed ?? null),
      split: run.split,
      train: labelsFingerprint(run.splits.train),
      validation: labelsFingerprint(run.splits.validation),
    },
  };
}
