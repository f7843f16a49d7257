import { averageCheckpoints } from '@mcore/model';
import { readCheckpoint, writeCheckpoint } from '@mcore/training/node';
import type { Command } from 'commander';
import { result } from '../terminal/output.js';
import { withExamples, withJson } from './options.js';
import { weightsFiles } from './weights-files.js';

/** `mcore average`. */
export function addAverage(program: Command): void {
  const command = program
    .command('average')
    .description('Average the weights of several checkpoints of one run, such as those of mcore train --keep-every.')
    .argument('<weights...>', 'checkpoints, or a pattern')
    .requiredOption('--out <file>', 'checkpoint to write');
  withExamples(
    withJson(command),
    'mcore average runs/first/series/step-*.safetensors --out runs/first/average.safetensors',
    'mcore eval --weights runs/first/average.safetensors',
  ).action(runAverage);
}

async function runAverage(given: string[], { out, json }: { out: string; json: boolean }): Promise<void> {
  const files = await weightsFiles(given);
  const average = averageCheckpoints(await Promise.all(files.map(readCheckpoint)));
  await writeCheckpoint(out, average);
  result(json, { weights: out, averaged: files, step: average.info.step }, () =>
    [
      `The mean of ${files.length} checkpoints: ${out}`,
      `Next: mcore bank --weights ${out} --out FOLDER/bank.safetensors, to score with it`,
    ].join('\n'),
  );
}
