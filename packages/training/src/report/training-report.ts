import { renderReport } from '@mcore/report';
import type { SourceDescriptor } from '../data/source.js';
import { writeFileAtomically } from '../files/atomic-file.js';
import type { RunFiles } from '../files/run-files.js';
import type { FitResult } from '../fit/fit-options.js';
import { openPreparedClips, type PreparedOptions } from '../node/prepared-clip-files.js';
import { evaluatePredictions } from '../predictions/evaluate-predictions.js';
import { reportData } from './report-data.js';

/**
 * The page of a run: its curves, and its best weights on the validation clips that had no part in choosing them.
 *
 * @returns Its path; undefined where there are fewer than two such clips, of which nothing can be measured.
 */
export async function writeTrainingReport(
  files: RunFiles,
  { weights, steps, bestStep, calibration, calibrationClips: predicted }: FitResult,
  setup: PreparedOptions & {
    source: SourceDescriptor;
    engine: { description: string };
    seed: number;
    /** The command that gives the run again. */
    command: string;
  },
): Promise<string | undefined> {
  if (predicted.length < 2) return undefined;
  const { config } = weights.info;
  const prepared = await openPreparedClips(setup.source, config.input, setup);
  try {
    const data = await reportData({
      title: 'Training',
      description: `MCoRe (preset ${config.preset}) after ${steps} steps of training. The metrics are those of the weights of step ${bestStep}, the best on one half of the validation clips, on the other half; no test clip had a part in them.`,
      ...{ config, seed: setup.seed, evaluation: evaluatePredictions(predicted), predicted, prepared },
      log: await files.readLog(),
      ...(calibration ? { halfWidth: calibration.halfWidth } : {}),
      commands: [setup.command],
      engine: setup.engine.description,
      notes: calibration
        ? [
            `Half the width of the intervals was chosen on these very clips to hold ${Math.round(100 * calibration.level)} % of their scores; mcore eval checks it on test clips.`,
          ]
        : [],
    });
    await writeFileAtomically(files.report, renderReport(data));
    return files.report;
  } finally {
    await prepared.close();
  }
}
