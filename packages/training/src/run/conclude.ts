import { rm } from 'node:fs/promises';
import type { Clip } from '@mcore/clips';
import { conformalRadius } from '@mcore/metrics';
import { type Calibration, loadTensors, type MCoRe, weightsId } from '@mcore/model';
import { writeFileAtomically } from '../files/atomic-file.js';
import { type RunFiles, readCheckpoint, writeCheckpoint } from '../files/run-files.js';
import { buildBank, encodeClips } from '../inference.js';
import type { ParameterLayout } from '../parameter-layout.js';
import { type PredictedClip, predictClips } from '../predict-clips.js';
import type { Replica } from '../replica.js';
import type { TrainingRun } from './train.js';

/** Level of the interval that scores are printed with. */
export const INTERVAL_LEVEL = 0.9;

/** What is known of the best weights when training has ended. */
export interface Conclusion {
  /** The exemplar bank; exemplar-free weights have none. */
  bank?: string;
  /** Absent where there are too few calibration clips for the level. */
  calibration?: Calibration;
  /** The best weights on the clips that intervals were calibrated on, which did not choose them. */
  calibrationClips: PredictedClip[];
}

/** Goes back to the best weights, measures how far off they are on clips that did not choose them, and fills the bank. */
export async function conclude(
  run: TrainingRun,
  parts: { files: RunFiles; model: MCoRe; layout: ParameterLayout; replicas: readonly Replica[] },
  calibrating: readonly Clip[],
): Promise<Conclusion> {
  const { prepared, splits, seed } = run;
  const { files, model, layout, replicas } = parts;
  run.onNote?.(`Calibrating intervals on ${calibrating.length} validation clips and filling the exemplar bank`);
  const best = await readCheckpoint(files.best);
  loadTensors(model, best.tensors);
  const parameters = await layout.read();
  await Promise.all(replicas.map((replica) => replica.setParameters(parameters)));
  const setup = { model, replicas, prepared, train: splits.train, exemplars: seed };
  const predicted = await predictClips(calibrating, setup);
  const calibration = calibrate(predicted);
  const bank = await fillBank(run, parts, await weightsId(best.tensors));
  await writeCheckpoint(files.best, { ...best, info: { ...best.info, ...calibration } });
  return { ...calibration, ...(bank === undefined ? {} : { bank }), calibrationClips: predicted };
}

/** Fills the bank and says where it is. */
async function fillBank(
  { config, splits, prepared }: TrainingRun,
  { files, model, replicas }: { files: RunFiles; model: MCoRe; replicas: readonly Replica[] },
  weights: string,
): Promise<string | undefined> {
  // nothing reads a bank of exemplar-free weights, and one of a run before would be of other weights
  if (config.regression === 'exemplar-free') {
    await rm(files.bank, { force: true });
    return undefined;
  }
  const bank = await buildBank(splits.train, model.regressionShape, weights, (clips) =>
    encodeClips(clips, prepared, config.input.transform, replicas),
  );
  await writeFileAtomically(files.bank, bank.encode());
  return files.bank;
}

/** The interval that holds the expected share of the clips; none where they are too few to say. */
function calibrate(clips: readonly PredictedClip[]): { calibration?: Calibration } {
  if (clips.length === 0) return {};
  const residuals = clips.map((clip) => clip.predictedScore - clip.trueScore);
  const halfWidth = conformalRadius(residuals, INTERVAL_LEVEL);
  return Number.isFinite(halfWidth)
    ? { calibration: { level: INTERVAL_LEVEL, halfWidth, clips: residuals.length } }
    : {};
}
