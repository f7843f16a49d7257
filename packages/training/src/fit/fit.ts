import { type Clip, notesOf } from '@mcore/clips';
import { WeightsError } from '@mcore/errors';
import { type Checkpoint, type MCoReConfig, parameterCounts, presetConfig } from '@mcore/model';
import { denseInput } from '../augmentation/wide-clip.js';
import { PairSampler } from '../clips/pair-sampler.js';
import { assertUnseen, splitAs, splitOfWeights } from '../clips/seen-clips.js';
import type { StepRecord } from '../optimizer/trainer.js';
import { asksForNode, nodeEntry, type Platform, plainPlatform } from '../platform/platform.js';
import { type RunSettings, savedSettings } from '../run/run-settings.js';
import type { RunStore } from '../run/run-store.js';
import { fitConfig } from './fit-config.js';
import type { FitEvent, ValidationRecord } from './fit-events.js';
import type { FitOptions, FitResult } from './fit-options.js';
import type { FitRun } from './fit-run.js';
import { merge } from './merge-config.js';
import { runFit } from './run-fit.js';

/**
 * Trains MCoRe on clips: splits them, trains on pairs, keeps the weights that are best on one half of validation, calibrates intervals
 * on the other half and fills the exemplar bank. No test clip has a part in it. Everything follows from the options and the seed, bit for
 * bit on the same engine.
 *
 * @param options - `data` is all that is needed. With `out`, a run that was cut off is resumed.
 * @returns The best weights, bank, calibration and history; nothing to dispose.
 * @throws DataError where no model can be trained on the clips; McoreError `ERR_MCORE_SETTINGS` where `out` has a run of other settings,
 *   `ERR_MCORE_SEEN_CLIPS` where validation clips trained the weights of `init`; NotFiniteError if training diverges; the signal's reason.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  if (asksForNode(options)) return (await nodeEntry<{ fit: typeof fit }>()).fit(options);
  return fitOn(options, plainPlatform());
}

/** {@link fit} with what a platform opens; the platform is closed. */
export async function fitOn(options: FitOptions, platform: Platform): Promise<FitResult> {
  let clips: { close(): Promise<void> }[] = [];
  try {
    const { seed = 0, onEvent } = options;
    const initial = options.init === undefined ? undefined : await platform.readCheckpoint(options.init);
    const base =
      options.preset || !initial ? presetConfig(options.preset ?? 'laptop') : structuredClone(initial.info.config);
    const config = merge<MCoReConfig>(base, options.config);
    const [prepared, ...variants] = await platform.openClips(options.data, config.input, initial?.info);
    clips = [prepared, ...variants];
    const { augmentation = 'plain' } = options;
    const dense =
      augmentation === 'wide' ? await platform.openClips(options.data, denseInput(config.input), initial?.info) : [];
    clips.push(...dense);
    const { source } = prepared;
    const split = splitOfWeights(initial?.info, source, options, seed);
    const limits = { train: options.trainClips, validation: options.validationClips };
    const keepsLast = options.choose === 'last';
    const carved = splitAs(source.clips, split, limits);
    const splits = keepsLast ? withoutValidation(carved, source.clips) : carved;
    fitConfig(config, source, splits.train);
    if (initial) assertFits(initial, config);
    sayWhatIsUsed(splits, source, onEvent);
    if (config.optimiser.backboneLearningRate === 0 && config.loss.contrastive.weight > 0) {
      onEvent?.({ kind: 'note', text: FROZEN });
    }
    if (initial && !options.allowSeenClips) assertUnseen('fit', initial.info, source, splits.validation, 'validation');
    const store = await platform.openStore(options.out);
    const totalSteps = options.steps ?? stepsOf(config.optimiser, splits.train, seed);
    const mode = options.resume ?? 'resume';
    const before = mode === 'resume' ? await savedSettings(store) : undefined;
    const run: FitRun = {
      ...{ config, prepared, variants, splits, split, seed, createReplicas: platform.createReplicas },
      ...(augmentation === 'wide' && { augmentation, dense }),
      store,
      totalSteps,
      checkpointEvery: options.checkpointEvery ?? 50,
      validateEvery: options.validateEvery ?? intervalOf(before) ?? Math.max(1, Math.round(totalSteps / 10)),
      ...(keepsLast && { keepsLast }),
      ...(options.keepEvery !== undefined && { keepEvery: options.keepEvery }),
      ...(options.patience !== undefined && { patience: options.patience }),
      ...(options.loss && { loss: options.loss }),
      ...(options.metrics && { metrics: options.metrics }),
      ...(initial && { initial }),
      ...(options.signal && { signal: options.signal }),
      ...(onEvent && { onEvent }),
    };
    const stepsBefore = Number(before?.steps ?? totalSteps);
    if (totalSteps > stepsBefore) {
      const rate =
        config.optimiser.schedule === 'constant' ? '' : `; the learning rate now follows ${totalSteps} steps`;
      onEvent?.({ kind: 'note', text: `Extended from ${stepsBefore} to ${totalSteps} steps${rate}` });
    }
    const finished = await runFit(run, mode);
    return { ...finished, history: await historyOf(store) };
  } finally {
    await Promise.all(clips.map((each) => each.close()));
    await platform.close();
  }
}

/** Refuses weights of another model before clips are prepared, in one line instead of a list of all tensors. */
function assertFits({ info }: Checkpoint, config: MCoReConfig): void {
  const [expected, got] = [parameterCounts(config).total, parameterCounts(info.config).total];
  if (expected === got) return;
  throw new WeightsError(
    `fit: expected init to be weights of the configured model (preset ${config.preset}, ${config.stages} stages, ${expected} parameters), got weights of preset ${info.config.preset} with ${info.config.stages} stages and ${got} parameters. Take that preset, or start from other weights.`,
  );
}

const FROZEN =
  'The backbone is frozen, so the contrastive loss of its features is a constant that teaches nothing; loss.contrastive.weight=0 saves its work';

/** Steps between evaluations of the run that is resumed, so that an extended one is evaluated at the same steps. */
function intervalOf(before: RunSettings | undefined): number | undefined {
  return typeof before?.validateEvery === 'number' ? before.validateEvery : undefined;
}

/** All clips that may be trained on, in the order of the source. */
function withoutValidation(splits: FitRun['splits'], clips: readonly Clip[]): FitRun['splits'] {
  const ids = new Set([...splits.train, ...splits.validation].map(({ id }) => id));
  return { ...splits, train: clips.filter(({ id }) => ids.has(id)).map(asTrained), validation: [] };
}

/** Held-out events rewrite the split, so that it is not the source's. */
function asTrained(clip: Clip): Clip {
  return { ...clip, split: 'train' };
}

/** Steps of the configured passes over the training clips. */
function stepsOf(
  { epochs, batchSize }: { epochs: number; batchSize: number },
  train: ConstructorParameters<typeof PairSampler>[0],
  seed: number,
): number {
  return epochs * new PairSampler(train, seed).stepsPerEpoch(batchSize);
}

function sayWhatIsUsed(
  splits: FitRun['splits'],
  source: FitRun['prepared']['source'],
  onEvent: ((event: FitEvent) => void) | undefined,
): void {
  for (const text of notesOf(source)) onEvent?.({ kind: 'note', text });
  onEvent?.({
    kind: 'split',
    source: source.description,
    description: splits.description,
    train: splits.train.length,
    validation: splits.validation.length,
    test: splits.test.length,
  });
}

async function historyOf(store: RunStore): Promise<FitResult['history']> {
  const log = await store.readLog();
  // how long an evaluation took is no part of it: the same run gives the same history
  const of = (kind: string) =>
    log.filter((record) => record.kind === kind).map(({ kind: _, seconds: __, ...record }) => record);
  const numbers = (record: object) =>
    // NaN is null in JSON
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value ?? Number.NaN]));
  return {
    steps: of('step').map((record) => numbers(record) as unknown as StepRecord),
    validation: of('validation').map((record) => numbers(record) as unknown as ValidationRecord),
  };
}
