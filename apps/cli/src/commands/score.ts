import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDiveNumber, parseDiveNumber } from '@mcore/clips';
import { ArgumentError, DataError, McoreError } from '@mcore/errors';
import { type Checkpoint, ExemplarBank } from '@mcore/model';
import { type ScoredVideo, Scorer, scoredVideo } from '@mcore/scoring';
import { type MergedResults, type Shard, shardOf } from '@mcore/tasks';
import { runTasks } from '@mcore/tasks/node';
import { holdingResults, OnnxModel, readCheckpoint, readNamed } from '@mcore/training/node';
import { readClip } from '@mcore/video';
import { openVideo } from '@mcore/video/node';
import { weightsUrl } from '@mcore/weights-rendered-dives';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ScoreTask, scoreSettings, scoreTasks } from '../run/score-tasks.js';
import { describeFailure } from '../terminal/describe-failure.js';
import { causeOf } from '../terminal/device-loss.js';
import { result, say, table } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import {
  type ScoringOptions,
  startScoringEngine,
  wholeNumber,
  withExamples,
  withJson,
  withScoringEngine,
} from './options.js';
import { type MergedOutput, reportShard, type ShardOptions, shardToDo, withShards } from './shard-options.js';

/** Options that name weights to score with. */
export interface WeightsOptions {
  weights: string;
  bank?: string;
}

/** Options that name videos and how exemplars are drawn for them. */
export interface VideoOptions {
  list?: string;
  dive?: string;
  class?: string;
  seed: number;
}

interface ScoreOptions extends ScoringOptions, ShardOptions, WeightsOptions, VideoOptions {
  json: boolean;
}

/** A video that could not be scored; the others are, all the same. */
export interface FailedVideo {
  video: string;
  error: { code: string; message: string };
}

/** `mcore score`. */
export function addScore(program: Command): void {
  const command = program
    .command('score')
    .description('Score videos (mp4, mov, webm) or folders of frames against exemplars with known scores.')
    .argument('[video...]', 'video files, or folders with one image a frame');
  withVideos(withWeights(command));
  withExamples(
    withJson(withShards(withScoringEngine(command))),
    'mcore score dive.mp4 --dive 107B',
    'mcore score one.mp4 two.mov --dive 5253B --weights runs/first/best.safetensors --json',
    'mcore score --list videos.txt --results scores --shard 2/4',
  ).action(runScore);
}

/** Adds `--weights` and `--bank`. */
export function withWeights(command: Command): Command {
  return command
    .option(
      '--weights <file>',
      'checkpoint to score with (default: the shipped one, trained on rendered dives)',
      shipped(),
    )
    .option('--bank <file>', 'exemplar bank of these weights (default: bank.safetensors beside them)');
}

/** Adds `--list`, `--dive`, `--class` and `--seed`. */
export function withVideos(command: Command): Command {
  return command
    .option('--list <file>', 'more videos: one path a line, after a tab its dive number where it is known')
    .addOption(
      new Option('--dive <number>', 'dive number such as 107B; without it exemplars are the nearest dives')
        .argParser(diveNumber)
        .conflicts('class'),
    )
    .option('--class <name>', 'class of the action as in the manifest the weights were trained on', className)
    .option('--seed <n>', 'seed of the draw of exemplars', wholeNumber(0), 0);
}

/** The shipped weights; their bank lies beside them. */
function shipped(): string {
  return fileURLToPath(weightsUrl);
}

function diveNumber(text: string): string {
  try {
    parseDiveNumber(text.toLowerCase());
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return text.toLowerCase();
}

function className(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected the name of a class.');
  return text.trim().toLowerCase();
}

async function runScore(paths: string[], options: ScoreOptions): Promise<void> {
  const videos = await videosToScore(paths, options);
  if (options.results === undefined) {
    if (options.shard) throw new ArgumentError('mcore score: expected --results <dir> beside --shard, got none.');
    return score(videos, options);
  }
  const { results } = options;
  const shard = shardToDo(options);
  await holdingResults(results, shard, 'mcore score', () => score(videos, options, { folder: results, shard }));
}

/** Scores videos, and keeps what comes out in a folder that is this run's alone. */
async function score(
  videos: readonly ScoreTask[],
  options: ScoreOptions,
  kept?: { folder: string; shard: Shard },
): Promise<void> {
  const { checkpoint, bankFile, bank } = await readWeights(options);
  const settings = await scoreSettings(checkpoint, bankFile, options.seed);
  const engine = await startScoringEngine(options);
  const network = engine.name === 'onnx' ? await OnnxModel.create(checkpoint, options.workers) : undefined;
  const scorer = await Scorer.create(checkpoint, bank, { seed: options.seed, ...(network ? { network } : {}) });
  say(`Weights trained on ${checkpoint.info.trainedOn}.`);
  try {
    if (kept === undefined) return await scoreAll(videos, scorer, options);
    const list = scoreTasks(videos, settings);
    const { folder, shard } = kept;
    const progress = startProgress('Scoring', shardOf(list.tasks, shard.index, shard.count).length, 'videos');
    const summary = await runTasks({
      folder,
      list,
      shard,
      made: { engine: engine.name },
      run: ({ params }) => scoreVideo(params.video, scorer, params.dive ?? undefined),
      onRecord: (record) => {
        if ('error' in record) say(`${record.id}: Failed: ${record.error.message}`);
      },
      onProgress: (done) => progress.update(done),
    }).finally(() => progress.stop());
    await reportShard(options.json, shard, summary, mergedScores);
  } finally {
    await scorer.dispose();
    await network?.dispose();
    await engine.dispose();
  }
}

/** The checkpoint and its bank; exemplar-free weights need none. */
export async function readWeights({ weights, bank }: WeightsOptions): Promise<{
  checkpoint: Checkpoint;
  bankFile: Uint8Array | undefined;
  bank: ExemplarBank | undefined;
}> {
  const checkpoint = await readCheckpoint(weights);
  if (checkpoint.info.config.regression === 'exemplar-free')
    return { checkpoint, bankFile: undefined, bank: undefined };
  const bankFile = await readNamed(bank ?? join(dirname(weights), 'bank.safetensors'), 'an exemplar bank');
  return { checkpoint, bankFile, bank: ExemplarBank.decode(bankFile) };
}

async function scoreAll(videos: readonly ScoreTask[], scorer: Scorer, options: ScoreOptions): Promise<void> {
  const outcomes: (ScoredVideo | FailedVideo)[] = [];
  for (const { video, dive } of videos) {
    try {
      outcomes.push(await scoreVideo(video, scorer, dive ?? undefined));
    } catch (error) {
      const code = error instanceof McoreError ? error.code : 'ERR_MCORE_UNEXPECTED';
      outcomes.push({ video, error: { code, message: (error as Error).message } });
      say(`${video}: ${describeFailure(error)}`);
    }
  }
  const scored = outcomes.filter((outcome) => 'score' in outcome);
  if (options.json || scored.length > 0) result(options.json, outcomes, () => scored.map(describeScore).join('\n\n'));
  if (scored.length < outcomes.length) process.exitCode = 1;
}

/** What the results of shards make together: what `mcore score` prints, in the order the videos were given. */
export function mergedScores({ finished, failed }: MergedResults<ScoredVideo>): MergedOutput {
  const outcomes: (ScoredVideo | FailedVideo)[] = [...finished, ...failed]
    .sort((a, b) => a.index - b.index)
    .map((record) => ('result' in record ? record.result : { video: record.id, error: record.error }));
  return { json: outcomes, text: () => finished.map((record) => describeScore(record.result)).join('\n\n') };
}

/** The videos that arguments and `--list` name. */
export async function videosToScore(paths: readonly string[], options: VideoOptions): Promise<ScoreTask[]> {
  const videos = [
    ...paths.map((video) => ({ video, dive: options.dive ?? options.class ?? null })),
    ...(await listedVideos(options)),
  ];
  if (videos.length === 0) throw new ArgumentError('mcore score: expected videos, or a file with --list, got neither.');
  return videos;
}

/** Videos of `--list`; `--dive` or `--class` holds where a line has no dive number. */
async function listedVideos({ list, class: action, dive = action }: VideoOptions): Promise<ScoreTask[]> {
  if (list === undefined) return [];
  const text = new TextDecoder().decode(await readNamed(list, 'a list of videos'));
  return text.split(/\r?\n/).flatMap((line, position) => {
    if (line.trim() === '') return [];
    const [video = '', number = ''] = line.split('\t').map((cell) => cell.trim());
    try {
      return [{ video, dive: number === '' ? (dive ?? null) : diveNumber(number) }];
    } catch (error) {
      throw new DataError(
        `mcore score: expected a dive number after the tab in ${list}:${position + 1}. ${(error as Error).message}`,
      );
    }
  });
}

/** Scores one video file or folder of frames. */
export async function scoreVideo(path: string, scorer: Scorer, dive: string | undefined): Promise<ScoredVideo> {
  const { frames: count, transform } = scorer.model.config.input;
  const video = await openVideo(path);
  try {
    const clip = await readClip(video, { count, size: transform.resize });
    // the file's own name seeds the draw, so that it is the same from every folder and in the demo
    const score = await scorer.score(clip.frames, basename(path), dive);
    const { frameCount, durationSeconds } = video;
    return scoredVideo(score, { ...clip, name: path, diveNumber: dive ?? null, frameCount, durationSeconds });
  } catch (error) {
    throw await causeOf(error);
  } finally {
    video.close();
  }
}

/** A score in words. */
export function describeScore(video: ScoredVideo): string {
  const { interval, level, transitionSeconds, exemplars } = video;
  const range = interval
    ? `, ${Math.round(level! * 100)} % interval ${interval[0].toFixed(1)} to ${interval[1].toFixed(1)}`
    : ', no interval (the weights are not calibrated)';
  // dives have three stages; actions from a manifest may have others, which have no names
  const dive = transitionSeconds.length === 2;
  const seconds = transitionSeconds.map((second) => `${second.toFixed(2)} s`);
  const stages = dive
    ? `take-off at ${seconds[0]}, entry at ${seconds[1]}`
    : `later stages begin at ${seconds.join(', ')}`;
  return [
    `${video.video}: score ${video.score.toFixed(1)}${range}`,
    `${stages} of ${video.durationSeconds.toFixed(2)} s`,
    `exemplars: ${video.diveNumber === null || isDiveNumber(video.diveNumber) ? video.match : classMatch(video.match)}`,
    ...(exemplars.length > 0 ? [exemplarTable(exemplars)] : []),
  ].join('\n');
}

/** How exemplars were found, of actions that have classes instead of dive numbers: none is nearer than another. */
function classMatch(match: ScoredVideo['match']): string {
  return match === 'same dive number' ? 'same class' : match === 'nearest dive number' ? 'any class' : match;
}

function exemplarTable(exemplars: ScoredVideo['exemplars']): string {
  const deltas = exemplars[0]!.stageDeltas;
  // an uncut clip counts as one stage; those of other actions than dives have no names
  const stages =
    deltas.length === 3
      ? ['take-off', 'flight', 'entry']
      : deltas.length === 1
        ? ['whole clip']
        : deltas.map((_, stage) => `stage ${stage + 1}`);
  return table([
    ['exemplar', 'dive', 'score', 'delta', ...stages],
    ...exemplars.map((vote) => [
      vote.id,
      vote.diveNumber,
      vote.score.toFixed(1),
      signed(vote.delta),
      ...vote.stageDeltas.map(signed),
    ]),
  ]);
}

function signed(points: number): string {
  return `${points < 0 ? '-' : '+'}${Math.abs(points).toFixed(1)}`;
}
