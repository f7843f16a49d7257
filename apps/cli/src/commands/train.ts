import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { presets } from '@mcore/model';
import {
  augmentations,
  evaluatePredictions,
  evaluationJson,
  evaluationTable,
  fixed,
  spread,
  textTable,
  withDeviation,
} from '@mcore/training';
import {
  clipsCsv,
  crossValidateClips,
  editorSchema,
  openSource,
  RunFiles,
  readCheckpoint,
  replicaFactory,
  type SettingsOptions,
  type TrainSettings,
  trainSettings,
  writeFileAtomically,
} from '@mcore/training/node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { result, say, sayNotes } from '../terminal/output.js';
import { stoppable } from '../terminal/stop-signal.js';
import { withFeatures } from './feature-options.js';
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
  withLearning,
  withSeenClips,
} from './options.js';
import { inRunFolder } from './run-folder.js';
import { featureRunOptions, runFeatureTraining, type TrainFeaturesCommand } from './train-features.js';
import { type TrainedRun, type TrainingPlace, trainOnce } from './train-once.js';

interface TrainOptions extends DataOptions, EngineOptions, SettingsOptions {
  engine: EngineOptions['engine'];
  schema: boolean;
  seeds?: number;
  folds?: number | 'leave-one-out';
  json: boolean;
}

/** `mcore train`. */
export function addTrain(program: Command): void {
  const command = program
    .command('train')
    .description(
      'Train MCoRe on videos, keeping the last checkpoint and the one that is best on validation; or on features (.npy, .npz, .safetensors, .csv).',
    )
    .addOption(
      new Option('--preset <name>', 'configuration to start from').choices(Object.keys(presets)).default('laptop'),
    )
    .option('--config <file>', 'settings in YAML or JSON: fields of the preset to change, options under "run"')
    .option('--set <field=value>', 'change one field, such as loss.contrastive.weight=0; may be repeated', collect, [])
    .option('--schema', 'print the JSON Schema of that file, for editors, and do nothing else', false)
    .option('--out <dir>', 'folder for checkpoints, exemplar bank and log', 'runs/train')
    .option('--seed <n>', 'seed of weights, order, exemplars, augmentation and dropout', wholeNumber(0), 0)
    .option('--seeds <n>', 'train with n seeds, --seed first, in seed-0/, ... of --out; one summary', wholeNumber(2))
    .addOption(
      new Option('--folds <n>', 'cross-validate, for few clips: n folds, or loo to leave one clip out at a time')
        .argParser(foldCount)
        .conflicts('seeds'),
    )
    .option('--steps <n>', 'optimisation steps in all; with --resume, more of them extend a run', wholeNumber(1))
    .addOption(
      new Option('--epochs <n>', 'passes over the training clips, instead of --steps')
        .argParser(wholeNumber(1))
        .conflicts('steps'),
    )
    .option('--batch <pairs>', 'pairs a step; gradients are accumulated one pair at a time', wholeNumber(1))
    .option('--validation-clips <n>', 'validate on a seeded random part', wholeNumber(2))
    .addOption(
      new Option(
        '--choose <weights>',
        'keep the weights that are best on validation, or the last, so that all clips train (default: best)',
      ).choices(['best', 'last']),
    )
    .addOption(
      new Option(
        '--augmentation <kind>',
        'plain mirrors and crops; wide also varies half of the clips in time, camera, light and texture',
      )
        .choices(augmentations)
        .default('plain'),
    )
    .option('--checkpoint-every <steps>', 'steps between checkpoints', wholeNumber(1), 50)
    .option('--keep-every <steps>', 'steps between weights that are kept for good, in series/', wholeNumber(1))
    .option(
      '--patience <evaluations>',
      'evaluations on validation without a better one after which training ends early',
      wholeNumber(1),
    )
    .option(
      '--resume',
      'resume from the last checkpoint in --out, with the settings kept there; without it, a run that is there is removed',
      false,
    );
  withExamples(
    withJson(withEngine(withFeatures(withData(withSeenClips(withLearning(command), 'validate'))))),
    'mcore train --preset laptop --steps 300 --out runs/first',
    'mcore train --data FineDiving --preset released --out runs/released',
    'mcore train --data videos.csv --preset laptop --epochs 20 --out runs/own',
    'mcore train --data features.csv --out runs/features',
    'mcore train --data features.csv --method core --out runs/core',
    'mcore train --out runs/first --resume',
    'mcore train --out runs/first --resume --steps 600',
    'mcore train --config ablation.yaml --seeds 3 --out runs/ablation',
    'mcore train --data videos.csv --folds 5 --steps 200 --out runs/folds',
    'mcore train --set optimiser.weightDecay=0.01 --set optimiser.averaging=0.999 --out runs/averaged',
    'mcore train --set loss.contrastive.weight=0 --set backbone.gateShift=false --out runs/plain',
  ).action(runTrain);
}

function foldCount(text: string): number | 'leave-one-out' {
  if (text === 'loo' || text === 'leave-one-out') return 'leave-one-out';
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 2) return count;
  throw new InvalidArgumentError('Expected a whole number of at least 2, or loo.');
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

async function runTrain(options: TrainOptions, command: Command): Promise<void> {
  if (options.schema) return result(true, editorSchema(), () => '');
  const onFeatures = await featureRunOptions(options as Partial<TrainFeaturesCommand> & TrainOptions, command);
  if (onFeatures) return runFeatureTraining(onFeatures);
  const settings = await trainSettings(options, (name) => command.getOptionValueSource(name) === 'cli');
  const { run } = settings;
  const { seeds, folds, json } = options;
  // a file that can't be read is told of before an engine is started
  if (run.init !== undefined) await readCheckpoint(run.init);
  const resumption = () =>
    `Go on with: mcore train --out ${run.out} --resume${seeds === undefined ? '' : ` --seeds ${seeds}`}${folds === undefined ? '' : ` --folds ${folds}`}`;
  await stoppable(async (signal) => {
    const engine = await startEngine(run as EngineOptions);
    try {
      if (folds !== undefined) return await runFolds(settings, folds, options, { engine, signal });
      if (seeds !== undefined) return await runSeeds(settings, seeds, options, { engine, signal });
      await inRunFolder('mcore train', { out: run.out, resume: options.resume }, async (files, mode) => {
        const trained = await trainOnce(settings, { files, mode, engine, signal });
        const summary = trainingSummary(trained, files);
        result(json, summary, () => [...trainingLines(trained, summary), nextCommand(files.best, run)].join('\n'));
      });
    } finally {
      await engine.dispose();
    }
  }, resumption);
}

/** One training for each of several seeds, side by side in the folder, and one summary. */
async function runSeeds(
  settings: TrainSettings,
  seeds: number,
  { resume, json }: Pick<TrainOptions, 'resume' | 'json'>,
  place: Pick<TrainingPlace, 'engine' | 'signal'>,
): Promise<void> {
  const { run } = settings;
  const summaries: (ReturnType<typeof trainingSummary> & { seed: number })[] = [];
  for (let seed = run.seed; seed < run.seed + seeds; seed++) {
    const out = join(run.out, `seed-${seed}`);
    say(`Seed ${seed}`);
    // all seeds are validated and tested on the same clips
    const seeded = { ...run, out, seed, splitSeed: run.splitSeed ?? run.seed };
    const one = { config: structuredClone(settings.config), run: seeded };
    await inRunFolder('mcore train', { out, resume: resume && existsSync(out) }, async (files, mode) => {
      const trained = await trainOnce(one, { ...place, files, mode });
      summaries.push({ seed, ...trainingSummary(trained, files) });
    });
  }
  const validationSrcc = spread(summaries.map((each) => each.validationSrcc));
  const weights = join(run.out, 'seed-*', 'best.safetensors');
  result(json, { runs: summaries, validationSrcc }, () =>
    [
      textTable([
        ['seed', 'steps', 'best at', 'validation SRCC', 'R-l2 x100', 'mean error'],
        ...summaries.map(({ seed, steps, bestStep, validationSrcc: srcc, validation }) => [
          String(seed),
          String(steps),
          String(bestStep),
          fixed(srcc, 3),
          fixed(validation?.rl2x100 ?? Number.NaN, 3),
          fixed(validation?.meanAbsoluteError ?? Number.NaN, 2),
        ]),
        ['mean', '', '', withDeviation(validationSrcc, 3), '', ''],
      ]),
      '',
      nextCommand(`'${weights}'`, run),
    ].join('\n'),
  );
}

/** Cross-validation: every clip predicted by weights that never saw it. */
async function runFolds(
  settings: TrainSettings,
  folds: number | 'leave-one-out',
  { resume, json }: Pick<TrainOptions, 'resume' | 'json'>,
  place: Pick<TrainingPlace, 'engine' | 'signal'>,
): Promise<void> {
  const { run } = settings;
  const { out } = run;
  await inRunFolder('mcore train', { out, resume: resume && existsSync(out) }, async (_, mode) => {
    const whole = await openSource(sourceOf(run));
    sayNotes(whole);
    const { predicted, folds: count } = await crossValidateClips({
      ...{ source: whole, folds, seed: run.seed, prepared: run, signal: place.signal },
      createReplicas: replicaFactory(place.engine.name, run.workers),
      train: async (source, { number, of, keepsLast }) => {
        const last = keepsLast && run.choose === undefined;
        say(`Fold ${number} of ${of}${last ? ': too few clips for validation, so its last weights are tested' : ''}`);
        const folder = join(out, `fold-${number}`);
        const own = { ...run, out: folder, ...(last && { choose: 'last' as const }) };
        const fold = { config: structuredClone(settings.config), run: own };
        return (await trainOnce(fold, { ...place, mode, source, files: new RunFiles(folder) })).outcome.weights;
      },
    });
    const csv = join(out, 'clips.csv');
    await writeFileAtomically(csv, clipsCsv(predicted));
    const evaluation = evaluatePredictions(predicted);
    const { description, kind } = whole;
    const trainedOn = `${count} folds of the same clips`;
    const about = { source: description, ...(kind !== undefined && { kind }), part: 'held-out', trainedOn };
    result(json, { ...evaluationJson(evaluation, about), folds: count, csv }, () =>
      [evaluationTable(evaluation, about), '', `One row a clip: ${csv}`].join('\n'),
    );
  });
}

function trainingSummary({ outcome, report }: TrainedRun, files: RunFiles) {
  const { bestSrcc, bestStep, steps, stoppedEarly, calibration, history } = outcome;
  const validation = history.validation.find(({ step }) => step === bestStep);
  return {
    ...{ steps, stoppedEarly, bestStep, validationSrcc: bestSrcc, validation },
    ...{ weights: files.best, bank: outcome.bank && files.bank, report, calibration },
  };
}

function trainingLines(
  { totalSteps }: TrainedRun,
  {
    steps,
    stoppedEarly,
    bestStep,
    validationSrcc,
    validation,
    weights,
    bank,
    report,
  }: ReturnType<typeof trainingSummary>,
): string[] {
  const fewer = `, ${totalSteps - steps} fewer than asked for: validation had not improved`;
  const error = validation ? `, mean error ${validation.meanAbsoluteError.toPrecision(3)}` : '';
  return [
    `Trained ${steps} steps${stoppedEarly ? fewer : ''}; best on validation at step ${bestStep}, SRCC ${fixed(validationSrcc, 3)}${error}.`,
    `Weights: ${weights}`,
    ...(bank ? [`Exemplar bank: ${bank}`] : []),
    ...(report ? [`Report: ${report}`] : []),
  ];
}

function nextCommand(weights: string, run: DataOptions): string {
  return `Next: mcore eval --weights ${weights}${dataWords(run)}`;
}

/** Options that name the clips of a run again; how rendered dives were drawn, and the split, is kept with the weights. */
function dataWords({ data, videos, absolutePaths, missing }: DataOptions): string {
  if (data === undefined || data === 'rendered') return '';
  return [
    ` --data ${data}`,
    ...(videos === undefined ? [] : [`--videos ${videos}`]),
    ...(absolutePaths ? ['--absolute-paths'] : []),
    ...(missing === undefined ? [] : [`--missing ${missing}`]),
  ].join(' ');
}
