import type { Clip } from '@mcore/clips';
import { framesTensor, loadTensors, type MCoRe, type MCoReConfig } from '@mcore/model';
import { normalizeFrames } from '@mcore/ops';
import { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';
import { centreFrames } from '../compute/inference.js';
import type { ParameterLayout } from '../compute/parameter-layout.js';
import { adamOf, averageOf } from '../optimizer/adam-tensors.js';
import type { TrainerState } from '../optimizer/trainer.js';
import { loadCheckpoint, runFiles } from '../run/run-store.js';
import type { FitRun } from './fit-run.js';
import type { Selection } from './session.js';

/** Clips that normalisation statistics are measured on where no pretrained weights are given. */
const STATISTICS_CLIPS = 64;
/** Of them, how many at a time at most. */
const STATISTICS_BATCH = 8;
/** Pixels of the clips at a time, at most: a backbone of the paper's size needs about 200 bytes for each. */
const STATISTICS_PIXELS = 5e6;

/** Where a run begins. */
interface InitialState {
  state: Float32Array | TrainerState;
  selection: Selection;
}

/** Random weights with measured statistics, given weights, or the state of the run that is resumed. */
export async function initialState(run: FitRun, model: MCoRe, layout: ParameterLayout): Promise<InitialState> {
  const last = await loadCheckpoint(run.store, runFiles.last);
  if (last) {
    loadTensors(model, last.tensors);
    const { best = { step: 0, srcc: Number.NaN }, looks = 0 } = (last.info.notes ?? {}) as Partial<Selection>;
    return {
      state: {
        parameters: await layout.read(),
        adam: adamOf(last.optimiser, last.info.step),
        ...averageOf(last.optimiser),
      },
      // NaN is null in JSON
      selection: { best: { ...best, srcc: best.srcc ?? Number.NaN }, looks },
    };
  }
  const { initial, config, splits } = run;
  if (initial) loadTensors(model, initial.tensors);
  else await measureStatistics({ ...run, onNote: (text) => run.onEvent?.({ kind: 'note', text }) }, model);
  const isTaught = initial?.info.config.regression === 'exemplar-free' && !initial.info.notes?.pretraining;
  if (config.regression === 'exemplar-free' && !isTaught) model.startFromScore(meanScore(splits.train));
  return { state: await layout.read(), selection: { best: { step: 0, srcc: Number.NaN }, looks: 0 } };
}

/** What statistics are measured on. */
export type StatisticsRun = Pick<FitRun, 'config' | 'prepared' | 'splits' | 'seed'> & {
  onNote: (text: string) => void;
};

/** Sets the backbone's normalisation to what its layers see of some training clips. */
export async function measureStatistics(run: StatisticsRun, model: MCoRe): Promise<void> {
  const clips = Random.for(run.seed, 'statistics').sample(run.splits.train, STATISTICS_CLIPS);
  run.onNote(`Measuring normalization statistics on ${clips.length} training clips`);
  async function* batches(): AsyncGenerator<tf.Tensor5D> {
    const atOnce = statisticsBatch(run.config.input);
    for (let first = 0; first < clips.length; first += atOnce) {
      const some = clips.slice(first, first + atOnce);
      const prepared = await Promise.all(some.map((clip) => run.prepared.get(clip.id)));
      const frames = prepared.map((clip) => centreFrames(clip, run.config.input.transform));
      const batch = tf.tidy(() => normalizeFrames(tf.concat(frames.map(framesTensor), 0)) as tf.Tensor5D);
      yield batch;
      batch.dispose();
    }
  }
  await model.backbone.measureStatistics(batches());
}

/** Clips whose statistics are measured together: as many as memory allows, at least one. */
export function statisticsBatch({ frames, transform: { crop } }: MCoReConfig['input']): number {
  const pixels = frames * crop.height * crop.width;
  return Math.min(STATISTICS_BATCH, Math.max(1, Math.floor(STATISTICS_PIXELS / pixels)));
}

function meanScore(clips: readonly Clip[]): number {
  return clips.reduce((sum, { score }) => sum + score, 0) / clips.length;
}
