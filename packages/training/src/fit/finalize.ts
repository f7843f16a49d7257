import type { Clip } from '@mcore/clips';
import { conformalRadius } from '@mcore/metrics';
import { type Calibration, type Checkpoint, type ExemplarBank, loadTensors, type MCoRe, weightsId } from '@mcore/model';
import { buildBank, encodeClips } from '../compute/inference.js';
import type { ParameterLayout } from '../compute/parameter-layout.js';
import type { Replica } from '../compute/replica.js';
import { type PredictedClip, predictClips } from '../predictions/predict-clips.js';
import { loadCheckpoint, runFiles, saveCheckpoint } from '../run/run-store.js';
import type { FitRun } from './fit-run.js';

/** Level of the interval that scores are printed with. */
const INTERVAL_LEVEL = 0.9;

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
  const setup = { model, replicas, prepared, train: splits.train, exemplars: seed };
  const predicted = await predictClips(calibrating, setup);
  const calibration = calibrate(predicted);
  const bank = await fillBank(run, context, await weightsId(best.tensors));
  const weights = { ...best, info: { ...best.info, ...calibration } };
  await saveCheckpoint(store, runFiles.best, weights);
  onEvent?.({ kind: 'calibrated', ...calibration });
  return { weights, ...calibration, ...(bank && { bank }), calibrationClips: predicted };
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

/** The interval that holds the wanted share of the clips; none where they are too few to say. */
function calibrate(clips: readonly PredictedClip[]): { calibration?: Calibration } {
  if (clips.length === 0) return {};
  const residuals = clips.map((clip) => clip.predictedScore - clip.trueScore);
  const halfWidth = conformalRadius(residuals, INTERVAL_LEVEL);
  return Number.isFinite(halfWidth)
    ? { calibration: { level: INTERVAL_LEVEL, halfWidth, clips: residuals.length } }
    : {};
}
