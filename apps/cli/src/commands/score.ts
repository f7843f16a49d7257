import type { EngineName } from '@mcore/engines';
import type { FailedVideo, Judge, ScoredVideo } from '@mcore/judge';
import { type MergedResults, type Shard, shardOf } from '@mcore/tasks';
import { runTasks } from '@mcore/tasks/node';
import { holdingResults } from '@mcore/training/node';
import type { Command } from 'commander';
import {
  judgeOf,
  type ScoreTask,
  scoreOptions,
  scoreSettings,
  scoreTasks,
  type WeightsOptions,
} from '../run/score-tasks.js';
import { readable } from '../terminal/describe-failure.js';
import { result, say } from '../terminal/output.js';
import { type Progress, startProgress } from '../terminal/progress.js';
import { describeScores } from '../terminal/score-text.js';
import { type ScoringOptions, withExamples, withJson, withScoringEngine } from './options.js';
import { type MergedOutput, reportShard, type ShardOptions, shardToDo, withShards } from './shard-options.js';
import { isFeatureWeights, scoreFeatures } from './use-features.js';
import { type VideoOptions, videosToScore, withVideos, withWeights } from './videos-to-score.js';

interface ScoreCommandOptions extends ScoringOptions, ShardOptions, WeightsOptions, VideoOptions {
  json: boolean;
  votes: boolean;
}

/** `mcore score`. */
export function addScore(program: Command): void {
  const command = program
    .command('score')
    .description('Score videos (mp4, mov, webm) or folders of frames against exemplars with known scores.')
    .argument('[video...]', 'video files, or folders with one image a frame')
    .option('--votes', 'print the vote of every exemplar, stage by stage', false);
  withVideos(withWeights(command));
  withExamples(
    withJson(withShards(withScoringEngine(command))),
    'mcore score dive.mp4 --dive 107B --votes',
    'mcore score one.mp4 two.mov --dive 5253B --weights runs/first/best.safetensors --json',
    'mcore score clip.npy --weights runs/features/best.safetensors',
    'mcore score --list videos.txt --results scores --shard 2/4',
  ).action(runScore);
}

async function runScore(paths: string[], options: ScoreCommandOptions, command: Command): Promise<void> {
  if (paths.length > 0 && (await isFeatureWeights(options.weights)))
    return scoreFeatures(paths, options.weights, options);
  const videos = await videosToScore(paths, options, command);
  const { results } = options;
  if (results === undefined) {
    if (options.shard) command.error('error: expected --results <dir> beside --shard, got none', { exitCode: 2 });
    return withJudge(options, (judge) => scoreAll(videos, judge, options));
  }
  const shard = shardToDo(options);
  await holdingResults(results, shard, 'mcore score', () => scoreShard(videos, options, results, shard));
}

/** Scores a part of the videos and keeps what comes out in a folder that is this run's alone. */
async function scoreShard(
  videos: readonly ScoreTask[],
  options: ScoreCommandOptions,
  folder: string,
  shard: Shard,
): Promise<void> {
  const list = await scoreTasks(videos, await scoreSettings(options, options.seed));
  await withJudge(options, async (judge) => {
    const progress = startProgress('Scoring', shardOf(list.tasks, shard.index, shard.count).length, 'videos');
    const summary = await runTasks({
      folder,
      list,
      shard,
      made: { engine: engineName(judge, options) },
      run: ({ params }) => judge.score(params.video, scoreOptions(params)),
      onRecord: (record) => {
        if ('error' in record) say(failure(record.id, record.error));
      },
      onProgress: (done) => progress.update(done),
    }).finally(() => progress.stop());
    await reportShard(options.json, shard, summary, (merged: MergedResults<ScoredVideo>) =>
      mergedScores(merged, options.votes),
    );
  });
}

async function withJudge(options: ScoreCommandOptions, use: (judge: Judge) => Promise<void>): Promise<void> {
  const judge = await judgeOf(options, options.seed);
  try {
    say(`Engine: ${engineName(judge, options)}. Weights trained on ${judge.weights.trainedOn}.`);
    await use(judge);
  } finally {
    await judge.dispose();
  }
}

function engineName(judge: Judge, { engine }: ScoringOptions): EngineName | 'onnx' {
  return engine === 'onnx' ? 'onnx' : judge.engine.name;
}

async function scoreAll(
  videos: readonly ScoreTask[],
  judge: Judge,
  { json, votes }: ScoreCommandOptions,
): Promise<void> {
  const outcomes: (ScoredVideo | FailedVideo)[] = [];
  const progress: Progress | undefined =
    videos.length > 1 ? startProgress('Scoring', videos.length, 'videos') : undefined;
  try {
    for await (const outcome of judge.scoreAll(videos.map((task) => ({ video: task.video, ...scoreOptions(task) })))) {
      outcomes.push('error' in outcome ? plainFailure(outcome) : outcome);
      progress?.update(outcomes.length);
      if ('error' in outcome) say(failure(outcome.video, outcome.error));
      else for (const note of outcome.notes) say(`${outcome.video}: ${note}`);
    }
  } finally {
    progress?.stop();
  }
  const scored = outcomes.filter((outcome) => 'score' in outcome);
  if (json || scored.length > 0) result(json, outcomes, () => describeScores(scored, votes));
  if (scored.length < outcomes.length) process.exitCode = 1;
}

/** What the results of shards make together: what `mcore score` prints, in the order the videos were given. */
export function mergedScores({ finished, failed }: MergedResults<ScoredVideo>, votes = false): MergedOutput {
  const outcomes: (ScoredVideo | FailedVideo)[] = [...finished, ...failed]
    .sort((a, b) => a.index - b.index)
    .map((record) => ('result' in record ? record.result : plainFailure({ video: record.id, error: record.error })));
  const scored = outcomes.filter((outcome) => 'score' in outcome);
  return { json: outcomes, text: () => describeScores(scored, votes) };
}

/** Without the name of the function that failed, as messages are printed. */
function plainFailure({ video, error }: FailedVideo): FailedVideo {
  return { video, error: { ...error, message: readable(error.message) } };
}

function failure(video: string, { code, message }: FailedVideo['error']): string {
  return `${video}: Failed: ${readable(message)} (${code})`;
}
