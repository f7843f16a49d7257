import { ArgumentError } from '@mcore/errors';
import { type PresetName, presetConfig, presets } from '@mcore/model';
import { assertUnseen, type ResumeMode, splitAs, splitOfWeights } from '@mcore/training';
import {
  createReaders,
  openPreparedClips,
  type PretrainingRun,
  type Rendering,
  type RunFiles,
  readCheckpoint,
  renderings,
  runPretraining,
  type SourceDescriptor,
} from '@mcore/training/node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { result, say } from '../terminal/output.js';
import { prepareWithProgress, pretrainProgress, readingsInWords } from '../terminal/run-progress.js';
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

interface PretrainOptions extends DataOptions, EngineOptions {
  preset: PresetName;
  out: string;
  seed: number;
  steps: number;
  batch: number;
  window: number;
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
    .option('--window <frames>', 'frames a window', wholeNumber(1), 10)
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

async function runPretrain(options: PretrainOptions): Promise<void> {
  const initial = options.init === undefined ? undefined : await readCheckpoint(options.init);
  const source = sourceOf(options, initial?.info);
  if (source.kind !== 'rendered') {
    throw new ArgumentError(
      `mcore pretrain: expected --data rendered, as only of rendered dives it is known what every frame shows, got --data ${options.data}.`,
    );
  }
  const { frames } = presetConfig(options.preset).input;
  if (options.window > frames) {
    throw new ArgumentError(
      `mcore pretrain: expected --window of at most the ${frames} frames of a clip, got ${options.window}.`,
    );
  }
  await inRunFolder('mcore pretrain', options, (files, mode) =>
    pretrain(options, source, files, mode, initial ? { initial } : {}),
  );
}

/** Pretrains into a folder that is this run's alone. */
async function pretrain(
  options: PretrainOptions,
  source: RenderedSource,
  files: RunFiles,
  mode: ResumeMode,
  start: Pick<PretrainingRun, 'initial'>,
): Promise<void> {
  const { seed, steps, trainClips, validationClips } = options;
  const engine = await startEngine(options);
  const config = presetConfig(options.preset);
  const rendered = await openRenderings(source, config.input, options);
  const [{ prepared }] = rendered;
  try {
    const split = splitOfWeights(start.initial?.info, prepared.source, options, seed);
    const splits = splitAs(prepared.source.clips, split, { train: trainClips, validation: validationClips });
    if (start.initial && !options.allowSeenClips) {
      assertUnseen('mcore pretrain', start.initial.info, prepared.source, splits.validation, 'validation');
    }
    say(
      `${splits.train.length} training and ${splits.validation.length} validation clips of ${prepared.source.description}.`,
    );
    await prepareWithProgress(prepared, [...splits.train, ...splits.validation]);
    const { last } = await runPretraining(
      {
        ...start,
        ...{ config, renderings: rendered, splits, split, store: files, seed, totalSteps: steps },
        batchSize: options.batch,
        windowFrames: options.window,
        learningRate: options.learningRate,
        createReaders: (checkpoint, { readings }) =>
          createReaders(checkpoint, { readings, engine: engine.name, workers: options.workers }),
        checkpointEvery: options.checkpointEvery,
        validateEvery: options.validateEvery ?? Math.max(1, Math.round(steps / 10)),
        onEvent: pretrainProgress(),
      },
      mode,
    );
    result(options.json, { weights: files.last, last }, () =>
      [
        `Pretrained ${last.step} steps; read off single frames of validation clips, as correlations: ${readingsInWords(last.readings)}.`,
        `Weights: ${files.last}`,
        `Next: mcore train --preset ${options.preset} --init ${files.last}`,
      ].join('\n'),
    );
  } finally {
    await Promise.all(rendered.map((each) => each.prepared.close()));
    await engine.dispose();
  }
}

type RenderedSource = SourceDescriptor & { kind: 'rendered' };

async function openRenderings(
  source: RenderedSource,
  input: PretrainingRun['config']['input'],
  options: PretrainOptions,
): Promise<[Rendering, ...Rendering[]]> {
  const open = async (each: RenderedSource): Promise<Rendering> => ({
    prepared: await openPreparedClips(each, input, options),
    seed: each.seed,
  });
  const [first, ...others] = renderings(source, options.renderVariants);
  return [await open(first), ...(await Promise.all(others.map(open)))];
}
