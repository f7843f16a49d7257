import { join } from 'node:path';
import type { ClipSource } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { presets } from '@mcore/model';
import { type MergedResults, mergeResults, type Shard, shardOf } from '@mcore/tasks';
import { readResultFiles, runTasks } from '@mcore/tasks/node';
import { textTable, withDeviation } from '@mcore/training';
import {
  type BenchmarkRow,
  type BenchmarkSettings,
  benchmarkRows,
  holdingResults,
  mergeBenchmark,
  openSource,
  type RowResult,
  type RowTask,
  rowTasks,
  runRow,
  type SummaryRow,
  writeFileAtomically,
} from '@mcore/training/node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { heading, result, say } from '../terminal/output.js';
import {
  BENCHMARK_OUT,
  type DataOptions,
  type EngineOptions,
  sourceOf,
  wholeNumber,
  withData,
  withEngine,
  withExamples,
  withJson,
} from './options.js';
import { openRowMachine } from './row-machine.js';
import { type MergedOutput, type ShardOptions, shardToDo, withShard, writePage } from './shard-options.js';

interface BenchmarkOptions extends DataOptions, EngineOptions, ShardOptions {
  out: string;
  preset: string;
  steps: number;
  seeds: number;
  rows?: BenchmarkRow[];
  trainClips?: number;
  validationClips: number;
  testClips?: number;
  page?: string;
  tasks?: string;
  json: boolean;
}

/** `mcore benchmark`. */
export function addBenchmark(program: Command): void {
  const command = program
    .command('benchmark')
    .description("Train and test what the paper's tables compare, with several seeds. Takes hours; resumable.")
    .option('--out <dir>', 'folder for trainings and results; finished ones are kept', BENCHMARK_OUT)
    .addOption(
      new Option('--preset <name>', 'configuration to start from').choices(Object.keys(presets)).default('laptop'),
    )
    .option('--steps <n>', 'optimisation steps of each training', wholeNumber(1), 400)
    .option('--seeds <n>', 'trainings of each row', wholeNumber(1), 3)
    .option('--rows <names>', `some of ${benchmarkRows.map(({ id }) => id).join(', ')} (default: all)`, rowsNamed)
    .option('--train-clips <n>', 'train on a seeded random part', wholeNumber(2))
    .option('--validation-clips <n>', 'choose checkpoints on a seeded random part', wholeNumber(2), 100)
    .option('--test-clips <n>', 'test on a seeded random part (default: all)', wholeNumber(10))
    .option('--page <file>', 'write the tables into this Markdown page, in place of those that are there')
    .option('--tasks <file>', 'only write the list of trainings there, for mcore queue add --tasks');
  withExamples(
    withJson(withShard(withEngine(withData(command)))),
    'mcore benchmark --page docs/benchmark.md',
    'mcore benchmark --shard 2/4    # on each of four machines, then mcore merge',
    'mcore benchmark --tasks trainings.json && mcore queue add --tasks trainings.json --queue benchmark',
  ).action(runBenchmark);
}

function rowsNamed(text: string): BenchmarkRow[] {
  return text.split(',').map((name) => {
    const row = benchmarkRows.find(({ id }) => id === name.trim());
    if (!row) throw new InvalidArgumentError(`Expected some of ${benchmarkRows.map(({ id }) => id).join(', ')}.`);
    return row;
  });
}

async function runBenchmark(options: BenchmarkOptions): Promise<void> {
  if (options.tasks !== undefined) return writeTasks(options, options.tasks);
  const shard = shardToDo(options);
  const folder = join(options.out, 'results');
  await holdingResults(folder, shard, 'mcore benchmark', () => benchmark(options, folder, shard));
}

/** The whole benchmark as a list of tasks; nothing is trained. */
async function writeTasks(options: BenchmarkOptions, path: string): Promise<void> {
  const source = await openSource(sourceOf(options));
  const list = rowTasks(options.rows ?? benchmarkRows, options.seeds, settingsOf(options, source));
  await writeFileAtomically(path, `${JSON.stringify(list, null, 2)}\n`);
  result(options.json, { path, tasks: list.tasks.length }, () => `${list.tasks.length} trainings: ${path}`);
}

function settingsOf(
  options: BenchmarkOptions,
  { description: source, kind }: Pick<ClipSource, 'description' | 'kind'>,
): BenchmarkSettings {
  return {
    preset: options.preset,
    steps: options.steps,
    trainClips: options.trainClips ?? null,
    validationClips: options.validationClips,
    testClips: options.testClips ?? null,
    source,
    ...(kind && { kind }),
    ...(options.split === undefined || options.split === 'official' ? {} : { split: options.split }),
  };
}

/** Does a shard of the rows, whose results are this run's alone. */
async function benchmark(options: BenchmarkOptions, folder: string, shard: Shard): Promise<void> {
  const machine = await openRowMachine(options.preset, options);
  try {
    const settings = settingsOf(options, machine.prepared.source);
    const list = rowTasks(options.rows ?? benchmarkRows, options.seeds, settings);
    const { tasks } = list;
    say(
      `${tasks.length} trainings of ${options.steps} steps, ${shardOf(tasks, shard.index, shard.count).length} of them here.`,
    );
    const { path, total, skipped, finished, failed } = await runTasks<RowTask, RowResult>({
      folder,
      list,
      shard,
      made: { engine: machine.description },
      run: (task) => {
        heading(task.id);
        return runRow(task, settings, machine);
      },
      onProgress: (done, all) => say(`${done} of ${all} trainings done.`),
    });
    if (failed > 0) process.exitCode = 1;
    if (shard.count > 1) {
      say(`Shard ${shard.index} of ${shard.count}: ${skipped + finished} of ${total} trainings done; ${path}`);
      say(`When all shards are done: mcore merge ${folder}`);
    }
    const merged = mergeResults<RowResult>(await readResultFiles<RowResult>([folder]));
    for (const { id, error } of merged.failed) say(`Failed: ${id}: ${error.message}`);
    if (merged.finished.length === 0)
      throw new DataError('mcore benchmark: expected a training that is done, got none.');
    const output = mergedBenchmark(merged);
    if (options.page !== undefined) await writePage(options.page, output);
    result(options.json, output.json, output.text);
  } finally {
    await machine.dispose();
  }
}

/** The tables of results, of one machine or merged from several. */
export function mergedBenchmark(merged: MergedResults<RowResult>): MergedOutput {
  const { json, page } = mergeBenchmark(merged);
  return { json, page, text: () => benchmarkText(json.rows) };
}

function benchmarkText(rows: readonly SummaryRow[]): string {
  return textTable([
    ['', 'decoding', 'seeds', 'SRCC', 'R-l2 x100', 'AIoU@0.5', 'AIoU@0.75'],
    ...rows.map(({ title, decoding, seeds, figures }) => [
      title,
      decoding ?? '-',
      String(seeds),
      withDeviation(figures.srcc, 3),
      withDeviation(figures.rl2x100, 3),
      withDeviation(figures.aiou50, 1),
      withDeviation(figures.aiou75, 1),
    ]),
  ]);
}
