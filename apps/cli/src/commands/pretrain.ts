import { ArgumentError } from '@mcore/errors';
import { type PresetName, presetConfig, presets } from '@mcore/model';
import { type AugmentationKind, augmentations, type ResumeMode } from '@mcore/training';
import { createReaders, type PretrainOptions, pretrain, type RunFiles, readCheckpoint } from '@mcore/training/node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { result } from '../terminal/output.js';
import { pretrainProgress, readingsInWords } from '../terminal/run-progress.js';
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

/** Frames a window unless given. */
const WINDOW_FRAMES = 10;

interface PretrainCommandOptions extends DataOptions, EngineOptions {
  preset: PresetName;
  out: string;
  seed: number;
  steps: number;
  batch: number;
  window?: number;
  augmentation: AugmentationKind;
  learningRate: number;
  trainClips?: number;
  validationClips: number;
  checkpointEvery: number;
  validateEvery?: number;
  init?: string;
  renderVariants: number;
  resume: boolean;
  allowSeenClips: boolean;
  json: boolean;
}

/** `mcore pretrain`. */
export function addPretrain(program: Command): void {
  const command = program
    .command('pretrain')
    .description('Pretrain a backbone on what single frames of rendered dives show.')
    .addOption(
      new Option('--preset <name>', 'configuration whose backbone is taught')
        .choices(Object.keys(presets))
        .default('laptop'),
    )
    .option('--out <dir>', 'folder for checkpoint and log', 'runs/pretrained')
    .option('--seed <n>', 'seed of weights, order, windows and augmentation', wholeNumber(0), 0)
    .option('--steps <n>', 'optimisation steps in all', wholeNumber(1), 4000)
    .option('--batch <windows>', 'windows a step', wholeNumber(1), 16)
    .option('--window <frames>', 'frames a window; 10 unless given', wholeNumber(1))
    .addOption(
      new Option(
        '--augmentation <kind>',
        'plain mirrors and crops; wide also varies time, light, camera and textures of whole clips, and teaches the segmenter',
      )
        .choices(augmentations)
        .default('plain'),
    )
    .option('--learning-rate <rate>', 'where the cosine begins', positive, 1e-3)
    .option('--validation-clips <n>', 'validate on a seeded random part', wholeNumber(2), 200)
    .option('--checkpoint-every <steps>', 'steps between checkpoints', wholeNumber(1), 200)
    .option('--resume', 'resume from the checkpoint in --out; without it, a run that is there is removed', false);
  withExamples(
    withJson(withEngine(withData(withSeenClips(withLearning(command), 'validate')))),
    'mcore pretrain --steps 4000 --out runs/pretrained',
    'mcore pretrain --out runs/pretrained --resume',
    'mcore train --init runs/pretrained/last.safetensors --out runs/first',
  ).action(runPretrain);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}

async function runPretrain(options: PretrainCommandOptions): Promise<void> {
  const initial = options.init === undefined ? undefined : await readCheckpoint(options.init);
  const source = sourceOf(options, initial?.info);
  if (source.kind !== 'rendered') {
    throw new ArgumentError(
      `mcore pretrain: expected --data rendered, as only of rendered dives it is known what every frame shows, got --data ${options.data}.`,
    );
  }
  const { frames } = presetConfig(options.preset).input;
  if (options.augmentation === 'wide' && (options.window ?? frames) !== frames) {
    throw new ArgumentError(
      `mcore pretrain: expected no --window with --augmentation wide, which takes whole clips, got --window ${options.window}.`,
    );
  }
  if (options.window !== undefined && options.window > frames) {
    throw new ArgumentError(
      `mcore pretrain: expected --window of at most the ${frames} frames of a clip, got ${options.window}.`,
    );
  }
  const run = { source, ...(initial && { initial }) };
  await inRunFolder('mcore pretrain', options, (files, mode) => pretrainIn(files, mode, options, run));
}

/** Pretrains into a folder that is this run's alone. */
async function pretrainIn(
  files: RunFiles,
  mode: ResumeMode,
  options: PretrainCommandOptions,
  run: Pick<PretrainOptions, 'source' | 'initial'>,
): Promise<void> {
  const { steps, batch, window, learningRate, validateEvery = Math.max(1, Math.round(steps / 10)) } = options;
  const engine = await startEngine(options);
  const isWide = options.augmentation === 'wide';
  const { frames } = presetConfig(options.preset).input;
  try {
    const { last } = await pretrain({
      ...{ ...options, ...run, mode, config: presetConfig(options.preset), store: files, totalSteps: steps },
      ...{
        batchSize: batch,
        windowFrames: isWide ? frames : (window ?? WINDOW_FRAMES),
        learningRate,
        validateEvery,
        onEvent: pretrainProgress(),
      },
      createReaders: (checkpoint, taught) =>
        createReaders(checkpoint, { ...taught, engine: engine.name, workers: options.workers }),
    });
    result(options.json, { weights: files.last, last }, () =>
      [
        `Pretrained ${last.step} steps; read off single frames of validation clips, as correlations: ${readingsInWords(last.readings)}.`,
        `Weights: ${files.last}`,
        `Next: mcore train --preset ${options.preset} --init ${files.last}`,
      ].join('\n'),
    );
  } finally {
    await engine.dispose();
  }
}
