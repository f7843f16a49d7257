import { pearson } from '@mcore/metrics';
import {
  type Checkpoint,
  type CheckpointInfo,
  describeTrainingData,
  exportWeights,
  loadTensors,
  MCoRe,
} from '@mcore/model';
import { frameReadings } from '@mcore/rendered-dives';
import { FrameReader, type ReadingLosses, type WindowBatch } from '../compute/frame-reader.js';
import { centreFrames, spreadOver } from '../compute/inference.js';
import type { Reader } from '../compute/reader.js';
import { labelRange } from '../fit/run-fit.js';
import { measureStatistics } from '../fit/start.js';
import { adamOf, adamTensors, flatTensor } from '../optimizer/adam-tensors.js';
import { NotFiniteError } from '../optimizer/not-finite-error.js';
import { Trainer, type TrainerState } from '../optimizer/trainer.js';
import { openRun, type ResumeMode } from '../run/run-settings.js';
import { loadCheckpoint, runFiles, saveCheckpoint } from '../run/run-store.js';
import { pretrainingSettings, pretrainRunSettings } from './pretrain-settings.js';
import type { PretrainingRun, ReadingRecord } from './pretraining-run.js';
import { wholeClipMaker } from './whole-clips.js';
import { truthOfClip, windowMaker } from './windows.js';

/** Warm-up, and the norm that gradients are clipped to: those of training from random weights. */
const OPTIMISER = { schedule: 'cosine', warmupSteps: 30, gradientNorm: 5 } as const;

/**
 * Teaches a backbone to read what single frames of rendered dives show, of which the renderer knows the truth, so that training on
 * scores starts from a network that sees. Only training clips are learned from; validation clips measure it and choose nothing.
 *
 * @returns The weights of the last step.
 * @throws The reason of the run's signal once it is aborted; the state to resume from is kept before.
 */
export async function runPretraining(
  run: PretrainingRun,
  mode: ResumeMode,
): Promise<{ weights: Checkpoint; last: ReadingRecord }> {
  await openRun(run.store, await pretrainRunSettings(run), mode);
  const model = new MCoRe(run.config, { seed: run.seed });
  const options = { readings: frameReadings.length, segmentation: run.augmentation === 'wide' };
  const reader = new FrameReader(model, options);
  let readers: Reader[] = [];
  try {
    const state = await initialState(run, reader);
    const info = infoOf(run);
    readers = await run.createReaders({ info, tensors: await exportWeights(model) }, options);
    const trainer = new Trainer<WindowBatch, ReadingLosses>(state, {
      optimiser: { ...OPTIMISER, learningRate: run.learningRate },
      totalSteps: run.totalSteps,
      learningRates: reader.layout.fill(() => run.learningRate),
      replicas: readers,
      inputsOf: (options.segmentation ? wholeClipMaker : windowMaker)({
        ...run,
        input: run.config.input,
        clips: run.splits.train,
      }),
    });
    return await teach(run, { reader, readers, trainer, info });
  } finally {
    await Promise.all(readers.map((each) => each.dispose()));
    reader.dispose();
    model.dispose();
  }
}

/** The loop: steps, log, checkpoints, validation. */
async function teach(
  run: PretrainingRun,
  context: {
    reader: FrameReader;
    readers: readonly Reader[];
    trainer: Trainer<WindowBatch, ReadingLosses>;
    info: CheckpointInfo;
  },
): Promise<{ weights: Checkpoint; last: ReadingRecord }> {
  const { reader, readers, trainer, info } = context;
  const { store, onEvent } = run;
  const present = async (): Promise<Checkpoint> => {
    const { parameters, adam } = trainer.state();
    reader.layout.write(parameters);
    const optimiser = new Map([[PARAMETERS, flatTensor(parameters)], ...adamTensors(adam)]);
    return { info: { ...info, step: adam.step }, tensors: await exportWeights(reader.model), optimiser };
  };
  const save = async () => {
    await saveCheckpoint(store, runFiles.last, await present());
    onEvent?.({ kind: 'checkpoint', step: trainer.step });
  };
  const measure = async (): Promise<ReadingRecord> => ({
    step: trainer.step,
    readings: await validate(run, readers, trainer.parameters),
  });
  onEvent?.({ kind: 'start', step: trainer.step, totalSteps: run.totalSteps });
  const log = await store.openLog(trainer.step);
  let last: ReadingRecord | undefined;
  try {
    while (trainer.step < run.totalSteps) {
      if (run.signal?.aborted) {
        if (trainer.step > 0) await save();
        throw run.signal.reason;
      }
      const record = await trainer.run().catch(async (error) => {
        if (error instanceof NotFiniteError) await save();
        throw error;
      });
      await log.add({ kind: 'step', ...record });
      onEvent?.({ kind: 'step', ...record });
      const isLast = record.step === run.totalSteps;
      if (isLast || record.step % run.validateEvery === 0) {
        last = await measure();
        await log.add({ kind: 'validation', ...last });
        onEvent?.({ kind: 'validation', ...last });
      }
      if (isLast || record.step % run.checkpointEvery === 0) await save();
    }
  } finally {
    await log.close();
  }
  // a run that was at its end already has measured nothing
  return { weights: await present(), last: last ?? (await measure()) };
}

function infoOf(run: PretrainingRun): CheckpointInfo {
  const [{ prepared }, ...further] = run.renderings;
  return {
    config: run.config,
    labelRange: labelRange(run.splits.train),
    trainedOn: `${prepared.source.description}, frame by frame`,
    seed: run.seed,
    step: 0,
    data: describeTrainingData({
      source: prepared.source,
      furtherSeeds: further.map(({ seed }) => seed),
      split: run.split,
      trained: run.splits.train,
      selecting: [],
      calibrating: [],
      before: run.initial?.info.data,
    }),
    notes: { pretraining: pretrainingSettings(run) },
  };
}

/** Random weights with measured statistics, given weights, or the state of the run that is resumed. */
async function initialState(run: PretrainingRun, reader: FrameReader): Promise<Float32Array | TrainerState> {
  const { model, layout } = reader;
  const last = await loadCheckpoint(run.store, runFiles.last);
  if (last) {
    loadTensors(model, last.tensors);
    const parameters = last.optimiser.get(PARAMETERS)!.data as Float32Array;
    return { parameters, adam: adamOf(last.optimiser, last.info.step) };
  }
  if (run.initial) loadTensors(model, run.initial.tensors);
  else {
    const { config, splits, seed } = run;
    const { prepared } = run.renderings[0];
    await measureStatistics(
      { config, splits, seed, prepared, onNote: (text) => run.onEvent?.({ kind: 'note', text }) },
      model,
    );
  }
  return layout.read();
}

/** Kept beside the weights to resume from: the parameters in the order of the layout, which has the reading layer too. */
const PARAMETERS = 'parameters';

/** Correlation of what is read with what is shown, over all frames of the validation clips that show it. */
async function validate(
  { config: { input }, renderings: [{ prepared, seed }], splits }: PretrainingRun,
  readers: readonly Reader[],
  parameters: Float32Array,
): Promise<ReadingRecord['readings']> {
  await Promise.all(readers.map((reader) => reader.setParameters(parameters)));
  const reads = new Map<string, Float32Array>();
  await spreadOver(readers, splits.validation, async (reader, { id }) => {
    reads.set(id, await reader.read(centreFrames(await prepared.get(id), input.transform)));
  });
  const seen = frameReadings.map(() => ({ read: [] as number[], shown: [] as number[] }));
  for (const clip of splits.validation) {
    const { values, weights } = truthOfClip(clip, input, seed);
    for (const [at, value] of values.entries()) {
      if (weights[at] === 0) continue;
      const column = seen[at % frameReadings.length]!;
      column.read.push(reads.get(clip.id)![at]!);
      column.shown.push(value);
    }
  }
  return Object.fromEntries(
    frameReadings.map((reading, column) => {
      const { read, shown } = seen[column]!;
      const found = read.length < 2 ? Number.NaN : pearson(read, shown);
      return [reading, Number.isNaN(found) ? null : found];
    }),
  );
}
