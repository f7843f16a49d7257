import { DataError } from '@mcore/errors';
import { type MergedResults, mergeResults } from '@mcore/tasks';
import { readResultFiles } from '@mcore/tasks/node';
import { writeFileAtomically } from '@mcore/training/node';
import type { Command } from 'commander';
import { result, say } from '../terminal/output.js';
import { mergedBenchmark } from './benchmark.js';
import { mergedEvaluation } from './eval.js';
import { withExamples, withJson } from './options.js';
import { mergedScores } from './score.js';
import { type MergedOutput, writePage } from './shard-options.js';

interface MergeOptions {
  partial: boolean;
  out?: string;
  csv?: string;
  page?: string;
  json: boolean;
}

/** How the results of each kind of job are merged; those of other kinds are listed. */
const OUTPUTS: Record<string, (merged: MergedResults<never>) => MergedOutput> = {
  score: mergedScores,
  eval: mergedEvaluation,
  benchmark: mergedBenchmark,
};

/** `mcore merge`. */
export function addMerge(program: Command): void {
  const command = program
    .command('merge')
    .description('Merge the results of shards; lists what is missing or duplicate, refuses other weights or settings.')
    .argument('<path...>', 'folders given with --results, or single files of them')
    .option('--partial', 'merge although tasks are missing', false)
    .option('--out <file>', 'write the JSON there')
    .option('--csv <file>', 'with results of mcore eval: write one row a clip')
    .option('--page <file>', 'with results of mcore benchmark: write the tables into this Markdown page');
  withExamples(
    withJson(command),
    'mcore merge scores --json',
    'mcore merge machine-a machine-b --out scores.json',
  ).action(runMerge);
}

async function runMerge(paths: string[], options: MergeOptions): Promise<void> {
  const merged = mergeResults<never>(await readResultFiles<never>(paths));
  sayState(merged);
  if (merged.missing.count > 0 && !options.partial) {
    throw new DataError(
      `mcore merge: expected results of all ${merged.count} tasks, ${merged.missing.count} are missing (--partial takes what there is).`,
    );
  }
  const output = (OUTPUTS[merged.kind] ?? listed)(merged);
  if (options.csv !== undefined) {
    if (!output.csv)
      throw new DataError(`mcore merge: expected results of mcore eval for --csv, got those of ${merged.kind}.`);
    await writeFileAtomically(options.csv, output.csv());
    say(`One row a clip: ${options.csv}`);
  }
  if (options.page !== undefined) await writePage(options.page, output);
  if (options.out !== undefined) {
    await writeFileAtomically(options.out, `${JSON.stringify(output.json, null, 2)}\n`);
    say(`Written to ${options.out}`);
  }
  result(options.json, output.json, output.text);
  if (merged.failed.length > 0) process.exitCode = 1;
}

/** Maximum number of tasks that are named of each kind. */
const NAMED = 20;

function sayState({ kind, count, finished, failed, missing, double }: MergedResults<unknown>): void {
  const list = (names: readonly string[]) =>
    `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`;
  say(`${kind}: ${finished.length} of ${count} tasks done.`);
  for (const { id, error } of failed) say(`Failed: ${id}: ${error.message}`);
  if (missing.shards.length > 0) say(`Shards without a file: ${list(missing.shards)}.`);
  if (missing.tasks.length > 0) say(`Missing: ${list(missing.tasks)}.`);
  if (double.length > 0) say(`Double, with equal results, taken once: ${list(double.map(({ id }) => id))}.`);
}

function listed({ kind, settings, finished }: MergedResults<unknown>): MergedOutput {
  const results = finished.map(({ id, result: value }) => ({ id, result: value }));
  return { json: { kind, settings, results }, text: () => results.map((each) => JSON.stringify(each)).join('\n') };
}
