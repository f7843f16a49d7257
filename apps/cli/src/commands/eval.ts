import { existsSync } from 'node:fs';
import { type Clip, type ExemplarChoice, formatExemplars, parseExemplars } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import type { Checkpoint } from '@mcore/model';
import { type MergedResults, shardOf } from '@mcore/tasks';
import { evaluate } from '@mcore/training';
import { type Command, Option } from 'commander';
import { writeFileAtomically } from '../data/atomic-file.js';
import { PreparedClips } from '../data/prepared-clips.js';
import { assertStages } from '../data/source.js';
import { type EvalSettings, evalTasks, runEvalTasks, wholeChoice } from '../run/eval-tasks.js';
import { type CheckpointEvaluation, evaluateCheckpoint } from '../run/evaluate-checkpoint.js';
import { clipsCsv, type EvaluationAbout, evaluationJson, evaluationTable } from '../run/evaluation-output.js';
import type { PredictedClip } from '../run/predict-clips.js';
import { readCheckpoint, readNamed } from '../run/run-files.js';
import { splitClips } from '../run/splits.js';
import { result, say, sayNotes } from '../terminal/output.js';
import { prepareWithProgress } from '../terminal/run-progress.js';
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
import { type MergedOutput, reportShard, type ShardOptions, shardToDo, withShards } from './shard-options.js';

interface EvalOptions extends DataOptions, EngineOptions, ShardOptions {
  weights: string;
  part: 'test' | 'validation';
  limit?: number;
  exemplars?: string;
  exemplarSeed: number;
  csv?: string;
  json: boolean;
}

/** `mcore eval`. */
export function addEval(program: Command): void {
  const command = program
    .command('eval')
    .description('Measure SRCC, R-l2 and AIoU with bootstrap intervals, beside what the labels alone give.')
    .requiredOption('--weights <file>', 'checkpoint to evaluate')
    .addOption(new Option('--part <name>', 'clips to evaluate').choices(['test', 'validation']).default('test'))
    .option('--limit <n>', 'a seeded random part of the clips', wholeNumber(2))
    .option('--exemplars <file>', 'fixed exemplar lists: read if the file is there, else drawn and written to it')
    .option('--exemplar-seed <n>', 'seed of the draw', wholeNumber(0), 0)
    .option('--csv <file>', 'write one row a clip');
  withExamples(
    withJson(withShards(withEngine(withData(command)))),
    'mcore eval --weights runs/first/best.safetensors --csv clips.csv',
    'mcore eval --weights runs/first/best.safetensors --results evaluation --shard 2/4',
  ).action(runEval);
}

async function runEval(options: EvalOptions): Promise<void> {
  if (options.shard && options.results === undefined) {
    throw new ArgumentError('mcore eval: wanted --results <dir> beside --shard, got none.');
  }
  if (options.csv !== undefined && options.results !== undefined) {
    throw new ArgumentError('mcore eval: wanted --csv without --results; mcore merge has it.');
  }
  const checkpoint = await readCheckpoint(options.weights);
  const engine = await startEngine(options);
  const { input, stages } = checkpoint.info.config;
  const prepared = await PreparedClips.open(sourceOf(options, stages), input, options);
  try {
    assertStages('mcore eval', prepared.source, checkpoint.info.config);
    sayNotes(prepared.source);
    const limits = options.limit === undefined ? {} : { [options.part]: options.limit };
    const seed = trainingSeed(checkpoint);
    const splits = splitClips(prepared.source.clips, { kind: options.split, seed, limits });
    const clips = splits[options.part];
    if (clips.length < 2) {
      throw new DataError(
        `mcore eval: wanted at least 2 ${options.part} clips in ${prepared.source.description}, got ${clips.length}.`,
      );
    }
    const saved = await savedExemplars(options, [...clips, ...splits.train]);
    const { transitionsFrom } = prepared.source;
    const about = {
      source: prepared.source.description,
      trainedOn: checkpoint.info.trainedOn,
      part: options.part,
      ...(transitionsFrom && { transitionsFrom }),
    };
    const setup = {
      checkpoint,
      clips,
      train: splits.train,
      prepared,
      exemplars: saved ?? options.exemplarSeed,
      engine: engine.name,
      workers: options.workers,
    };
    if (options.results !== undefined) return await evaluateShard(setup, about, options, options.results);
    await prepareWithProgress(prepared, clips);
    const { predicted, evaluation, exemplars } = await evaluateCheckpoint(setup);
    if (saved === undefined) await keepExemplars(options, exemplars);
    if (options.csv !== undefined) {
      await writeFileAtomically(options.csv, clipsCsv(predicted));
      say(`One row a clip: ${options.csv}`);
    }
    result(options.json, evaluationJson(evaluation, about), () => evaluationTable(evaluation, about));
  } finally {
    await prepared.close();
    await engine.dispose();
  }
}

/** One shard of an evaluation, kept clip by clip. */
async function evaluateShard(
  setup: CheckpointEvaluation,
  about: EvaluationAbout,
  options: EvalOptions,
  folder: string,
): Promise<void> {
  const exemplars = wholeChoice(setup);
  if (typeof setup.exemplars === 'number') await keepExemplars(options, exemplars);
  const list = await evalTasks(setup, exemplars, about);
  const shard = shardToDo(options);
  const mine = new Set(shardOf(list.tasks, shard.index, shard.count).map(({ id }) => id));
  await prepareWithProgress(
    setup.prepared,
    setup.clips.filter(({ id }) => mine.has(id)),
  );
  const made = { engine: setup.engine };
  const summary = await runEvalTasks({ ...setup, exemplars }, { folder, list, shard, made });
  await reportShard(options.json, shard, summary, mergedEvaluation);
}

/** What the results of shards make together: what `mcore eval` prints. */
export function mergedEvaluation({ finished, settings }: MergedResults<PredictedClip>): MergedOutput {
  // a score that is not a number is null in JSON
  const predicted = finished.map(({ result: clip }) => ({
    ...clip,
    predictedScore: clip.predictedScore ?? Number.NaN,
  }));
  const evaluation = evaluate(predicted);
  const about = settings as unknown as EvalSettings;
  return {
    json: evaluationJson(evaluation, about),
    text: () => evaluationTable(evaluation, about),
    csv: () => clipsCsv(predicted),
  };
}

async function keepExemplars({ exemplars: path, exemplarSeed }: EvalOptions, drawn: ExemplarChoice): Promise<void> {
  if (path === undefined) return;
  await writeFileAtomically(path, formatExemplars(drawn));
  say(`Exemplars drawn with seed ${exemplarSeed} and kept in ${path}`);
}

/** Splits follow the seed of the training run, so that no clip it trained on is evaluated as validation. */
function trainingSeed({ info }: Checkpoint): number {
  return Number(info.seed);
}

/** The exemplar lists of `--exemplars`, where the file is there already. */
async function savedExemplars(options: EvalOptions, clips: readonly Clip[]): Promise<ExemplarChoice | undefined> {
  if (options.exemplars === undefined || !existsSync(options.exemplars)) return undefined;
  return parseExemplars(new TextDecoder().decode(await readNamed(options.exemplars, 'exemplar lists')), clips);
}
