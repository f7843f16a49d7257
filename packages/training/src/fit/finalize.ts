import type { Clip } from '@mcore/clips';
import {
  type Calibration,
  type Checkpoint,
  type EncodedClip,
  type Exemplar,
  type ExemplarBank,
  loadTensors,
  type MCoRe,
  weightsId,
} from '@mcore/model';
import { buildBank, encodeClips } from '../compute/inference.js';
import type { ParameterLayout } from '../compute/parameter-layout.js';
import type { Replica } from '../compute/replica.js';
import { comparerAmong } from '../predictions/comparer.js';
import { type PredictedClip, predictClips } from '../predictions/predict-clips.js';
import { loadCheckpoint, runFiles, saveCheckpoint } from '../run/run-store.js';
import { type CalibratedScores, type CalibrationClip, calibrateScores, calibrationOf } from './calibrate.js';
import type { FitRun } from './fit-run.js';

/** What is known of the best weights when training has ended. */
export interface FinalizedWeights {
  /** The best weights, with the calibration in their info. */
  weights: Checkpoint;
  /** Features of the training clips; exemplar-free weights have none. */
  bank?: ExemplarBank;
  /** Absent where there are too few calibration clips for the level. */
  calibration?: Calibration;
  /** The best weights on the clips that intervals were calibrated on, which did not choose them. */
  calibrationClips: PredictedClip[];
}

/** Goes back to the best weights, measures how far off they are on clips that did not choose them, and fills the bank. */
export async function finalize(
  run: FitRun,
  context: { model: MCoRe; layout: ParameterLayout; replicas: readonly Replica[] },
  calibrating: readonly Clip[],
): Promise<FinalizedWeights> {
  const { prepared, splits, seed, store, onEvent } = run;
  const { model, layout, replicas } = context;
  const best = (await loadCheckpoint(store, runFiles.best))!;
  if (run.weightsOnly) return { weights: best, calibrationClips: [] };
  const filling = run.config.regression === 'exemplar-free' ? '' : ' and filling the exemplar bank';
  const text =
    calibrating.length > 0
      ? `Calibrating intervals on ${calibrating.length} validation clips${filling}`
      : `No clips calibrate intervals${filling}`;
  onEvent?.({ kind: 'note', text });
  loadTensors(model, best.tensors);
  const parameters = await layout.read();
  await Promise.all(replicas.map((replica) => replica.setParameters(parameters)));
  const encoded = new Map<string, EncodedClip>();
  const predicted = await predictClips(calibrating, {
    ...{ model, replicas, prepared, train: splits.train, exemplars: seed },
    onEncoded: ({ id }, clip) => encoded.set(id, clip),
  });
  const bank = await fillBank(run, context, await weightsId(best.tensors));
  const clips = calibrating.map((clip): CalibrationClip => ({ ...clip, encoded: encoded.get(clip.id)! }));
  const found = bank ? await calibrateWith(bank, clips, run, context) : {};
  const residuals = predicted.map((clip) => clip.predictedScore - clip.trueScore);
  const calibration = calibrationOf({ same: residuals }, found.calibration?.byMatch);
  const { outliers } = found;
  const weights = { ...best, info: { ...best.info, ...calibration, ...(outliers && { outliers }) } };
  await saveCheckpoint(store, runFiles.best, weights);
  onEvent?.({ kind: 'calibrated', ...calibration });
  return { weights, ...calibration, ...(bank && { bank }), calibrationClips: predicted };
}

function calibrateWith(
  bank: ExemplarBank,
  clips: readonly CalibrationClip[],
  { config, seed }: FitRun,
  { model, replicas }: { model: MCoRe; replicas: readonly Replica[] },
): Promise<CalibratedScores> {
  const comparer = comparerAmong(replicas, model);
  const compare = (stages: Float32Array, exemplars: readonly Exemplar[]) =>
    comparer.compare(stages, model.regressionShape, exemplars);
  return calibrateScores(clips, { config, bank, seed, compare });
}

async function fillBank(
  { config, splits, prepared, store }: FitRun,
  { model, replicas }: { model: MCoRe; replicas: readonly Replica[] },
  weights: string,
): Promise<ExemplarBank | undefined> {
  // nothing reads a bank of exemplar-free weights
  if (config.regression === 'exemplar-free') return undefined;
  const trained = { clips: splits.train, source: prepared.source };
  const bank = await buildBank(trained, model.regressionShape, weights, (clips) =>
    encodeClips(clips, prepared, config.input.transform, replicas),
  );
  await store.write(runFiles.bank, bank.encode());
  return bank;
}
