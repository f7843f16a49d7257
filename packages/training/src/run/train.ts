import type { Clip, ClipSplit } from '@mcore/clips';
import { validationHalves } from '@mcore/clips';
import type { EngineName } from '@mcore/engines';
import {
  type Checkpoint,
  type CheckpointInfo,
  exportWeights,
  isBackboneWeight,
  MCoRe,
  type MCoReConfig,
} from '@mcore/model';
import type { PreparedClips } from '../data/prepared-clips.js';
import { RunFiles } from '../files/run-files.js';
import { pairMaker } from '../pairs.js';
import type { ParameterLayout } from '../parameter-layout.js';
import { layoutOf } from '../replica.js';
import { createReplicas } from '../threads/replicas.js';
import { type StepRecord, Trainer } from '../trainer.js';
import { type Conclusion, conclude } from './conclude.js';
import { TrainingSession } from './session.js';
import { startingPoint } from './start.js';

export { INTERVAL_LEVEL } from './conclude.js';

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
  /** Steps between weights that are kept for good, in `series/`; none are where it is left out. */
  keepEvery?: number;
  /** Looks at validation without a better one after which training ends early; never where it is left out. */
  patience?: number;
  /** Only the best weights are expected, as for a row of the benchmark: no intervals are calibrated and no bank is filled. */
  weightsOnly?: boolean;
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

/** How training ended; a run for weights only concludes nothing. */
export interface TrainingResult extends Conclusion {
  files: RunFiles;
  /** Steps done, all runs together. */
  steps: number;
  /** It ended before its last step, since validation had not become better for so many looks. */
  stoppedEarly: boolean;
  bestStep: number;
  bestSrcc: number;
}

/**
 * Trains, keeping the last checkpoint, the best on one half of validation and, if asked, a series; then calibrates intervals on
 * the other half and fills the exemplar bank. No test clip is looked at.
 */
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
  const halves = validationHalves(run.splits.validation, run.seed);
  const replicas = await createReplicas({ info, tensors: await exportWeights(model) }, run);
  try {
    const trainer = new Trainer(start.state, {
      optimiser: run.config.optimiser,
      totalSteps: run.totalSteps,
      learningRates: learningRates(run.config, layout),
      replicas,
      inputsOf: pairMaker(run),
    });
    const parts = { run, files, model, layout, replicas, trainer, info, selecting: halves.selecting };
    const { best, stoppedEarly } = await new TrainingSession(parts, start.selection).run();
    const conclusion: Conclusion = run.weightsOnly
      ? { calibrationClips: [] }
      : await conclude(run, { files, model, layout, replicas }, halves.calibrating);
    return { files, ...conclusion, steps: trainer.step, stoppedEarly, bestStep: best.step, bestSrcc: best.srcc };
  } finally {
    await Promise.all(replicas.map((replica) => replica.dispose()));
    model.dispose();
  }
}

function learningRates(config: MCoReConfig, layout: ParameterLayout): Float32Array {
  const { learningRate, backboneLearningRate } = config.optimiser;
  return layout.fill((name) => (isBackboneWeight(name) ? backboneLearningRate : learningRate));
}

function describeTrainingClips({ prepared, variants = [] }: TrainingRun): string {
  const { description } = prepared.source;
  return variants.length === 0 ? description : `${description} and ${variants.length} further seeds`;
}

/** The lowest and the highest score. */
export function labelRange(clips: readonly Clip[]): { min: number; max: number } {
  const scores = clips.map((clip) => clip.score);
  return { min: Math.min(...scores), max: Math.max(...scores) };
}
