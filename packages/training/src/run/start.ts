import { existsSync } from 'node:fs';
import type { Clip } from '@mcore/clips';
import { framesTensor, loadTensors, type MCoRe, type MCoReConfig } from '@mcore/model';
import { normalizeFrames } from '@mcore/ops';
import { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';
import { adamOf } from '../adam-tensors.js';
import { type RunFiles, readCheckpoint } from '../files/run-files.js';
import { centreFrames } from '../inference.js';
import type { ParameterLayout } from '../parameter-layout.js';
import type { TrainerState } from '../trainer.js';
import type { Selection } from './session.js';
import type { TrainingRun } from './train.js';

/** Clips that normalisation statistics are measured on where no pretrained weights are given. */
const STATISTICS_CLIPS = 64;
/** Of them, how many at a time at most. */
const STATISTICS_BATCH = 8;
/** Pixels of the clips at a time, at most: a backbone of the paper's size needs about 200 bytes for each. */
const STATISTICS_PIXELS = 5e6;

/** Random weights with measured statistics, given weights, or the state of the run that is gone on with. */
export async function startingPoint(
  run: TrainingRun,
  files: RunFiles,
  model: MCoRe,
  layout: ParameterLayout,
): Promise<{ state: Float32Array | TrainerState; selection: Selection }> {
  if (run.resume && existsSync(files.last)) return resumed(run, files, model, layout);
  if (run.resume) run.onNote?.('No checkpoint was written yet: starting over');
  await files.rewindLog(-1);
  if (run.initial) loadTensors(model, run.initial.tensors);
  else {
    await measureStatistics(run, model);
    if (run.config.regression === 'exemplar-free') model.startFromScore(meanScore(run.splits.train));
  }
  return { state: await layout.read(), selection: { best: { step: 0, srcc: Number.NaN }, looks: 0 } };
}

async function resumed(
  run: TrainingRun,
  files: RunFiles,
  model: MCoRe,
  layout: ParameterLayout,
): Promise<{ state: TrainerState; selection: Selection }> {
  const { info, tensors, optimiser } = await readCheckpoint(files.last);
  loadTensors(model, tensors);
  await files.rewindLog(info.step);
  const { best = { step: 0, srcc: Number.NaN }, looks = 0 } = (info.notes ?? {}) as Partial<Selection>;
  run.onNote?.(`Going on after step ${info.step}`);
  return {
    state: { parameters: await layout.read(), adam: adamOf(optimiser, info.step) },
    // NaN is null in JSON
    selection: { best: { ...best, srcc: best.srcc ?? Number.NaN }, looks },
  };
}

/** What statistics are measured on. */
export type StatisticsRun = Pick<TrainingRun, 'config' | 'prepared' | 'splits' | 'seed' | 'onNote'>;

/** Sets the backbone's normalisation to what its layers see of some training clips. */
export async function measureStatistics(run: StatisticsRun, model: MCoRe): Promise<void> {
  const clips = Random.for(run.seed, 'statistics').sample(run.splits.train, STATISTICS_CLIPS);
  run.onNote?.(`Measuring normalisation statistics on ${clips.length} training clips`);
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
