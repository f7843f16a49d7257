import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDiveNumber } from '@mcore/clips';
import { McoreError } from '@mcore/errors';
import { ExemplarBank } from '@mcore/model';
import { type ScoredVideo, Scorer, scoredVideo } from '@mcore/scoring';
import { readClip } from '@mcore/video';
import { openVideo } from '@mcore/video/node';
import { weightsUrl } from '@mcore/weights-rendered-dives';
import { type Command, InvalidArgumentError } from 'commander';
import { readCheckpoint, readNamed } from '../run/run-files.js';
import { describeFailure } from '../terminal/describe-failure.js';
import { result, say, table } from '../terminal/output.js';
import { type EngineOptions, startEngine, wholeNumber, withEngine, withExamples, withJson } from './options.js';

interface ScoreOptions extends EngineOptions {
  weights: string;
  bank?: string;
  dive?: string;
  seed: number;
  json: boolean;
}

/** A video that could not be scored; the others are, all the same. */
interface FailedVideo {
  video: string;
  error: { code: string; message: string };
}

/** `mcore score`. */
export function addScore(program: Command): void {
  const command = program
    .command('score')
    .description('Score videos (mp4, mov, webm) or folders of frames against exemplars with known scores.')
    .argument('<video...>', 'video files, or folders with one image a frame')
    .option(
      '--weights <file>',
      'checkpoint to score with (default: the shipped one, trained on rendered dives)',
      shipped(),
    )
    .option('--bank <file>', 'exemplar bank of these weights (default: bank.safetensors beside them)')
    .option('--dive <number>', 'dive number such as 107B; without it exemplars are the nearest dives', diveNumber)
    .option('--seed <n>', 'seed of the draw of exemplars', wholeNumber(0), 0);
  withExamples(
    withJson(withEngine(command)),
    'mcore score dive.mp4 --dive 107B',
    'mcore score one.mp4 two.mov --dive 5253B --weights runs/first/best.safetensors --json',
  ).action(runScore);
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

async function runScore(videos: string[], options: ScoreOptions): Promise<void> {
  const checkpoint = await readCheckpoint(options.weights);
  const bankPath = options.bank ?? join(dirname(options.weights), 'bank.safetensors');
  const bank = ExemplarBank.decode(await readNamed(bankPath, 'an exemplar bank'));
  const engine = await startEngine(options);
  const scorer = await Scorer.create(checkpoint, bank, { seed: options.seed });
  say(`Weights trained on ${checkpoint.info.trainedOn}.`);
  const outcomes: (ScoredVideo | FailedVideo)[] = [];
  try {
    for (const video of videos) {
      try {
        outcomes.push(await scoreVideo(video, scorer, options.dive));
      } catch (error) {
        const code = error instanceof McoreError ? error.code : 'ERR_MCORE_UNEXPECTED';
        outcomes.push({ video, error: { code, message: (error as Error).message } });
        say(`${video}: ${describeFailure(error)}`);
      }
    }
  } finally {
    await scorer.dispose();
    await engine.dispose();
  }
  const scored = outcomes.filter((outcome) => 'score' in outcome);
  if (options.json || scored.length > 0) result(options.json, outcomes, () => scored.map(describe).join('\n\n'));
  if (scored.length < outcomes.length) process.exitCode = 1;
}

async function scoreVideo(path: string, scorer: Scorer, dive: string | undefined): Promise<ScoredVideo> {
  const { frames: count, transform } = scorer.model.config.input;
  const video = await openVideo(path);
  try {
    const clip = await readClip(video, { count, size: transform.resize });
    // the file's own name seeds the draw, so that it is the same from every folder and in the demo
    const score = await scorer.score(clip.frames, basename(path), dive);
    const { frameCount, durationSeconds } = video;
    return scoredVideo(score, { ...clip, name: path, diveNumber: dive ?? null, frameCount, durationSeconds });
  } finally {
    video.close();
  }
}

function describe(video: ScoredVideo): string {
  const { interval, level, transitionSeconds, exemplars } = video;
  const range = interval
    ? `, ${Math.round(level! * 100)} % interval ${interval[0].toFixed(1)} to ${interval[1].toFixed(1)}`
    : ', no interval (the weights are not calibrated)';
  const [takeOff, entry] = transitionSeconds;
  return [
    `${video.video}: score ${video.score.toFixed(1)}${range}`,
    `take-off at ${takeOff!.toFixed(2)} s, entry at ${entry!.toFixed(2)} s of ${video.durationSeconds.toFixed(2)} s`,
    `exemplars: ${video.match}`,
    table([
      ['exemplar', 'dive', 'score', 'delta', 'take-off', 'flight', 'entry'],
      ...exemplars.map((vote) => [
        vote.id,
        vote.diveNumber,
        vote.score.toFixed(1),
        signed(vote.delta),
        ...vote.stageDeltas.map(signed),
      ]),
    ]),
  ].join('\n');
}

function signed(points: number): string {
  return `${points < 0 ? '-' : '+'}${Math.abs(points).toFixed(1)}`;
}
