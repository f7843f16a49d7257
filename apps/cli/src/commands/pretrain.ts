import { rm } from 'node:fs/promises';
import { splitClips } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { type PresetName, presetConfig, presets } from '@mcore/model';
import {
  PreparedClips,
  type PretrainingRun,
  pretrain,
  type ReadingRecord,
  type Rendering,
  RunFiles,
  readCheckpoint,
  renderings,
  type SourceDescriptor,
} from '@mcore/training/node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { result, say } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { prepareWithProgress } from '../terminal/run-progress.js';
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
  json: boolean;
}

/** `mcore pretrain`. */
export function addPretrain(program: Command): void {
  const command = program
    .command('pretrain')
    .description('Teach a backbone what single frames of rendered dives show, before training on scores.')
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
    .option('--resume', 'go on from the checkpoint in --out', false);
  withExamples(
    withJson(withEngine(withData(withLearning(command)))),
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
  const config = presetConfig(options.preset);
  const source = sourceOf(options);
  if (source.kind !== 'rendered') {
    throw new ArgumentError(
      `mcore pretrain: expected --data rendered, as only of rendered dives it is known what every frame shows, got --data ${options.data}.`,
    );
  }
  if (options.window > config.input.frames) {
    throw new ArgumentError(
      `mcore pretrain: expected --window of at most the ${config.input.frames} frames of a clip, got ${options.window}.`,
    );
  }
  const initial = options.init === undefined ? undefined : await readCheckpoint(options.init);
  await inRunFolder('mcore pretrain', options, (resume) =>
    pretrainHeld(options, source, { config, resume, ...(initial ? { initial } : {}) }),
  );
}

/** Pretrains into a folder that is this run's alone. */
async function pretrainHeld(
  options: PretrainOptions,
  source: SourceDescriptor & { kind: 'rendered' },
  start: Pick<PretrainingRun, 'config' | 'resume' | 'initial'>,
): Promise<void> {
  const { seed, steps, trainClips } = options;
  const engine = await startEngine(options);
  const drawn = await openRenderings(source, start.config.input, options);
  const [{ prepared }] = drawn;
  try {
    const limits = { validation: options.validationClips, ...(trainClips === undefined ? {} : { train: trainClips }) };
    const splits = splitClips(prepared.source.clips, { kind: options.split, seed, limits });
    say(
      `${splits.train.length} training and ${splits.validation.length} validation clips of ${prepared.source.description}.`,
    );
    await prepareWithProgress(prepared, [...splits.train, ...splits.validation]);
    // a run that begins anew must never be gone on with from the one before it
    if (!start.resume) await rm(new RunFiles(options.out).last, { force: true });
    const outcome = await pretrain({
      ...start,
      renderings: drawn,
      splits,
      out: options.out,
      seed,
      totalSteps: steps,
      batchSize: options.batch,
      windowFrames: options.window,
      learningRate: options.learningRate,
      engine: engine.name,
      workers: options.workers,
      checkpointEvery: options.checkpointEvery,
      validateEvery: options.validateEvery ?? tenthOf(steps),
      ...pretrainingProgress(steps),
    });
    const { weights, last } = outcome;
    result(options.json, outcome, () =>
      [
        `Pretrained ${last.step} steps; read off single frames of validation clips, as correlations: ${inWords(last)}.`,
        `Weights: ${weights}`,
        `Next: mcore train --preset ${options.preset} --init ${weights}`,
      ].join('\n'),
    );
  } finally {
    await Promise.all(drawn.map((each) => each.prepared.close()));
    await engine.dispose();
  }
}

async function openRenderings(
  source: SourceDescriptor & { kind: 'rendered' },
  input: PretrainingRun['config']['input'],
  options: PretrainOptions,
): Promise<[Rendering, ...Rendering[]]> {
  const open = async (each: SourceDescriptor & { kind: 'rendered' }): Promise<Rendering> => ({
    prepared: await PreparedClips.open(each, input, options),
    seed: each.seed,
  });
  const [first, ...others] = renderings(source, options.renderVariants);
  return [await open(first), ...(await Promise.all(others.map(open)))];
}

function pretrainingProgress(totalSteps: number): Pick<PretrainingRun, 'onStep' | 'onValidation' | 'onNote'> {
  let progress: ReturnType<typeof startProgress> | undefined;
  return {
    onStep: (record) => {
      progress ??= startProgress('Pretraining', totalSteps, 'steps', record.step - 1);
      progress.update(record.step, `loss ${record.total.toFixed(3)}`);
      if (record.step === totalSteps) progress.stop();
    },
    onValidation: (record) => {
      if (!process.stderr.isTTY) say(`Validation at step ${record.step}: ${inWords(record)}`);
    },
    onNote: say,
  };
}

function inWords({ readings }: ReadingRecord): string {
  return Object.entries(readings)
    .map(([name, value]) => `${name} ${value === null ? 'n/a' : value.toFixed(2)}`)
    .join(', ');
}
