import { type Clip, validationHalves } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { type CheckpointInfo, describeTrainingData, exportWeights, MCoRe, type TrainingData } from '@mcore/model';
import { layoutOf, type Replica } from '../compute/replica.js';
import { learningRates } from '../optimizer/learning-rate.js';
import { Trainer } from '../optimizer/trainer.js';
import { openRun, type ResumeMode } from '../run/run-settings.js';
import { type FinalizedWeights, finalize } from './finalize.js';
import type { FitRun } from './fit-run.js';
import { fitSettings } from './fit-settings.js';
import { pairMaker } from './pairs.js';
import { TrainingSession } from './session.js';
import { initialState } from './start.js';
import { FEW_CLIPS, validationNeed } from './training-needs.js';

/** How training ended. */
interface FinishedRun extends FinalizedWeights {
  /** Steps done, all runs together. */
  steps: number;
  /** It ended before its last step, since validation had not improved for `patience` evaluations. */
  stoppedEarly: boolean;
  bestStep: number;
  bestSrcc: number;
}

/**
 * Trains, keeping the last checkpoint, the best on one half of validation and, if asked, a series; then calibrates intervals on
 * the other half and fills the exemplar bank. No test clip has a part in it.
 *
 * @param mode - What to do with a run that is there.
 * @throws DataError if there are fewer than two validation clips; McoreError `ERR_MCORE_SETTINGS` if the run that is there
 *   has other settings.
 */
export async function runFit(run: FitRun, mode: ResumeMode): Promise<FinishedRun> {
  const halves = validationHalves(run.splits.validation, run.split.seed);
  if (!run.keepsLast) assertEnoughValidation(run, halves.selecting);
  const { prepared, variants = [], splits, onEvent } = run;
  const settings = await fitSettings(run);
  // a run of other settings is refused before clips are prepared, and one is removed only when they are
  if (mode === 'resume') await openRun(run.store, settings, mode, ['steps', 'patience']);
  // dense clips are prepared when they are first needed
  const needed = run.dense ? splits.validation : [...splits.train, ...splits.validation];
  const size = await prepared.sizeNote?.(needed);
  if (size !== undefined) onEvent?.({ kind: 'note', text: size });
  await prepared.makeAll(needed, (done, total) => onEvent?.({ kind: 'preparing', done, total }));
  if (variants.length > 0) {
    const text = `${variants.length} further renderings of the training clips, drawn when first needed`;
    onEvent?.({ kind: 'note', text });
  }
  if (mode === 'start-over') await openRun(run.store, settings, mode);
  const model = new MCoRe(run.config, { seed: run.seed });
  const layout = layoutOf(model);
  let replicas: Replica[] = [];
  try {
    const start = await initialState(run, model, layout);
    const info: CheckpointInfo = {
      config: run.config,
      labelRange: labelRange(run.splits.train),
      trainedOn: describeClips(run),
      seed: run.seed,
      step: start.state instanceof Float32Array ? 0 : start.state.adam.step,
      data: dataOf(run, halves),
      notes: { totalSteps: run.totalSteps, trainClips: run.splits.train.length },
    };
    const learner = { info, tensors: await exportWeights(model) };
    replicas = await run.createReplicas(learner, run.loss && { loss: run.loss });
    const trainer = new Trainer(start.state, {
      optimiser: run.config.optimiser,
      totalSteps: run.totalSteps,
      learningRates: learningRates(run.config.optimiser, layout),
      replicas,
      inputsOf: pairMaker(run),
    });
    const context = { run, model, layout, replicas, trainer, info, selecting: halves.selecting };
    const { best, stoppedEarly } = await new TrainingSession(context, start.selection).run();
    const finalized = await finalize(run, { model, layout, replicas }, halves.calibrating);
    return { ...finalized, steps: trainer.step, stoppedEarly, bestStep: best.step, bestSrcc: best.srcc };
  } finally {
    await Promise.all(replicas.map((replica) => replica.dispose()));
    model.dispose();
  }
}

/** Refuses to train without clips to choose weights by, and says by how many they are chosen where those are few. */
function assertEnoughValidation({ splits, onEvent }: FitRun, selecting: readonly Clip[]): void {
  const { train, validation } = splits;
  const need = validationNeed(train, validation);
  if (need !== undefined) throw new DataError(`fit: expected ${need}.`);
  if (selecting.length >= FEW_CLIPS) return;
  onEvent?.({
    kind: 'note',
    text: `${selecting.length} validation clips choose the best weights by their mean error: too few for a rank correlation. For few clips, cross-validate (--folds)`,
  });
}

function dataOf(run: FitRun, halves: ReturnType<typeof validationHalves>): TrainingData {
  return describeTrainingData({
    source: run.prepared.source,
    furtherSeeds: (run.variants ?? []).flatMap(({ source }) => (source.rendering ? [source.rendering.seed] : [])),
    split: run.split,
    trained: run.splits.train,
    selecting: halves.selecting,
    calibrating: run.weightsOnly ? [] : halves.calibrating,
    before: run.initial?.info.data,
  });
}

function describeClips({ prepared, variants = [] }: FitRun): string {
  const { description } = prepared.source;
  return variants.length === 0 ? description : `${description} and ${variants.length} further seeds`;
}

/** The lowest and the highest score. */
export function labelRange(clips: readonly Clip[]): { min: number; max: number } {
  const scores = clips.map((clip) => clip.score);
  return { min: Math.min(...scores), max: Math.max(...scores) };
}
