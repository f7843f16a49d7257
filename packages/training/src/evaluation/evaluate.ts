import { notesOf } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import type { Checkpoint } from '@mcore/model';
import { asksForNode, nodeEntry, type Platform, plainPlatform } from '../platform/platform.js';
import { calibrationFor } from './calibration-for.js';
import { chooseClips } from './choose-clips.js';
import { evaluateDraws } from './evaluate-checkpoint.js';
import type { Evaluated, EvaluateOptions } from './evaluate-options.js';
import { evaluationExtras } from './evaluation-extras.js';
import { evaluationJson } from './evaluation-json.js';

/**
 * Measures weights on clips that had no part in making them: rank correlation, relative L2 and AIoU with bootstrap intervals, beside what
 * the labels alone give, and how often the calibrated interval holds the judges' score.
 *
 * Splits are those the weights were trained with.
 *
 * @returns What `mcore eval --json` prints, and the predictions.
 * @throws McoreError `ERR_MCORE_SEEN_CLIPS` if a clip trained or chose the weights; DataError if there are fewer than two clips, or they
 *   have other stages than the weights; the signal's reason.
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluated> {
  if (asksForNode(options)) return (await nodeEntry<{ evaluate: typeof evaluate }>()).evaluate(options);
  return evaluateOn(options, plainPlatform());
}

/** {@link evaluate} with what a platform opens; the platform is closed. */
export async function evaluateOn(options: EvaluateOptions, platform: Platform): Promise<Evaluated> {
  const { part = 'test', exemplars = 0, signal, onEvent } = options;
  let close = async () => {};
  try {
    const checkpoint = await platform.readCheckpoint(options.weights);
    const [prepared] = await platform.openClips(
      dataOf(options, checkpoint),
      checkpoint.info.config.input,
      checkpoint.info,
    );
    close = () => prepared.close();
    for (const text of notesOf(prepared.source)) onEvent?.({ kind: 'note', text });
    const { clips, train, note } = chooseClips('evaluate', checkpoint, prepared.source, { ...options, part });
    if (note) onEvent?.({ kind: 'note', text: note });
    await prepared.makeAll(clips, (done, total) => onEvent?.({ kind: 'preparing', done, total }));
    const [draw] = await evaluateDraws({
      ...{ checkpoint, clips, train, prepared, exemplars, createReplicas: platform.createReplicas },
      ...(signal && { signal }),
      onProgress: (done, total) => onEvent?.({ kind: 'evaluating', done, total }),
    });
    const { predicted, evaluation } = draw!;
    const calibration = calibrationFor(checkpoint, part);
    const extras = evaluationExtras({
      ...{ draws: [[evaluation]], predicted, weights: [], by: [] },
      ...(calibration && { calibration }),
    });
    const { description: source, kind } = prepared.source;
    const about = { source, part, trainedOn: checkpoint.info.trainedOn, ...(kind && { kind }) };
    return { ...evaluationJson(evaluation, about, extras), predictions: predicted };
  } finally {
    await close();
    await platform.close();
  }
}

/** The clips that are asked for, or the rendered dives that the weights were trained on. */
function dataOf({ data }: EvaluateOptions, { info }: Checkpoint): NonNullable<EvaluateOptions['data']> {
  if (data !== undefined) return data;
  if (info.data?.rendering) return 'rendered';
  throw new ArgumentError(
    `evaluate: expected the clips as data, since the weights were trained on ${info.trainedOn}, got none.`,
  );
}
