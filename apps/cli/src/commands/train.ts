import { presetConfig, presets } from '@mcore/model';
import { PairSampler } from '@mcore/training';
import { type Command, Option } from 'commander';
import { PreparedClips } from '../data/prepared-clips.js';
import { readCheckpoint } from '../run/run-files.js';
import { splitClips } from '../run/splits.js';
import { train } from '../run/train.js';
import { result, say } from '../terminal/output.js';
import { prepareWithProgress, trainingProgress } from '../terminal/run-progress.js';
import {
  type DataOptions,
  type EngineOptions,
  sourceOf,
  startEngine,
  wholeNumber,
  withData,
  withEngine,
  withExamples,
  withJson,
} from './options.js';

interface TrainOptions extends DataOptions, EngineOptions {
  preset: string;
  out: string;
  seed: number;
  steps?: number;
  epochs?: number;
  batch?: number;
  trainClips?: number;
  validationClips?: number;
  checkpointEvery: number;
  validateEvery?: number;
  init?: string;
  resume: boolean;
  json: boolean;
}

/** `mcore train`. */
export function addTrain(program: Command): void {
  const command = program
    .command('train')
    .description('Train MCoRe; keeps the last checkpoint and the one that is best on validation.')
    .addOption(
      new Option('--preset <name>', 'configuration to start from').choices(Object.keys(presets)).default('laptop'),
    )
    .option('--out <dir>', 'folder for checkpoints, exemplar bank and log', 'runs/train')
    .option('--seed <n>', 'seed of weights, order, exemplars, augmentation and dropout', wholeNumber(0), 0)
    .option('--steps <n>', 'optimisation steps in all', wholeNumber(1))
    .option('--epochs <n>', 'passes over the training clips, instead of --steps', wholeNumber(1))
    .option('--batch <pairs>', 'pairs a step', wholeNumber(1))
    .option('--train-clips <n>', 'train on a seeded random part', wholeNumber(2))
    .option('--validation-clips <n>', 'validate on a seeded random part', wholeNumber(2))
    .option('--checkpoint-every <steps>', 'steps between checkpoints', wholeNumber(1), 50)
    .option('--validate-every <steps>', 'steps between looks at validation (default: a tenth of all)', wholeNumber(1))
    .option('--init <file>', 'checkpoint to start from instead of random weights')
    .option('--resume', 'go on from the last checkpoint in --out; give the same options as before', false);
  withExamples(
    withJson(withEngine(withData(command))),
    'mcore train --preset laptop --steps 300 --out runs/first',
    'mcore train --data FineDiving --preset released --out runs/released',
    'mcore train --preset laptop --steps 300 --out runs/first --resume',
  ).action(runTrain);
}

async function runTrain(options: TrainOptions): Promise<void> {
  const config = presetConfig(options.preset);
  if (options.batch !== undefined) config.optimiser.batchSize = options.batch;
  const initial = options.init === undefined ? undefined : await readCheckpoint(options.init);
  const engine = await startEngine(options);
  const prepared = await PreparedClips.open(sourceOf(options), config.input, options);
  try {
    const splits = splitClips(prepared.source.clips, {
      kind: options.split,
      seed: options.seed,
      limits: {
        ...(options.trainClips === undefined ? {} : { train: options.trainClips }),
        ...(options.validationClips === undefined ? {} : { validation: options.validationClips }),
      },
    });
    say(
      `${splits.train.length} training and ${splits.validation.length} validation clips of ${prepared.source.description}.`,
    );
    await prepareWithProgress(prepared, [...splits.train, ...splits.validation]);
    const epochSteps = new PairSampler(splits.train, options.seed).stepsPerEpoch(config.optimiser.batchSize);
    const totalSteps = options.steps ?? (options.epochs ?? config.optimiser.epochs) * epochSteps;
    const progress = trainingProgress(totalSteps);
    const outcome = await train({
      config,
      prepared,
      splits,
      out: options.out,
      seed: options.seed,
      totalSteps,
      engine: engine.name,
      workers: options.workers,
      checkpointEvery: options.checkpointEvery,
      validateEvery: options.validateEvery ?? Math.max(1, Math.round(totalSteps / 10)),
      resume: options.resume,
      ...(initial ? { initial } : {}),
      ...progress,
    });
    const { files, bestSrcc, bestStep, steps, calibration } = outcome;
    const summary = { steps, bestStep, validationSrcc: bestSrcc, weights: files.best, bank: files.bank, calibration };
    result(options.json, summary, () =>
      [
        `Trained ${steps} steps; best on validation at step ${bestStep}, SRCC ${bestSrcc.toFixed(3)}.`,
        `Weights: ${files.best}`,
        `Exemplar bank: ${files.bank}`,
        `Next: mcore eval --weights ${files.best}`,
      ].join('\n'),
    );
  } finally {
    await prepared.close();
    await engine.dispose();
  }
}
