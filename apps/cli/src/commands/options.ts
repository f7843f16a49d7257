import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { SplitKind } from '@mcore/clips';
import { ENGINE_NAMES, type Engine, type EngineChoice } from '@mcore/engines';
import { useEngine } from '@mcore/engines/node';
import { ArgumentError } from '@mcore/errors';
import type { CheckpointInfo } from '@mcore/model';
import {
  DEFAULT_RENDER_HEIGHT,
  type KeptClips,
  loadOnnxRuntime,
  type MissingClips,
  type ScoringEngine,
  type SourceDescriptor,
  sourceFor,
  testOnnx,
} from '@mcore/training/node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { watchDevice } from '../terminal/device-loss.js';
import { say } from '../terminal/output.js';

/** Options of every command that computes. */
export interface EngineOptions {
  engine: EngineChoice;
  workers: number;
}

/** Options of every command that encodes or scores clips. */
export interface ScoringOptions {
  engine: EngineChoice | 'onnx';
  workers: number;
}

/** Options of every command that reads labelled clips. */
export interface DataOptions {
  data?: string;
  videos?: string;
  absolutePaths?: boolean;
  missing?: MissingClips;
  stages?: number;
  renderSeed?: number;
  renderHeight?: number;
  cache: string;
  keepClips?: KeptClips;
  split?: SplitKind;
  splitSeed?: number | string;
}

/** Where `mcore benchmark` keeps trainings and results unless told otherwise. */
export const BENCHMARK_OUT = 'runs/benchmark';

/** A whole number of at least `least`, for commander. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** Adds `--engine` and `--workers`. */
export function withEngine(command: Command): Command {
  return withEngines(command, ['auto', ...ENGINE_NAMES]);
}

/** The same for commands that don't train, which ONNX Runtime can do too. */
export function withScoringEngine(command: Command): Command {
  return withEngines(command, ['auto', ...ENGINE_NAMES, 'onnx']);
}

function withEngines(command: Command, names: readonly string[]): Command {
  return command
    .addOption(
      new Option('--engine <name>', 'engine that computes; auto takes the fastest that passes a numerical self-test')
        .choices(names)
        .default('auto'),
    )
    .option('--workers <n>', 'threads for engines that use one core each', wholeNumber(1), availableParallelism());
}

/** Adds `--data` and what belongs to it. Defaults are those that the weights were trained with, if the command takes weights. */
export function withData(command: Command): Command {
  return command
    .option(
      '--data <path>',
      'a manifest of your own videos (.csv, .json), a folder of MTL-AQA, AQA-7 or UNLV-Dive or in FineDiving\'s layout, or the word "rendered" (default: rendered)',
    )
    .option('--videos <dir>', "where the paths in a manifest start (default: the manifest's folder)")
    .option('--absolute-paths', 'let the paths in a manifest be absolute or lead out of that folder')
    .addOption(
      new Option(
        '--missing <what>',
        "what to do with clips whose frames can't be read (default: refuse); leave-out says how many and of which groups",
      ).choices(['refuse', 'leave-out']),
    )
    .option('--stages <n>', 'stages that clips without labelled transitions are cut into (default: 3)', wholeNumber(2))
    .option('--render-seed <n>', 'seed of rendered dives (default: that of the weights, or 0)', wholeNumber(0))
    .option(
      '--render-height <pixels>',
      `height of rendered dives (default: that of the weights, or ${DEFAULT_RENDER_HEIGHT})`,
      wholeNumber(16),
    )
    .addOption(
      new Option(
        '--split <kind>',
        'which clips are test clips (default: as the weights were trained, or official)',
      ).choices(['official', 'held-out-events']),
    )
    .option(
      '--split-seed <seed>',
      'of validation clips and held-out events (default: that of the weights, or --seed)',
      seedOf,
    )
    .option('--cache <dir>', 'where sampled and resized clips are kept', join('.mcore', 'prepared'))
    .addOption(
      new Option(
        '--keep-clips <how>',
        'keep their pixels (default), JPEG (a tenth of the space, pixels change a little), or nothing and decode them again',
      ).choices(['raw', 'jpeg', 'nothing']),
    );
}

/** A seed: a whole number, or any other text. */
function seedOf(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** Adds `--allow-seen-clips`. */
export function withSeenClips(command: Command, what: string): Command {
  return command.option('--allow-seen-clips', `also ${what} on clips that trained or chose the weights`, false);
}

/**
 * The clips that the options name; with weights, how those were rendered and cut is the default.
 *
 * @throws ArgumentError if no clips are named and the weights were trained on others than rendered dives.
 */
export function sourceOf(options: DataOptions, info?: CheckpointInfo): SourceDescriptor {
  if (options.data === undefined && info?.data && !info.data.rendering) {
    throw new ArgumentError(`expected --data, since the weights were trained on ${info.trainedOn}, got none.`);
  }
  return sourceFor(options.data ?? 'rendered', options, info);
}

/** Adds what everything that learns from labelled clips has: what it starts from, which clips it sees, how often it is validated. */
export function withLearning(command: Command): Command {
  return command
    .option('--train-clips <n>', 'learn from a seeded random part', wholeNumber(2))
    .option(
      '--validate-every <steps>',
      'steps between evaluations on validation (default: a tenth of all)',
      wholeNumber(1),
    )
    .option('--init <file>', 'checkpoint to start from instead of random weights')
    .option(
      '--render-variants <n>',
      'render training clips with n seeds, --render-seed first; each time a random one is used',
      wholeNumber(1),
      1,
    );
}

/** Adds `--from` and `--to`. */
export function withPart(command: Command): Command {
  return command
    .option('--from <seconds>', 'begin here, in seconds from the first frame (default: there)', seconds)
    .option('--to <seconds>', 'end here (default: at the end)', seconds);
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('Expected seconds, 0 or more.');
}

/** Adds `--json`. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print the result as JSON', false);
}

/** Adds examples below the options. */
export function withExamples(command: Command, ...examples: string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}

/** Makes the engine that the options name the current one and says which it is. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const engine = await useEngine(options.engine);
  watchDevice(engine);
  say(`Engine: ${engine.description}. ${engine.reason}`);
  return engine;
}

/** What {@link startScoringEngine} started. */
interface StartedEngine {
  name: ScoringEngine;
  /** What it is, with versions and threads. */
  description: string;
  dispose(): Promise<void>;
}

/**
 * {@link startEngine}, or ONNX Runtime once it has shown that it computes what the model does.
 *
 * @throws EngineError if onnxruntime-node is missing or computes wrongly.
 */
export async function startScoringEngine({ engine, workers }: ScoringOptions): Promise<StartedEngine> {
  if (engine !== 'onnx') return startEngine({ engine, workers });
  const rest = await useEngine('cpu'); // cuts features into stages, which takes no time
  const { version } = await loadOnnxRuntime();
  const worst = await testOnnx();
  const description = `ONNX Runtime (onnxruntime-node ${version}), ${workers} threads`;
  say(`Engine: ${description}. Asked for by name; off by ${worst.toExponential(1)} in its self-test`);
  return { name: 'onnx', description, dispose: () => rest.dispose() };
}
