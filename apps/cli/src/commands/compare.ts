import { compareClips } from '@mcore/training';
import { parseClipsCsv, readNamed } from '@mcore/training/node';
import type { Command } from 'commander';
import { comparisonTable } from '../terminal/evaluation-tables.js';
import { result } from '../terminal/output.js';
import { wholeNumber, withExamples, withJson } from './options.js';

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
    .argument('<a.csv>', 'clips of one evaluation, from mcore eval --csv')
    .argument('<b.csv>', 'the same clips by another model')
    .option('--resamples <n>', 'bootstrap resamples of the clips', wholeNumber(1), 2000)
    .option('--seed <n>', 'seed of the draws', wholeNumber(0), 0);
  withExamples(withJson(command), 'mcore compare complete.csv without-contrast.csv').action(runCompare);
}

async function runCompare(a: string, b: string, { resamples, seed, json }: CompareOptions): Promise<void> {
  const comparison = compareClips(await readClips(a), await readClips(b), { resamples, seed });
  result(json, { a, b, comparison }, () => comparisonTable(comparison, { a, b }));
}

/** The clips of a file that `mcore eval --csv` wrote. */
export async function readClips(path: string): Promise<ReturnType<typeof parseClipsCsv>> {
  return parseClipsCsv(new TextDecoder().decode(await readNamed(path, 'the clips of an evaluation')), path);
}
