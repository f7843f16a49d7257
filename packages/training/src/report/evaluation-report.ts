import { dirname } from 'node:path';
import type { Checkpoint } from '@mcore/model';
import { renderReport } from '@mcore/report';
import type { SourceDescriptor } from '../data/source.js';
import type { EvaluatedDraw } from '../evaluation/evaluate-checkpoint.js';
import type { EvaluationExtras } from '../evaluation/evaluation-json.js';
import { writeFileAtomically } from '../files/atomic-file.js';
import { RunFiles } from '../files/run-files.js';
import { openPreparedClips, type PreparedOptions } from '../node/prepared-clip-files.js';
import { reportData } from './report-data.js';

/** The page of an evaluation, with the curves of the training where its log lies beside the weights. */
export async function writeEvaluationReport(
  path: string,
  evaluated: { checkpoint: Checkpoint; weights: string; draw: EvaluatedDraw; extras: EvaluationExtras },
  setup: PreparedOptions & {
    source: SourceDescriptor;
    engine: { description: string };
    part: string;
    exemplarSeed: number;
    /** The command that gives the page again. */
    command: string;
  },
): Promise<void> {
  const { checkpoint, weights, draw, extras } = evaluated;
  const { config, calibration, trainedOn, step } = checkpoint.info;
  const prepared = await openPreparedClips(setup.source, config.input, setup);
  try {
    const { evaluation, predicted } = draw;
    const data = await reportData({
      title: 'Evaluation',
      description: `${weights}, trained for ${step} steps on ${trainedOn}, evaluated on ${predicted.length} ${setup.part} clips.`,
      config,
      seed: setup.exemplarSeed,
      evaluation,
      predicted,
      prepared,
      log: await new RunFiles(dirname(weights)).readLog(),
      ...(calibration ? { halfWidth: calibration.halfWidth } : {}),
      extras,
      commands: [setup.command],
      engine: setup.engine.description,
      notes: [],
    });
    await writeFileAtomically(path, renderReport(data));
  } finally {
    await prepared.close();
  }
}
