import { type ComparedClip, compareRuns, comparisonTable } from '@mcore/training';
import { readClipsCsv } from '@mcore/training/node';
import type { Command } from 'commander';
import { result } from '../terminal/output.js';
import { wholeNumber, withExamples, withJson } from './options.js';
import { weightsFiles } from './weights-files.js';

interface CompareOptions {
  resamples: number;
  seed: number;
  json: boolean;
}

/** `mcore compare`. */
export function addCompare(program: Command): void {
  const command = program
    .command('compare')
    .description('Test whether A beats B: paired bootstrap of every metric over the clips of two evaluations.')
    .argument('<a.csv>', 'clips of one evaluation, from mcore eval --csv; a quoted pattern takes several seeds')
    .argument('<b.csv>', 'the same clips by another model')
    .option('--resamples <n>', 'bootstrap resamples of the clips', wholeNumber(1), 2000)
    .option('--seed <n>', 'seed of the draws', wholeNumber(0), 0);
  withExamples(
    withJson(command),
    'mcore compare complete.csv without-contrast.csv',
    "mcore compare 'complete-*.csv' 'without-contrast-*.csv'",
  ).action(runCompare);
}

async function runCompare(a: string, b: string, { resamples, seed, json }: CompareOptions): Promise<void> {
  const comparison = compareRuns(await readRuns(a), await readRuns(b), { resamples, seed });
  result(json, { a, b, comparison }, () => comparisonTable(comparison, { a, b }));
}

/** The runs that a path or a pattern names. */
async function readRuns(given: string): Promise<ComparedClip[][]> {
  return Promise.all((await weightsFiles([given], 'files of mcore eval --csv')).map(readClipsCsv));
}
