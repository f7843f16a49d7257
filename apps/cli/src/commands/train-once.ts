import type { ClipSource } from '@mcore/clips';
import type { Engine } from '@mcore/engines';
import type { FitResult, ResumeMode } from '@mcore/training';
import {
  fit,
  type RunFiles,
  readCheckpoint,
  saveSettings,
  settingsPath,
  type TrainSettings,
  writeTrainingReport,
} from '@mcore/training/node';
import { fitProgress } from '../terminal/run-progress.js';
import { sourceOf } from './options.js';

/** Where a training runs and what it can be stopped by. */
export interface TrainingPlace {
  files: RunFiles;
  mode: ResumeMode;
  engine: Engine;
  signal: AbortSignal;
  /** The clips, where they are not those that the settings name, as in a fold. */
  source?: ClipSource;
}

/** A training that has ended. */
export interface TrainedRun {
  outcome: FitResult;
  /** Steps that were asked for. */
  totalSteps: number;
  /** The page about it. */
  report?: string;
}

/** Trains with a command's settings, shows how far it is, and keeps the settings and a page with the run. */
export async function trainOnce(settings: TrainSettings, place: TrainingPlace): Promise<TrainedRun> {
  const { config, run } = settings;
  const { files, mode, engine, signal, source } = place;
  const { engine: _, data = 'rendered', out, ...options } = run;
  const init = run.init === undefined ? undefined : await readCheckpoint(run.init);
  const show = fitProgress(config.optimiser.batchSize);
  let saved = Promise.resolve();
  let totalSteps = 0;
  const outcome = await fit({
    ...options,
    ...{ data: source ?? data, config, preset: config.preset, out: files, resume: mode, running: engine.name },
    ...(init && { init }),
    signal,
    onEvent: (event) => {
      show(event);
      if (event.kind === 'preparing') signal.throwIfAborted();
      if (event.kind !== 'start') return;
      totalSteps = event.totalSteps;
      saved = saveSettings(settings, totalSteps);
    },
  } as Parameters<typeof fit>[0]);
  await saved;
  if (source) return { outcome, totalSteps };
  const command = `mcore train --config ${settingsPath(out)}`;
  const setup = { ...run, source: sourceOf(run, outcome.weights.info), engine, command };
  const report = await writeTrainingReport(files, outcome, setup);
  return { outcome, totalSteps, ...(report !== undefined && { report }) };
}
