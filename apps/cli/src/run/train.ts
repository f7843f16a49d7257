import { rm } from 'node:fs/promises';
import { type Clip, type ClipSplit, chooseAugmentation, transformFrames } from '@mcore/clips';
import type { EngineName } from '@mcore/engines';
import { conformalRadius, spearman } from '@mcore/metrics';
import {
  type Calibration,
  type Checkpoint,
  type CheckpointInfo,
  exportWeights,
  framesTensor,
  isBackboneWeight,
  loadTensors,
  MCoRe,
  type MCoReConfig,
  weightsId,
} from '@mcore/model';
import { normalizeFrames } from '@mcore/ops';
import { Random } from '@mcore/random';
import type { SafeTensor } from '@mcore/safetensors';
import {
  type ClipInput,
  layoutOf,
  type PairInput,
  PairSampler,
  type ParameterLayout,
  type Replica,
  type StepRecord,
  Trainer,
  type TrainerState,
} from '@mcore/training';
import * as tf from '@tensorflow/tfjs-core';
import { createReplicas } from '../compute/replicas.js';
import { writeFileAtomically } from '../data/atomic-file.js';
import type { PreparedClips } from '../data/prepared-clips.js';
import { buildBank, centreFrames, describeClips } from './inference.js';
import { type PredictedClip, predictClips, sampledTransitions } from './predict-clips.js';
import { RunFiles, readCheckpoint, writeCheckpoint } from './run-files.js';

/** Everything a training run is made of. */
export interface TrainingRun {
  config: MCoReConfig;
  prepared: PreparedClips;
  /** The same clips pictured otherwise (rendered with other seeds): each training clip is taken from any of these or `prepared`. */
  variants?: readonly PreparedClips[];
  splits: ClipSplit;
  /** Folder for checkpoints, bank and log. */
  out: string;
  seed: number;
  totalSteps: number;
  engine: EngineName;
  workers: number;
  /** Steps between checkpoints to resume from. */
  checkpointEvery: number;
  /** Steps between looks at validation. */
  validateEvery: number;
  /** Go on from the last checkpoint in `out`. */
  resume: boolean;
  /** Weights to start from instead of random ones; their normalisation statistics are kept. */
  initial?: Checkpoint;
  onStep?: (record: StepRecord) => void;
  onValidation?: (record: ValidationRecord) => void;
  onNote?: (text: string) => void;
}

/** What a look at validation found. */
export interface ValidationRecord {
  step: number;
  srcc: number;
  /** Best so far, this one included. */
  best: number;
}

/** How training ended. */
export interface TrainingResult {
  files: RunFiles;
  /** The exemplar bank; exemplar-free weights have none. */
  bank?: string;
  /** Steps done, all runs together. */
  steps: number;
  bestStep: number;
  bestSrcc: number;
  /** Absent where there are too few validation clips for the level. */
  calibration?: Calibration;
}

/** Clips that normalisation statistics are measured on where no pretrained weights are given. */
const STATISTICS_CLIPS = 64;
/** Of them, how many at a time. */
const STATISTICS_BATCH = 8;
/** Level of the interval that scores are printed with. */
export const INTERVAL_LEVEL = 0.9;

/** Trains, keeping the last checkpoint and the best on validation; then calibrates intervals and fills the exemplar bank. */
export async function train(run: TrainingRun): Promise<TrainingResult> {
  const files = new RunFiles(run.out);
  await files.create();
  const model = new MCoRe(run.config, { seed: run.seed });
  const layout = layoutOf(model);
  const start = await startingPoint(run, files, model, layout);
  const info: CheckpointInfo = {
    config: run.config,
    labelRange: labelRange(run.splits.train),
    trainedOn: describeTrainingClips(run),
    seed: run.seed,
    step: start.state instanceof Float32Array ? 0 : start.state.adam.step,
    notes: { totalSteps: run.totalSteps, trainClips: run.splits.train.length },
  };
  const replicas = await createReplicas({ info, tensors: await exportWeights(model) }, run);
  try {
    const trainer = new Trainer(start.state, {
      optimiser: run.config.optimiser,
      totalSteps: run.totalSteps,
      learningRates: learningRates(run.config, layout),
      replicas,
      pairsOf: pairMaker(run),
    });
    const session = new Session(run, files, model, layout, replicas, trainer, info, start.best);
    return await session.finish();
  } finally {
    await Promise.all(replicas.map((replica) => replica.dispose()));
    model.dispose();
  }
}

interface Best {
  step: number;
  srcc: number;
}

/** The loop with its files: steps, log, checkpoints, validation. */
class Session {
  readonly #run: TrainingRun;
  readonly #files: RunFiles;
  readonly #model: MCoRe;
  readonly #layout: ParameterLayout;
  readonly #replicas: readonly Replica[];
  readonly #trainer: Trainer;
  readonly #info: CheckpointInfo;
  #best: Best;

  constructor(
    run: TrainingRun,
    files: RunFiles,
    model: MCoRe,
    layout: ParameterLayout,
    replicas: readonly Replica[],
    trainer: Trainer,
    info: CheckpointInfo,
    best: Best,
  ) {
    this.#run = run;
    this.#files = files;
    this.#model = model;
    this.#layout = layout;
    this.#replicas = replicas;
    this.#trainer = trainer;
    this.#info = info;
    this.#best = best;
  }

  async finish(): Promise<TrainingResult> {
    const { totalSteps, checkpointEvery, validateEvery, onStep } = this.#run;
    while (this.#trainer.step < totalSteps) {
      const record = await this.#trainer.run();
      await this.#files.append({ kind: 'step', ...record });
      onStep?.(record);
      const last = record.step === totalSteps;
      if (last || record.step % validateEvery === 0) await this.#validate();
      if (last || record.step % checkpointEvery === 0) await this.#saveLast();
    }
    return this.#conclude();
  }

  /** Validates the present weights and keeps them if they are the best yet. */
  async #validate(): Promise<void> {
    const predicted = await this.#predictValidation();
    const srcc = spearman(
      predicted.map((clip) => clip.predictedScore),
      predicted.map((clip) => clip.trueScore),
    );
    const step = this.#trainer.step;
    // an undefined correlation (all predictions equal) still leaves a first checkpoint behind
    if (this.#best.step === 0 || srcc > this.#best.srcc) {
      this.#best = { step, srcc };
      const checkpoint = { info: { ...this.#info, step }, tensors: await exportWeights(this.#model) };
      await writeCheckpoint(this.#files.best, { ...checkpoint, optimiser: new Map() });
    }
    const record = { step, srcc, best: this.#best.srcc };
    await this.#files.append({ kind: 'validation', ...record });
    this.#run.onValidation?.(record);
  }

  async #predictValidation(): Promise<PredictedClip[]> {
    const { prepared, splits, seed } = this.#run;
    this.#layout.write(this.#trainer.parameters);
    await Promise.all(this.#replicas.map((replica) => replica.setParameters(this.#trainer.parameters)));
    const setup = { model: this.#model, replicas: this.#replicas, prepared, train: splits.train, exemplars: seed };
    return predictClips(splits.validation, setup);
  }

  async #saveLast(): Promise<void> {
    const { parameters, adam } = this.#trainer.state();
    this.#layout.write(parameters);
    const notes = { ...this.#info.notes, best: this.#best };
    const optimiser = new Map<string, SafeTensor>([
      ['mean', { dtype: 'F32', shape: [adam.mean.length], data: adam.mean }],
      ['square', { dtype: 'F32', shape: [adam.square.length], data: adam.square }],
    ]);
    const info = { ...this.#info, step: adam.step, notes };
    await writeCheckpoint(this.#files.last, { info, tensors: await exportWeights(this.#model), optimiser });
  }

  /** Goes back to the best weights, measures how far off they are on validation, and fills the bank. */
  async #conclude(): Promise<TrainingResult> {
    const { prepared, splits, onNote, seed } = this.#run;
    onNote?.('Calibrating intervals on validation clips and filling the exemplar bank');
    const best = await readCheckpoint(this.#files.best);
    loadTensors(this.#model, best.tensors);
    const parameters = await this.#layout.read();
    await Promise.all(this.#replicas.map((replica) => replica.setParameters(parameters)));
    const setup = { model: this.#model, replicas: this.#replicas, prepared, train: splits.train, exemplars: seed };
    const calibration = calibrate(await predictClips(splits.validation, setup));
    const { transform } = this.#model.config.input;
    const hasBank = this.#run.config.regression === 'exemplars';
    // one of a run before would be of other weights
    if (!hasBank) await rm(this.#files.bank, { force: true });
    else {
      const bank = await buildBank(splits.train, this.#model.regressionShape, await weightsId(best.tensors), (clips) =>
        describeClips(clips, prepared, transform, this.#replicas),
      );
      await writeFileAtomically(this.#files.bank, bank.encode());
    }
    await writeCheckpoint(this.#files.best, { ...best, info: { ...best.info, ...calibration } });
    return {
      files: this.#files,
      ...(hasBank ? { bank: this.#files.bank } : {}),
      steps: this.#trainer.step,
      bestStep: this.#best.step,
      bestSrcc: this.#best.srcc,
      ...calibration,
    };
  }
}

/** The interval that holds the wanted share of validation clips; none where they are too few to say. */
function calibrate(clips: readonly PredictedClip[]): { calibration?: Calibration } {
  const residuals = clips.map((clip) => clip.predictedScore - clip.trueScore);
  const halfWidth = conformalRadius(residuals, INTERVAL_LEVEL);
  return Number.isFinite(halfWidth)
    ? { calibration: { level: INTERVAL_LEVEL, halfWidth, clips: residuals.length } }
    : {};
}

/** Random weights with measured statistics, given weights, or the state of the run that is gone on with. */
async function startingPoint(
  run: TrainingRun,
  files: RunFiles,
  model: MCoRe,
  layout: ParameterLayout,
): Promise<{ state: Float32Array | TrainerState; best: Best }> {
  if (run.resume) {
    const { info, tensors, optimiser } = await readCheckpoint(files.last);
    loadTensors(model, tensors);
    await files.rewindLog(info.step);
    const mean = optimiser.get('mean')!.data as Float32Array;
    const square = optimiser.get('square')!.data as Float32Array;
    const best = (info.notes?.best ?? { step: 0, srcc: Number.NaN }) as Best;
    run.onNote?.(`Going on after step ${info.step}`);
    return { state: { parameters: await layout.read(), adam: { step: info.step, mean, square } }, best };
  }
  await files.rewindLog(-1);
  if (run.initial) loadTensors(model, run.initial.tensors);
  else {
    await measureStatistics(run, model);
    if (run.config.regression === 'exemplar-free') model.startFromScore(meanScore(run.splits.train));
  }
  return { state: await layout.read(), best: { step: 0, srcc: Number.NaN } };
}

async function measureStatistics(run: TrainingRun, model: MCoRe): Promise<void> {
  const clips = Random.for(run.seed, 'statistics').sample(run.splits.train, STATISTICS_CLIPS);
  run.onNote?.(`Measuring normalisation statistics on ${clips.length} training clips`);
  async function* batches(): AsyncGenerator<tf.Tensor5D> {
    for (let first = 0; first < clips.length; first += STATISTICS_BATCH) {
      const some = clips.slice(first, first + STATISTICS_BATCH);
      const prepared = await Promise.all(some.map((clip) => run.prepared.get(clip.id)));
      const frames = prepared.map((clip) => centreFrames(clip, run.config.input.transform));
      const batch = tf.tidy(() => normalizeFrames(tf.concat(frames.map(framesTensor), 0)) as tf.Tensor5D);
      yield batch;
      batch.dispose();
    }
  }
  await model.backbone.measureStatistics(batches());
}

function learningRates(config: MCoReConfig, layout: ParameterLayout): Float32Array {
  const { learningRate, backboneLearningRate } = config.optimiser;
  return layout.fill((name) => (isBackboneWeight(name) ? backboneLearningRate : learningRate));
}

function meanScore(clips: readonly Clip[]): number {
  return clips.reduce((sum, { score }) => sum + score, 0) / clips.length;
}

function describeTrainingClips({ prepared, variants = [] }: TrainingRun): string {
  const { description } = prepared.source;
  return variants.length === 0 ? description : `${description} and ${variants.length} further seeds`;
}

function labelRange(clips: readonly Clip[]): { min: number; max: number } {
  const scores = clips.map((clip) => clip.score);
  return { min: Math.min(...scores), max: Math.max(...scores) };
}

/** The augmented pairs of every step, a function of seed and step alone. */
function pairMaker(run: TrainingRun): (step: number) => Promise<PairInput[]> {
  const { config, prepared, variants = [], seed } = run;
  const sampler = new PairSampler(run.splits.train, seed);
  const transitionsOf = sampledTransitions(config.input.frames);
  const input = async (clip: Clip, random: Random): Promise<ClipInput> => {
    const { transform } = config.input;
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
        dropoutSeed: [seed, 'dropout', step, slot].join(' '),
      })),
    );
}
