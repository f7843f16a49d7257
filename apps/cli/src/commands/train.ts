import { rm } from 'node:fs/promises';
import { splitClips } from '@mcore/clips';
import type { Engine } from '@mcore/engines';
import { DataError } from '@mcore/errors';
import { type Checkpoint, presets } from '@mcore/model';
import { renderReport } from '@mcore/report';
import { evaluatePredictions, fitConfig, PairSampler } from '@mcore/training';
import {
  PreparedClips,
  RunFiles,
  readCheckpoint,
  renderings,
  reportData,
  type TrainingResult,
  train,
  writeFileAtomically,
} from '@mcore/training/node';
import { type Command, Option } from 'commander';
import { editorSchema } from '../config/run-schema.js';
import {
  type SettingsOptions,
  saveSettings,
  settingsPath,
  type TrainSettings,
  trainSettings,
} from '../config/train-settings.js';
import { result, say, sayNotes } from '../terminal/output.js';
import { prepareWithProgress, trainingProgress } from '../terminal/run-progress.js';
import {
  type DataOptions,
  type EngineOptions,
  sourceOf,
  startEngine,
  tenthOf,
  wholeNumber,
  withData,
  withEngine,
  withExamples,
  withJson,
  withLearning,
} from './options.js';
import { inRunFolder } from './run-folder.js';

interface TrainOptions extends DataOptions, EngineOptions, SettingsOptions {
  engine: EngineOptions['engine'];
  schema: boolean;
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
    .option('--config <file>', 'settings in YAML or JSON: fields of the preset to change, options under "run"')
    .option('--set <field=value>', 'change one field, such as loss.contrastive.weight=0; may be repeated', collect, [])
    .option('--schema', 'print the JSON Schema of that file, for editors, and do nothing else', false)
    .option('--out <dir>', 'folder for checkpoints, exemplar bank and log', 'runs/train')
    .option('--seed <n>', 'seed of weights, order, exemplars, augmentation and dropout', wholeNumber(0), 0)
    .option('--steps <n>', 'optimisation steps in all', wholeNumber(1))
    .option('--epochs <n>', 'passes over the training clips, instead of --steps', wholeNumber(1))
    .option('--batch <pairs>', 'pairs a step; gradients are accumulated one pair at a time', wholeNumber(1))
    .option('--validation-clips <n>', 'validate on a seeded random part', wholeNumber(2))
    .option('--checkpoint-every <steps>', 'steps between checkpoints', wholeNumber(1), 50)
    .option('--keep-every <steps>', 'steps between weights that are kept for good, in series/', wholeNumber(1))
    .option(
      '--patience <looks>',
      'looks at validation without a better one after which training ends early',
      wholeNumber(1),
    )
    .option('--resume', 'go on from the last checkpoint in --out, with the settings kept there', false);
  withExamples(
    withJson(withEngine(withData(withLearning(command)))),
    'mcore train --preset laptop --steps 300 --out runs/first',
    'mcore train --data FineDiving --preset released --out runs/released',
    'mcore train --data videos.csv --preset laptop --epochs 20 --out runs/own',
    'mcore train --out runs/first --resume',
    'mcore train --config ablation.yaml --seed 1 --out runs/ablation-1',
    'mcore train --set loss.contrastive.weight=0 --set backbone.gateShift=false --out runs/plain',
  ).action(runTrain);
}

/** The page of a run: its curves, and its best weights on the validation clips that had no part in choosing them. */
async function writeTrainingReport(
  { files, steps, bestStep, calibration, calibrationClips: predicted }: TrainingResult,
  about: { settings: TrainSettings; totalSteps: number; prepared: PreparedClips; engine: Engine },
): Promise<string | undefined> {
  if (predicted.length < 2) return undefined;
  const { config, run } = about.settings;
  const data = await reportData({
    title: 'Training',
    description: `MCoRe (preset ${config.preset}) after ${steps} steps of training. The figures are those of the weights of step ${bestStep}, the best on one half of the validation clips, on the other half; no test clip was looked at.`,
    config,
    seed: run.seed,
    evaluation: evaluatePredictions(predicted),
    predicted,
    prepared: about.prepared,
    log: await files.readLog(),
    ...(calibration ? { halfWidth: calibration.halfWidth } : {}),
    commands: [`mcore train --config ${settingsPath(run.out)}`],
    engine: about.engine.description,
    notes: calibration
      ? [
          `Half the width of the intervals was chosen on these very clips to hold ${Math.round(100 * calibration.level)} % of their scores; mcore eval checks it on test clips.`,
        ]
      : [],
  });
  await writeFileAtomically(files.report, renderReport(data));
  return files.report;
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

async function runTrain(options: TrainOptions, command: Command): Promise<void> {
  if (options.schema) return result(true, editorSchema(), () => '');
  const settings = await trainSettings(command, options);
  const { run } = settings;
  const initial = run.init === undefined ? undefined : await readCheckpoint(run.init);
  await inRunFolder('mcore train', { out: run.out, resume: options.resume }, (resume) =>
    trainHeld(settings, initial, { resume, json: options.json }),
  );
}

/** Trains into a folder that is this run's alone. */
async function trainHeld(
  settings: TrainSettings,
  initial: Checkpoint | undefined,
  options: Pick<TrainOptions, 'resume' | 'json'>,
): Promise<void> {
  const { config, run } = settings;
  const engine = await startEngine(run as EngineOptions);
  const [source, ...others] = renderings(sourceOf(run), run.renderVariants);
  const prepared = await PreparedClips.open(source, config.input, run);
  const variants = await Promise.all(others.map((other) => PreparedClips.open(other, config.input, run)));
  try {
    const splits = splitClips(prepared.source.clips, {
      kind: run.split,
      seed: run.seed,
      limits: {
        ...(run.trainClips === undefined ? {} : { train: run.trainClips }),
        ...(run.validationClips === undefined ? {} : { validation: run.validationClips }),
      },
    });
    fitConfig(config, prepared.source, splits.train);
    sayNotes(prepared.source);
    say(
      `${splits.train.length} training and ${splits.validation.length} validation clips of ${prepared.source.description}.`,
    );
    if (splits.validation.length < 2) {
      throw new DataError(
        `mcore train: expected at least 2 clips for validation, which are taken from classes of several training clips, got ${splits.validation.length} of ${splits.train.length + splits.validation.length} training clips.`,
      );
    }
    await prepareWithProgress(prepared, [...splits.train, ...splits.validation]);
    if (variants.length > 0)
      say(`${variants.length} further renderings of the training clips, drawn when first needed.`);
    const epochSteps = new PairSampler(splits.train, run.seed).stepsPerEpoch(config.optimiser.batchSize);
    const totalSteps = run.steps ?? config.optimiser.epochs * epochSteps;
    const validateEvery = run.validateEvery ?? tenthOf(totalSteps);
    // a run that begins anew must never be gone on with from the one before it
    if (!options.resume) await rm(new RunFiles(run.out).last, { force: true });
    await saveSettings({ config, run: { ...run, validateEvery } }, totalSteps);
    const progress = trainingProgress(totalSteps, config.optimiser.batchSize);
    const outcome = await train({
      config,
      prepared,
      variants,
      splits,
      out: run.out,
      seed: run.seed,
      totalSteps,
      engine: engine.name,
      workers: run.workers,
      checkpointEvery: run.checkpointEvery,
      validateEvery,
      ...(run.keepEvery === undefined ? {} : { keepEvery: run.keepEvery }),
      ...(run.patience === undefined ? {} : { patience: run.patience }),
      resume: options.resume,
      ...(initial ? { initial } : {}),
      ...progress,
    });
    const report = await writeTrainingReport(outcome, { settings, totalSteps, prepared, engine });
    const { files, bank, bestSrcc, bestStep, steps, stoppedEarly, calibration } = outcome;
    const summary = {
      steps,
      stoppedEarly,
      bestStep,
      validationSrcc: bestSrcc,
      weights: files.best,
      bank,
      report,
      calibration,
    };
    result(options.json, summary, () =>
      [
        `Trained ${steps} steps${stoppedEarly ? `, ${totalSteps - steps} fewer than asked for: validation had not become better` : ''}; best on validation at step ${bestStep}, SRCC ${bestSrcc.toFixed(3)}.`,
        `Weights: ${files.best}`,
        ...(bank ? [`Exemplar bank: ${bank}`] : []),
        ...(report ? [`Report: ${report}`] : []),
        `Next: mcore eval --weights ${files.best}`,
      ].join('\n'),
    );
  } finally {
    await Promise.all([prepared, ...variants].map((clips) => clips.close()));
    await engine.dispose();
  }
}
