import type { ClipSplit } from '@mcore/clips';
import type { EngineName } from '@mcore/engines';
import { DataError } from '@mcore/errors';
import { pearson } from '@mcore/metrics';
import {
  type Checkpoint,
  type CheckpointInfo,
  exportWeights,
  loadTensors,
  MCoRe,
  type MCoReConfig,
} from '@mcore/model';
import { type FrameReading, frameReadings } from '@mcore/rendered-dives';
import { adamOf, adamTensors, flatTensor } from '../adam-tensors.js';
import { RunFiles, readCheckpoint, writeCheckpoint } from '../files/run-files.js';
import { FrameReader, type ReadingLosses, type WindowBatch } from '../frame-reader.js';
import { centreFrames, spreadOver } from '../inference.js';
import { NotFiniteError } from '../not-finite-error.js';
import { createReaders, type Reader } from '../threads/readers.js';
import { type StepRecord, Trainer, type TrainerState } from '../trainer.js';
import { measureStatistics } from './start.js';
import { labelRange } from './train.js';
import { type Rendering, truthOfClip, windowMaker } from './windows.js';

/** What of a pretraining decides its numbers; a run is only gone on with under the same. */
export interface PretrainingSettings {
  totalSteps: number;
  /** Windows a step. */
  batchSize: number;
  /** Frames a window. */
  windowFrames: number;
  learningRate: number;
  seed: number;
}

/** Everything a pretraining is made of. */
export interface PretrainingRun extends PretrainingSettings {
  config: MCoReConfig;
  /** The clips as drawn with one seed or more; validation looks at the first. */
  renderings: readonly [Rendering, ...Rendering[]];
  splits: ClipSplit;
  /** Folder for checkpoint and log. */
  out: string;
  engine: EngineName;
  workers: number;
  checkpointEvery: number;
  validateEvery: number;
  /** Go on from the checkpoint in `out`, which is there. */
  resume: boolean;
  /** Weights to start from instead of random ones. */
  initial?: Checkpoint;
  onStep?: (record: StepRecord<ReadingLosses>) => void;
  onValidation?: (record: ReadingRecord) => void;
  onNote?: (text: string) => void;
}

/** How well frames of validation clips are read. */
export interface ReadingRecord {
  step: number;
  /** Pearson correlation over the frames in which a value can be seen; null where all are alike. */
  readings: Partial<Record<FrameReading, number | null>>;
}

/** Warm-up, and the norm that gradients are clipped to: those of training from random weights. */
const OPTIMISER = { schedule: 'cosine', warmupSteps: 30, gradientNorm: 5 } as const;

/**
 * Teaches a backbone to read what single frames of rendered dives show, of which the renderer knows the truth, so that training on
 * scores starts from a network that sees. Only training clips are learned from; validation clips are only looked at.
 */
export async function pretrain(run: PretrainingRun): Promise<{ weights: string; last: ReadingRecord }> {
  const files = new RunFiles(run.out);
  await files.create();
  const model = new MCoRe(run.config, { seed: run.seed });
  const reader = new FrameReader(model, { readings: frameReadings.length });
  const { layout } = reader;
  const state = await startingPoint(run, files, reader);
  const info: CheckpointInfo = {
    config: run.config,
    labelRange: labelRange(run.splits.train),
    trainedOn: `${run.renderings[0].prepared.source.description}, frame by frame`,
    seed: run.seed,
    step: 0,
    notes: { pretraining: settingsOf(run) },
  };
  const readers = await createReaders(
    { info, tensors: await exportWeights(model) },
    { engine: run.engine, workers: run.workers, readings: frameReadings.length },
  );
  const trainer = new Trainer<WindowBatch, ReadingLosses>(state, {
    optimiser: { ...OPTIMISER, learningRate: run.learningRate },
    totalSteps: run.totalSteps,
    learningRates: layout.fill(() => run.learningRate),
    replicas: readers,
    inputsOf: windowMaker({ ...run, input: run.config.input, clips: run.splits.train }),
  });
  const save = async () => {
    const { parameters, adam } = trainer.state();
    layout.write(parameters);
    const tensors = await exportWeights(model);
    const optimiser = new Map([[PARAMETERS, flatTensor(parameters)], ...adamTensors(adam)]);
    await writeCheckpoint(files.last, { info: { ...info, step: adam.step }, tensors, optimiser });
  };
  try {
    const look = async (): Promise<ReadingRecord> => ({
      step: trainer.step,
      readings: await validate(run, readers, trainer.parameters),
    });
    let last: ReadingRecord | undefined;
    while (trainer.step < run.totalSteps) {
      const record = await trainer.run().catch(async (error) => {
        if (error instanceof NotFiniteError) await save();
        throw error;
      });
      await files.append({ kind: 'step', ...record });
      run.onStep?.(record);
      const isLast = record.step === run.totalSteps;
      if (isLast || record.step % run.validateEvery === 0) {
        last = await look();
        await files.append({ kind: 'validation', ...last });
        run.onValidation?.(last);
      }
      if (isLast || record.step % run.checkpointEvery === 0) await save();
    }
    // a run that was at its end already has not looked
    return { weights: files.last, last: last ?? (await look()) };
  } finally {
    await Promise.all(readers.map((each) => each.dispose()));
    reader.dispose();
    model.dispose();
  }
}

/** Random weights with measured statistics, given weights, or the state of the run that is gone on with. */
async function startingPoint(
  run: PretrainingRun,
  files: RunFiles,
  reader: FrameReader,
): Promise<Float32Array | TrainerState> {
  const { model, layout } = reader;
  if (run.resume) {
    const { info, tensors, optimiser } = await readCheckpoint(files.last);
    assertSameSettings(run, info, files.last);
    loadTensors(model, tensors);
    await files.rewindLog(info.step);
    run.onNote?.(`Going on after step ${info.step}`);
    const parameters = optimiser.get(PARAMETERS)!.data as Float32Array;
    return { parameters, adam: adamOf(optimiser, info.step) };
  }
  await files.rewindLog(-1);
  if (run.initial) loadTensors(model, run.initial.tensors);
  else await measureStatistics({ ...run, prepared: run.renderings[0].prepared }, model);
  return layout.read();
}

/** Kept beside the weights to go on from: the parameters in the order of the layout, which has the reading layer too. */
const PARAMETERS = 'parameters';

function settingsOf({ totalSteps, batchSize, windowFrames, learningRate, seed, renderings, splits }: PretrainingRun) {
  const seeds = renderings.map((rendering) => rendering.seed);
  return { totalSteps, batchSize, windowFrames, learningRate, seed, seeds, trainClips: splits.train.length };
}

function assertSameSettings(run: PretrainingRun, { notes }: CheckpointInfo, path: string): void {
  const before = JSON.stringify(notes?.pretraining);
  const now = JSON.stringify(settingsOf(run));
  if (before !== now) {
    throw new DataError(`mcore pretrain: expected the settings of ${path} to go on with it, ${before}, got ${now}.`);
  }
}

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
