import { type Clip, ExemplarPool } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { modelFromCheckpoint, weightsId } from '@mcore/model';
import { Random } from '@mcore/random';
import { assertStages, buildBank, encodeClips, splitAs, splitOfWeights } from '@mcore/training';
import {
  assertWritable,
  createReplicas,
  openPreparedClips,
  readCheckpoint,
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
    .option('--per-dive <n>', 'at most so many exemplars of a dive number, drawn by the seed', wholeNumber(1))
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
    const train = atMostPerDive(splits.train, options.perDive, info.seed);
    await prepareWithProgress(prepared, train);
    const replicas = await createReplicas(checkpoint, { engine: engine.name, workers: options.workers });
    const model = modelFromCheckpoint(checkpoint);
    const progress = startProgress('Encoding exemplars', train.length, 'clips');
    try {
      const bank = await buildBank(train, model.regressionShape, await weightsId(checkpoint.tensors), (clips) =>
        encodeClips(clips, prepared, info.config.input.transform, replicas, (done) => progress.update(done)),
      );
      await writeFileAtomically(options.out, bank.encode(options.half ? 'half' : 'single'));
      const summary = { bank: options.out, exemplars: train.length, diveNumbers: bank.diveNumbers.length };
      result(
        options.json,
        summary,
        () => `${train.length} exemplars of ${summary.diveNumbers} dive numbers: ${options.out}`,
      );
    } finally {
      progress.stop();
      model.dispose();
      await Promise.all(replicas.map((replica) => replica.dispose()));
    }
  } finally {
    await prepared.close();
    await engine.dispose();
  }
}

/** A seeded draw of each dive number's clips, in their order. */
function atMostPerDive(clips: readonly Clip[], most: number | undefined, seed: number | string): readonly Clip[] {
  if (most === undefined) return clips;
  const pool = new ExemplarPool(clips);
  const kept = new Set(
    [...new Set(clips.map(({ diveNumber }) => diveNumber))].flatMap((diveNumber) =>
      Random.for(seed, 'bank', diveNumber)
        .sample(pool.withNumber(diveNumber), most)
        .map(({ id }) => id),
    ),
  );
  return clips.filter(({ id }) => kept.has(id));
}
