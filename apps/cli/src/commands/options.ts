import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { SplitKind } from '@mcore/clips';
import { ENGINE_NAMES, type Engine, type EngineChoice } from '@mcore/engines';
import { useEngine } from '@mcore/engines/node';
import {
  DEFAULT_RENDER_HEIGHT,
  describeSource,
  loadOnnxRuntime,
  type ScoringEngine,
  type SourceDescriptor,
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
  data: string;
  videos?: string;
  stages?: number;
  renderSeed: number;
  renderHeight: number;
  cache: string;
  split: SplitKind;
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
      new Option('--engine <name>', 'what computes; auto takes the fastest that passes a numerical self-test')
        .choices(names)
        .default('auto'),
    )
    .option('--workers <n>', 'threads for engines that use one core each', wholeNumber(1), availableParallelism());
}

/** Adds `--data` and what belongs to it. */
export function withData(command: Command): Command {
  return command
    .option(
      '--data <path>',
      'a manifest of your own videos (.csv, .json), a folder of MTL-AQA, AQA-7 or UNLV-Dive or in FineDiving\'s layout, or the word "rendered"',
      'rendered',
    )
    .option('--videos <dir>', "where the paths in a manifest start (default: the manifest's folder)")
    .option('--stages <n>', 'stages that clips without labelled transitions are cut into (default: 3)', wholeNumber(2))
    .option('--render-seed <n>', 'seed of rendered dives', wholeNumber(0), 0)
    .option('--render-height <pixels>', 'height rendered dives are drawn at', wholeNumber(16), DEFAULT_RENDER_HEIGHT)
    .addOption(
      new Option('--split <kind>', 'which clips are test clips')
        .choices(['official', 'held-out-events'])
        .default('official'),
    )
    .option('--cache <dir>', 'where sampled and resized clips are kept', join('.mcore', 'prepared'));
}

/** Adds what everything that learns from labelled clips has: what it starts from, which clips it sees, how often it looks at validation. */
export function withLearning(command: Command): Command {
  return command
    .option('--train-clips <n>', 'learn from a seeded random part', wholeNumber(2))
    .option('--validate-every <steps>', 'steps between looks at validation (default: a tenth of all)', wholeNumber(1))
    .option('--init <file>', 'checkpoint to start from instead of random weights')
    .option(
      '--render-variants <n>',
      'draw rendered training clips with n seeds, --render-seed first; which one is seen is random each time',
      wholeNumber(1),
      1,
    );
}

/** How many steps lie between looks at validation unless said otherwise. */
export function tenthOf(steps: number): number {
  return Math.max(1, Math.round(steps / 10));
}

/** Adds `--json`. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print the result as JSON', false);
}

/** Adds examples below the options. */
export function withExamples(command: Command, ...examples: string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}

/**
 * The clips that the options name.
 *
 * @param stages - Of weights that are there already: what clips without transitions are cut into unless `--stages` says otherwise.
 */
export function sourceOf(options: DataOptions, stages?: number): SourceDescriptor {
  return describeSource(options.data, { ...options, stages: options.stages ?? stages });
}

/** Makes the engine that the options name the current one and says which it is. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const engine = await useEngine(options.engine);
  watchDevice(engine);
  say(`Engine: ${engine.description}. ${engine.reason}`);
  return engine;
}

/** What {@link startScoringEngine} started. */
export interface StartedEngine {
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
