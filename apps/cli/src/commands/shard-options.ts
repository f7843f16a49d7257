import { existsSync } from 'node:fs';
import { DataError } from '@mcore/errors';
import { detectShard, type MergedResults, mergeResults, parseShard, type Shard } from '@mcore/tasks';
import { type RunSummary, readResultFiles } from '@mcore/tasks/node';
import { readNamed, writeFileAtomically } from '@mcore/training/node';
import { type Command, InvalidArgumentError } from 'commander';
import { result, say } from '../terminal/output.js';

/** Options of commands whose work can be cut into shards. */
export interface ShardOptions {
  results?: string;
  shard?: Shard;
}

/** Adds `--results` and `--shard`. */
export function withShards(command: Command): Command {
  return withShard(
    command.option('--results <dir>', 'save every result in this folder at once; finished ones are kept'),
    'with --results: ',
  );
}

/** Adds `--shard` to a command that always keeps its results. */
export function withShard(command: Command, condition = ''): Command {
  return command.option(
    '--shard <i/n>',
    `${condition}do part i of n (default: what a Slurm array or a Kubernetes Indexed Job gave, else all)`,
    shard,
  );
}

function shard(text: string): Shard {
  try {
    return parseShard(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/**
 * The part to do, and says where that is from. Without `--results` nothing is cut: a script of one's own in a Slurm array may
 * well call the command for a single video.
 */
export function shardToDo(options: ShardOptions): Shard {
  if (options.shard !== undefined) return options.shard;
  const detected = detectShard(process.env);
  if (detected === undefined) return { index: 1, count: 1 };
  const scheduler = process.env.SLURM_ARRAY_TASK_ID ? 'SLURM_ARRAY_TASK_ID' : 'JOB_COMPLETION_INDEX';
  say(`Shard ${detected.index} of ${detected.count}, from ${scheduler}.`);
  return detected;
}

/** What a job's results make together. */
export interface MergedOutput {
  json: unknown;
  text: () => string;
  /** One row a task, where the job has such. */
  csv?: () => string;
  /** The tables within a Markdown page, in place of those that are there, where the job has such. */
  page?: (before: string | undefined) => string;
}

/** Writes the tables of a job into a Markdown page. */
export async function writePage(path: string, { page }: MergedOutput): Promise<void> {
  if (!page) throw new DataError(`expected results of mcore benchmark for ${path}, got others.`);
  const before = existsSync(path) ? new TextDecoder().decode(await readNamed(path, 'a Markdown page')) : undefined;
  await writeFileAtomically(path, page(before));
  say(`Tables written to ${path}`);
}

/** Ends a command that kept its results: with the whole result where there is one shard, else with what this one did. */
export async function reportShard<R>(
  json: boolean,
  shard: Shard,
  summary: RunSummary,
  output: (merged: MergedResults<R>) => MergedOutput,
): Promise<void> {
  const { path, total, skipped, finished, failed } = summary;
  if (failed > 0) process.exitCode = 1;
  if (shard.count === 1) {
    const whole = output(mergeResults(await readResultFiles<R>([path])));
    result(json, whole.json, whole.text);
    return;
  }
  result(json, { shard, ...summary }, () =>
    [
      `shard ${shard.index} of ${shard.count}: ${skipped + finished} of ${total} done${failed > 0 ? `, ${failed} failed` : ''}; ${path}`,
      'When all shards are done: mcore merge with their folder.',
    ].join('\n'),
  );
}
