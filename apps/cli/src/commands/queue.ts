import { join } from 'node:path';
import { ArgumentError, DataError } from '@mcore/errors';
import { formatRecord, parseTaskList, type TaskList } from '@mcore/tasks';
import { resultFileName, TaskQueue } from '@mcore/tasks/node';
import { holdingResults, readNamed, writeFileAtomically } from '@mcore/training/node';
import type { Command } from 'commander';
import { scoreSettings, scoreTasks, type WeightsOptions } from '../run/score-tasks.js';
import { result, say } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { BENCHMARK_OUT, wholeNumber, withData, withEngine, withExamples, withJson } from './options.js';
import { type RunnerOptions, TASK_RUNNERS } from './task-runners.js';
import { type VideoOptions, videosToScore, withVideos, withWeights } from './videos-to-score.js';

interface QueueCommandOptions {
  redis: string;
  queue: string;
  json: boolean;
}

interface AddOptions extends QueueCommandOptions, WeightsOptions, VideoOptions {
  tasks?: string;
  attempts: number;
}

interface WorkCommandOptions extends QueueCommandOptions, RunnerOptions {
  concurrency: number;
  alive: number;
  stay: boolean;
}

/** `mcore queue`: one list of tasks, worked on from any number of machines through Redis. */
export function addQueue(program: Command): void {
  const queue = program.command('queue').description('Share a list of tasks among machines, through BullMQ and Redis.');
  const add = queue
    .command('add')
    .description('Add videos to score, or tasks from a file; adding them again retries those that failed.')
    .argument('[video...]', 'video files, or folders with one image a frame')
    .option('--tasks <file>', 'a list of tasks as JSON in place of videos: { kind, settings, tasks }')
    .option('--attempts <n>', 'attempts of a task that fails', wholeNumber(1), 3);
  withExamples(
    withQueue(withVideos(withWeights(add))),
    'mcore queue add --list videos.txt',
    'mcore benchmark --tasks trainings.json && mcore queue add --tasks trainings.json --queue benchmark',
  ).action(runAdd);
  const work = queue
    .command('work')
    .description('Run tasks of a queue until all are done; start one on each core or machine.')
    .option('--concurrency <n>', 'tasks at a time in this process', wholeNumber(1), 1)
    .option('--alive <seconds>', 'seconds without a heartbeat after which a worker counts as dead', wholeNumber(1), 30)
    .option('--stay', 'wait for more tasks when all are done', false)
    .option(
      '--out <dir>',
      'with trainings of mcore benchmark: folder for them, the same on every machine',
      BENCHMARK_OUT,
    );
  withExamples(
    withQueue(withEngine(withData(withWeights(work)))),
    'mcore queue work --redis redis://10.0.0.5:6379',
    'mcore queue work --queue benchmark --out /shared/benchmark',
  ).action(runWork);
  withExamples(
    withQueue(queue.command('status').description('Print the progress of a queue.')),
    'mcore queue status --json',
  ).action(runStatus);
  withExamples(
    withQueue(
      queue
        .command('collect')
        .description('Write the results so far as a file, for mcore merge.')
        .requiredOption('--results <dir>', 'where to write it'),
    ),
    'mcore queue collect --results scores && mcore merge scores',
  ).action(runCollect);
  withExamples(
    withQueue(queue.command('clear').description('Remove a queue with its tasks and results.')),
    'mcore queue clear --queue seeds',
  ).action(runClear);
}

function withQueue(command: Command): Command {
  return withJson(command)
    .option('--redis <url>', 'where Redis is (or MCORE_REDIS)', process.env.MCORE_REDIS ?? 'redis://127.0.0.1:6379')
    .option('--queue <name>', 'one list of tasks has one queue', 'scores');
}

/** Opens the queue for one piece of work. */
async function withOpenQueue<T>(
  { redis, queue }: QueueCommandOptions,
  use: (open: TaskQueue) => Promise<T>,
): Promise<T> {
  const open = await TaskQueue.open({ url: redis, name: queue });
  try {
    return await use(open);
  } finally {
    await open.close();
  }
}

async function runAdd(paths: string[], options: AddOptions, command: Command): Promise<void> {
  const list =
    options.tasks === undefined ? await scoreList(paths, options, command) : await readTasks(options.tasks, paths);
  await withOpenQueue(options, async (queue) => {
    const { added, retried } = await queue.add(list, options.attempts);
    result(
      options.json,
      { queue: options.queue, tasks: list.tasks.length, added, retried },
      () =>
        `queue ${options.queue}: ${list.tasks.length} tasks, ${added} of them new${retried > 0 ? `, ${retried} tried again` : ''}`,
    );
  });
}

async function scoreList(paths: readonly string[], options: AddOptions, command: Command): Promise<TaskList> {
  const videos = await videosToScore(paths, options, command);
  return (await scoreTasks(videos, await scoreSettings(options, options.seed))) as unknown as TaskList;
}

async function readTasks(path: string, videos: readonly string[]): Promise<TaskList> {
  if (videos.length > 0) throw new ArgumentError('mcore queue add: expected videos or --tasks, got both.');
  const list = parseTaskList(new TextDecoder().decode(await readNamed(path, 'a list of tasks')), path);
  knownRunner(list.kind);
  return list;
}

function knownRunner(kind: string) {
  const runner = TASK_RUNNERS[kind];
  if (runner === undefined) {
    throw new DataError(`mcore queue: expected a list of kind ${Object.keys(TASK_RUNNERS).join(', ')}, got "${kind}".`);
  }
  return runner;
}

async function runWork(options: WorkCommandOptions): Promise<void> {
  await withOpenQueue(options, async (queue) => {
    const status = await queue.status();
    if (status === undefined)
      throw new DataError(`mcore queue work: expected tasks in queue ${options.queue}, got none.`);
    const runner = await knownRunner(status.kind)(status.settings, options);
    const stop = new AbortController();
    const onSignal = () => {
      if (stop.signal.aborted) process.exit(1);
      say('Stopping after the tasks under way; once more stops at once.');
      stop.abort();
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
    const progress = startProgress('Tasks done here', status.count - status.finished, 'left in the queue');
    try {
      let done = 0;
      const { finished, failed } = await queue.work({
        run: runner.run,
        settings: runner.settings,
        concurrency: options.concurrency,
        aliveSeconds: options.alive,
        stay: options.stay,
        signal: stop.signal,
        onRecord: (record) => {
          if ('error' in record) say(`${record.id}: Failed: ${record.error.message}`);
          else progress.update(++done);
        },
        onTrouble: (error) => say(`Redis: ${error.message}`),
      });
      progress.stop();
      result(
        options.json,
        { queue: options.queue, finished, failed },
        () => `queue ${options.queue}: ${finished} tasks done here${failed > 0 ? `, ${failed} attempts failed` : ''}`,
      );
    } finally {
      progress.stop();
      process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
      await runner.dispose();
    }
  });
}

async function runStatus(options: QueueCommandOptions): Promise<void> {
  await withOpenQueue(options, async (queue) => {
    const status = await queue.status();
    if (status === undefined)
      throw new DataError(`mcore queue status: expected tasks in queue ${options.queue}, got none.`);
    const { kind, count, finished, failed, active, waiting, workers } = status;
    result(
      options.json,
      { queue: options.queue, ...status },
      () =>
        `queue ${options.queue} (${kind}): ${finished} of ${count} done, ${active} running, ${waiting} waiting, ${failed} failed, ${workers} workers`,
    );
  });
}

async function runCollect(options: QueueCommandOptions & { results: string }): Promise<void> {
  await withOpenQueue(options, async (queue) => {
    const { header, records } = await queue.collect();
    const path = join(options.results, resultFileName(header.shard));
    // a run that appends to this file would append to one that is no longer there
    await holdingResults(options.results, header.shard, 'mcore queue collect', () =>
      writeFileAtomically(path, [header, ...records].map(formatRecord).join('')),
    );
    result(
      options.json,
      { path, tasks: header.list.count, records: records.length },
      () => `${records.length} of ${header.list.count} tasks: ${path}`,
    );
  });
}

async function runClear(options: QueueCommandOptions): Promise<void> {
  await withOpenQueue(options, async (queue) => {
    await queue.clear();
    result(options.json, { queue: options.queue }, () => `queue ${options.queue}: cleared`);
  });
}
