import { existsSync } from 'node:fs';
import { type Clip, type ClipSource, type ExemplarChoice, formatExemplars, parseExemplars } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import type { Checkpoint } from '@mcore/model';
import { RenderedDives } from '@mcore/rendered-dives';
import { type MergedResults, shardOf } from '@mcore/tasks';
import {
  assertSameClips,
  type CheckpointEvaluation,
  calibrationFor,
  chooseClips,
  type EvaluatedDraw,
  type EvaluationAbout,
  type EvaluationRuns,
  evaluateDraws,
  evaluatePredictions,
  evaluationExtras,
  evaluationJson,
  evaluationTable,
  type Grouping,
  type PredictedClip,
} from '@mcore/training';
import {
  assertWritable,
  clipsCsv,
  type EvalSettings,
  evalTasks,
  holdingResults,
  keptExemplars,
  openPreparedClips,
  readCheckpoint,
  readClipsCsv,
  readNamed,
  replicaFactory,
  runEvalTasks,
  type ScoringEngine,
  wholeChoice,
  writeEvaluationReport,
  writeFileAtomically,
} from '@mcore/training/node';
import { type Command, Option } from 'commander';
import { result, say, sayNotes } from '../terminal/output.js';
import { prepareWithProgress, workProgress } from '../terminal/run-progress.js';
import { type ProtocolOptions, runProtocol, withProtocol } from './eval-protocol.js';
import {
  type DataOptions,
  type ScoringOptions,
  sourceOf,
  startScoringEngine,
  wholeNumber,
  withData,
  withExamples,
  withJson,
  withScoringEngine,
  withSeenClips,
} from './options.js';
import { type MergedOutput, reportShard, type ShardOptions, shardToDo, withShards } from './shard-options.js';
import { evalFeatures, isFeatureWeights } from './use-features.js';
import { weightsFiles } from './weights-files.js';

interface EvalOptions extends DataOptions, ScoringOptions, ShardOptions {
  allowSeenClips: boolean;
  weights: string[];
  part: 'test' | 'validation';
  limit?: number;
  exemplars?: string;
  exemplarSeed: number;
  draws: number;
  by: Grouping[];
  against?: string;
  csv?: string;
  report?: string;
  json: boolean;
}

/** `mcore eval`. */
export function addEval(program: Command): void {
  const command = program
    .command('eval')
    .description('Measure SRCC, R-l2 and AIoU with bootstrap intervals, beside what the labels alone give.')
    .option(
      '--weights <file...>',
      'checkpoint to evaluate, or a pattern; several (seeds, or epochs of one run) also give mean and deviation over them',
    )
    .addOption(new Option('--part <name>', 'clips to evaluate').choices(['test', 'validation']).default('test'))
    .option('--limit <n>', 'a seeded random part of the clips', wholeNumber(2))
    .option('--exemplars <file>', 'fixed exemplar lists: read if the file is there, else drawn and written to it')
    .option('--exemplar-seed <n>', 'seed of the draw', wholeNumber(0), 0)
    .option(
      '--draws <n>',
      'number of draws of exemplars; more than one give mean and deviation over the draws',
      wholeNumber(1),
      1,
    )
    .addOption(
      new Option('--by <group...>', 'also results of every group; cue, for rendered dives: what the scores follow')
        .choices(['dive-number', 'competition', 'cue'])
        .default([]),
    )
    .option('--against <file>', 'clips of another evaluation, from --csv, to test against')
    .option('--csv <file>', 'write one row a clip, for mcore compare')
    .option('--report <file>', 'write an HTML page with results, plots and film strips');
  withExamples(
    withJson(withShards(withScoringEngine(withSeenClips(withProtocol(withData(command)), 'test')))),
    'mcore eval --weights runs/first/best.safetensors --csv clips.csv',
    'mcore eval --weights runs/seed-*/best.safetensors --draws 5 --by dive-number',
    'mcore eval --weights runs/first/best.safetensors --results evaluation --shard 2/4',
    'mcore eval --weights runs/features/best.safetensors --data features.csv',
    'mcore eval --protocol losocv --data features.csv --csv clips.csv',
  ).action(run);
}

function run(
  options: Partial<Pick<EvalOptions, 'weights'>> & Omit<EvalOptions, 'weights'> & Omit<ProtocolOptions, 'engine'>,
  command: Command,
): Promise<void> {
  const { weights, protocol, engine, ...rest } = options;
  const wrongUsage = (problem: string) => command.error(`error: ${problem}`, { exitCode: 2 });
  if (protocol === undefined) {
    if (weights !== undefined) return evalWeights({ ...rest, engine, weights });
    return wrongUsage(
      "required option '--weights <file...>' not specified (or --protocol, to train and test on folds)",
    );
  }
  if (weights !== undefined) return wrongUsage('expected --weights or --protocol, got both');
  if (engine === 'onnx') return wrongUsage('expected an engine that trains with --protocol, got onnx');
  return runProtocol(protocol, { ...rest, engine });
}

/** Weights of either kind: trained on frames, or on features. */
async function evalWeights(options: EvalOptions): Promise<void> {
  const [first, ...others] = await weightsFiles(options.weights);
  if (!(await isFeatureWeights(first!))) return runEval(options);
  if (others.length > 0) throw new ArgumentError('mcore eval: expected one file of weights trained on features.');
  return evalFeatures(first!, options);
}

async function runEval(given: EvalOptions): Promise<void> {
  const options = { ...given, weights: await weightsFiles(given.weights) };
  assertOptions(options);
  const checkpoints = await Promise.all(options.weights.map(readCheckpoint));
  assertSameClips(
    'mcore eval',
    checkpoints.map(({ info }) => info),
    options,
  );
  const against = options.against === undefined ? undefined : await readClipsCsv(options.against);
  await assertWritable(options.csv);
  await assertWritable(options.exemplars);
  await assertWritable(options.report);
  const engine = await startScoringEngine(options);
  try {
    const evaluated: Evaluated[] = [];
    for (const [index, checkpoint] of checkpoints.entries()) {
      if (checkpoints.length > 1) say(`Weights ${index + 1} of ${checkpoints.length}: ${options.weights[index]}`);
      const done = await evaluateOne(checkpoint, options.weights[index]!, options, engine.name);
      if (!done) return; // a shard, which has said all there is
      evaluated.push(done);
    }
    const [{ draws, about, rendered }] = evaluated as [Evaluated];
    const { predicted, evaluation } = draws[0]!;
    if (options.csv !== undefined) {
      await writeFileAtomically(options.csv, clipsCsv(predicted));
      say(`One row a clip: ${options.csv}`);
    }
    const calibration = calibrationFor(checkpoints[0]!, options.part);
    const extras = evaluationExtras({
      draws: evaluated.map((one) => one.draws.map((draw) => draw.evaluation)),
      predicted,
      weights: options.weights,
      by: options.by,
      ...(rendered && { rendered }),
      ...(calibration && { calibration }),
      ...(against ? { against: { file: options.against!, clips: against } } : {}),
    });
    if (options.report !== undefined) {
      const [checkpoint] = checkpoints as [Checkpoint];
      const shown = { checkpoint, weights: options.weights[0]!, draw: draws[0]!, extras };
      const source = sourceOf(options, checkpoint.info);
      const command = `mcore ${process.argv.slice(2).join(' ')}`;
      await writeEvaluationReport(options.report, shown, { ...options, source, engine, command });
      say(`Report: ${options.report}`);
    }
    result(options.json, evaluationJson(evaluation, about, extras), () => evaluationTable(evaluation, about, extras));
  } finally {
    await engine.dispose();
  }
}

function assertOptions(options: EvalOptions): void {
  const { shard, results, csv, weights, draws, exemplars, against, by, report, data } = options;
  const wrong = (expected: string) => new ArgumentError(`mcore eval: expected ${expected}.`);
  if (shard && results === undefined) throw wrong('--results <dir> beside --shard, got none');
  if (csv !== undefined && results !== undefined) throw wrong('--csv without --results; mcore merge has it');
  if (
    results !== undefined &&
    (weights.length > 1 || draws > 1 || [against, report, by[0]].some((option) => option !== undefined))
  ) {
    throw wrong('one file of weights and one draw beside --results, without --against, --by and --report');
  }
  if (by.includes('cue') && data !== undefined && data !== 'rendered') {
    throw wrong(`--data rendered beside --by cue, got ${data}`);
  }
  if (exemplars !== undefined && (weights.length > 1 || draws > 1)) {
    throw wrong('one file of weights and one draw beside --exemplars, which fixes it');
  }
}

/** One file of weights, evaluated. */
interface Evaluated {
  draws: EvaluatedDraw[];
  about: EvaluationAbout;
  rendered?: EvaluationRuns['rendered'];
}

/** Evaluates one file of weights, or a shard of that. */
async function evaluateOne(
  checkpoint: Checkpoint,
  weights: string,
  options: EvalOptions,
  engine: ScoringEngine,
): Promise<Evaluated | undefined> {
  const { info } = checkpoint;
  const prepared = await openPreparedClips(sourceOf(options, info), info.config.input, options);
  const show = workProgress();
  try {
    const { source } = prepared;
    sayNotes(source);
    const { clips, train, note } = chooseClips('mcore eval', checkpoint, source, options);
    if (note) show({ kind: 'note', text: note });
    const saved = await savedExemplars(options, [...clips, ...train]);
    const about = {
      source: source.description,
      ...(source.kind && { kind: source.kind }),
      trainedOn: info.trainedOn,
      part: options.part,
    };
    const kept = await keptExemplars(weights, checkpoint, source, train);
    if (kept.known.size > 0) say(`Features of ${kept.known.size} exemplars are taken from ${kept.path}.`);
    const setup: CheckpointEvaluation = {
      ...{ checkpoint, clips, train, prepared },
      exemplars: saved ?? options.exemplarSeed,
      known: kept.known,
      createReplicas: replicaFactory(engine, options.workers),
      onProgress: (done, total) => show({ kind: 'evaluating', done, total }),
    };
    if (options.results !== undefined) {
      await evaluateShard(setup, about, { ...options, results: options.results, engine });
      return undefined;
    }
    await prepareWithProgress(prepared, clips);
    const draws = await evaluateDraws(setup, options.draws);
    if (saved === undefined) await keepExemplars(options, draws[0]!.exemplars);
    return { draws, about, ...renderedClips(source, train) };
  } finally {
    await prepared.close();
  }
}

/** What `--by cue` needs to know of rendered dives. */
function renderedClips(source: ClipSource, train: readonly Clip[]): Pick<Evaluated, 'rendered'> {
  if (!(source instanceof RenderedDives)) return {};
  return { rendered: { clips: source.clips, train, seed: Number(source.rendering.seed) } };
}

/** One shard of an evaluation, kept clip by clip. */
async function evaluateShard(
  setup: CheckpointEvaluation,
  about: EvaluationAbout,
  options: Omit<EvalOptions, 'engine'> & { results: string; engine: ScoringEngine },
): Promise<void> {
  const { results: folder, engine } = options;
  const exemplars = wholeChoice(setup);
  if (typeof setup.exemplars === 'number') await keepExemplars(options, exemplars);
  const list = await evalTasks(setup, exemplars, about);
  const shard = shardToDo(options);
  const mine = new Set(shardOf(list.tasks, shard.index, shard.count).map(({ id }) => id));
  const summary = await holdingResults(folder, shard, 'mcore eval', async () => {
    await prepareWithProgress(
      setup.prepared,
      setup.clips.filter(({ id }) => mine.has(id)),
    );
    return runEvalTasks({ ...setup, exemplars }, { folder, list, shard, made: { engine } });
  });
  await reportShard(options.json, shard, summary, mergedEvaluation);
}

/** What the results of shards make together: what `mcore eval` prints. */
export function mergedEvaluation({ finished, settings }: MergedResults<PredictedClip>): MergedOutput {
  // a score that is not a number is null in JSON
  const predicted = finished.map(({ result: clip }) => ({
    ...clip,
    predictedScore: clip.predictedScore ?? Number.NaN,
  }));
  const evaluation = evaluatePredictions(predicted);
  const about = settings as unknown as EvalSettings;
  const { weights, calibration } = about;
  const runs = { draws: [[evaluation]], predicted, weights: [weights], by: [] };
  const extras = evaluationExtras({ ...runs, ...(calibration && { calibration }) });
  return {
    json: evaluationJson(evaluation, about, extras),
    text: () => evaluationTable(evaluation, about, extras),
    csv: () => clipsCsv(predicted),
  };
}

async function keepExemplars(
  { exemplars: path, exemplarSeed }: Pick<EvalOptions, 'exemplars' | 'exemplarSeed'>,
  drawn: ExemplarChoice,
): Promise<void> {
  if (path === undefined) return;
  await writeFileAtomically(path, formatExemplars(drawn));
  say(`Exemplars drawn with seed ${exemplarSeed} and kept in ${path}`);
}

/** The exemplar lists of `--exemplars`, where the file is there already. */
async function savedExemplars(options: EvalOptions, clips: readonly Clip[]): Promise<ExemplarChoice | undefined> {
  if (options.exemplars === undefined || !existsSync(options.exemplars)) return undefined;
  return parseExemplars(new TextDecoder().decode(await readNamed(options.exemplars, 'exemplar lists')), clips);
}
