import { fileURLToPath } from 'node:url';
import { parseDiveNumber } from '@mcore/clips';
import { readVideoList } from '@mcore/manifest-loader';
import { weightsUrl } from '@mcore/weights-rendered-dives';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ScoreTask } from '../run/score-tasks.js';
import { wholeNumber, withPart } from './options.js';

/** Options that name videos and how exemplars are drawn for them. */
export interface VideoOptions {
  list?: string;
  dive?: string;
  class?: string;
  anyClass: boolean;
  seed: number;
  from?: number;
  to?: number;
}

/** Adds `--weights` and `--bank`. */
export function withWeights(command: Command): Command {
  return command
    .addOption(
      new Option('--weights <file>', 'checkpoint to score with').default(
        fileURLToPath(weightsUrl),
        'the shipped one, trained on rendered dives',
      ),
    )
    .option('--bank <file>', 'exemplar bank of these weights (default: bank.safetensors beside them)');
}

/** Adds `--list`, `--dive`, `--class`, `--any-class`, `--seed`, `--from` and `--to`. */
export function withVideos(command: Command): Command {
  return withPart(command)
    .option(
      '--list <file>',
      'more videos: a manifest (path, class, start, end), or one path a line, after a tab its dive number or class',
    )
    .addOption(
      new Option('--dive <number>', 'dive number such as 107B; without it exemplars are the nearest dives')
        .argParser(diveNumber)
        .conflicts('class'),
    )
    .option('--class <name>', 'class of the action as in the manifest the weights were trained on', className)
    .option('--any-class', 'compare a class that no exemplar has with exemplars of any class', false)
    .option('--seed <n>', 'seed of the draw of exemplars', wholeNumber(0), 0);
}

/** The videos that arguments and `--list` name; without any, usage is wrong. */
export async function videosToScore(
  paths: readonly string[],
  options: VideoOptions,
  command: Command,
): Promise<ScoreTask[]> {
  const given = paths.map((video) => ({ video, dive: options.dive ?? options.class ?? null }));
  const videos = [...given, ...(await listedVideos(options))];
  if (videos.length === 0) command.error('error: expected videos, or a file with --list, got neither', { exitCode: 2 });
  const { from: start, to: end, anyClass } = options;
  return videos.map((video) => ({
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...video,
    ...(anyClass && { anyClass: true as const }),
  }));
}

/** Videos of `--list`; `--dive` or `--class` holds if the list names no class. */
async function listedVideos({ list, class: action, dive = action }: VideoOptions): Promise<ScoreTask[]> {
  if (list === undefined) return [];
  const videos = await readVideoList(list);
  return videos.map(({ class: name, ...video }) => ({ ...video, dive: name ?? dive ?? null }));
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
