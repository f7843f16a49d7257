import { DataError } from '@mcore/errors';
import { assertStages, atMostPerDive, fillBank, splitAs, splitOfWeights } from '@mcore/training';
import {
  assertWritable,
  openPreparedClips,
  readCheckpoint,
  replicaFactory,
  writeFileAtomically,
} from '@mcore/training/node';
import type { Command } from 'commander';
import { result, sayNotes } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { prepareWithProgress } from '../terminal/run-progress.js';
import {
  type DataOptions,
  type ScoringOptions,
  sourceOf,
  startScoringEngine,
  wholeNumber,
  withData,
  withExamples,
  withJson,
  withScoringEngine,
} from './options.js';

interface BankOptions extends DataOptions, ScoringOptions {
  weights: string;
  out: string;
  perDive?: number;
  half: boolean;
  json: boolean;
}

/** `mcore bank`. */
export function addBank(program: Command): void {
  const command = program
    .command('bank')
    .description('Compute the features of the training clips once, so that scoring costs one backbone pass a video.')
    .requiredOption('--weights <file>', 'checkpoint to compute them with')
    .requiredOption('--out <file>', 'exemplar bank to write')
    .option('--per-dive <n>', 'max exemplars of a dive number, drawn by the seed', wholeNumber(1))
    .option('--half', 'keep features in half precision', false);
  withExamples(
    withJson(withScoringEngine(withData(command))),
    'mcore bank --weights runs/first/best.safetensors --out bank.safetensors',
  ).action(runBank);
}

async function runBank(options: BankOptions): Promise<void> {
  const checkpoint = await readCheckpoint(options.weights);
  if (checkpoint.info.config.regression === 'exemplar-free') {
    throw new DataError(
      `mcore bank: expected weights that compare with exemplars, got exemplar-free ones in ${options.weights}.`,
    );
  }
  await assertWritable(options.out);
  const engine = await startScoringEngine(options);
  const { info } = checkpoint;
  const prepared = await openPreparedClips(sourceOf(options, info), info.config.input, options);
  try {
    assertStages('mcore bank', prepared.source, info.config);
    sayNotes(prepared.source);
    const split = splitOfWeights(info, prepared.source, options, info.seed);
    const splits = splitAs(prepared.source.clips, split);
    const { perDive } = options;
    const train = perDive === undefined ? splits.train : atMostPerDive(splits.train, perDive, info.seed);
    await prepareWithProgress(prepared, train);
    const progress = startProgress('Encoding exemplars', train.length, 'clips');
    const bank = await fillBank({
      ...{ checkpoint, train, prepared, createReplicas: replicaFactory(engine.name, options.workers) },
      onProgress: (done) => progress.update(done),
    }).finally(() => progress.stop());
    await writeFileAtomically(options.out, bank.encode(options.half ? 'half' : 'single'));
    const summary = { bank: options.out, exemplars: train.length, diveNumbers: bank.diveNumbers.length };
    result(
      options.json,
      summary,
      () => `${train.length} exemplars of ${summary.diveNumbers} dive numbers: ${options.out}`,
    );
  } finally {
    await prepared.close();
    await engine.dispose();
  }
}
