import { presets } from '@mcore/model';
import type { ResumeMode } from '@mcore/training';
import { fit, type RunFiles, readCheckpoint, writeTrainingReport } from '@mcore/training/node';
import { type Command, Option } from 'commander';
import { editorSchema } from '../config/run-schema.js';
import {
  type SettingsOptions,
  saveSettings,
  settingsPath,
  type TrainSettings,
  trainSettings,
} from '../config/train-settings.js';
import { result } from '../terminal/output.js';
import { fitProgress } from '../terminal/run-progress.js';
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
    withJson(withEngine(withData(withSeenClips(withLearning(command), 'validate')))),
    'mcore train --preset laptop --steps 300 --out runs/first',
    'mcore train --data FineDiving --preset released --out runs/released',
    'mcore train --data videos.csv --preset laptop --epochs 20 --out runs/own',
    'mcore train --out runs/first --resume',
    'mcore train --config ablation.yaml --seed 1 --out runs/ablation-1',
    'mcore train --set loss.contrastive.weight=0 --set backbone.gateShift=false --out runs/plain',
  ).action(runTrain);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

async function runTrain(options: TrainOptions, command: Command): Promise<void> {
  if (options.schema) return result(true, editorSchema(), () => '');
  const settings = await trainSettings(command, options);
  const { out } = settings.run;
  await inRunFolder('mcore train', { out, resume: options.resume }, (files, mode) =>
    train(settings, files, mode, options.json),
  );
}

/** Trains into a folder that is this run's alone. */
async function train(settings: TrainSettings, files: RunFiles, mode: ResumeMode, json: boolean): Promise<void> {
  const { config, run } = settings;
  const { engine: _, data = 'rendered', out, ...options } = run;
  // a file that can't be read is reported before an engine starts
  const init = run.init === undefined ? undefined : await readCheckpoint(run.init);
  const engine = await startEngine(run as EngineOptions);
  try {
    const show = fitProgress(config.optimiser.batchSize);
    let saved = Promise.resolve();
    let totalSteps = 0;
    const outcome = await fit({
      ...options,
      ...{ data, config, preset: config.preset, out: files, resume: mode, running: engine.name },
      ...(init && { init }),
      onEvent: (event) => {
        show(event);
        if (event.kind !== 'start') return;
        totalSteps = event.totalSteps;
        saved = saveSettings(settings, totalSteps);
      },
    } as Parameters<typeof fit>[0]);
    await saved;
    const source = sourceOf(run, outcome.weights.info);
    const command = `mcore train --config ${settingsPath(out)}`;
    const report = await writeTrainingReport(files, outcome, { ...run, source, engine, command });
    const { bestSrcc, bestStep, steps, stoppedEarly, calibration } = outcome;
    const bank = outcome.bank && files.bank;
    const summary = {
      ...{ steps, stoppedEarly, bestStep, validationSrcc: bestSrcc },
      ...{ weights: files.best, bank, report, calibration },
    };
    result(json, summary, () =>
      [
        `Trained ${steps} steps${stoppedEarly ? `, ${totalSteps - steps} fewer than asked for: validation had not improved` : ''}; best on validation at step ${bestStep}, SRCC ${bestSrcc.toFixed(3)}.`,
        `Weights: ${files.best}`,
        ...(bank ? [`Exemplar bank: ${bank}`] : []),
        ...(report ? [`Report: ${report}`] : []),
        `Next: mcore eval --weights ${files.best}${dataWords(run)}`,
      ].join('\n'),
    );
  } finally {
    await engine.dispose();
  }
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
