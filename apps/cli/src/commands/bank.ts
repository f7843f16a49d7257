import { modelFromCheckpoint, weightsId } from '@mcore/model';
import type { Command } from 'commander';
import { createReplicas } from '../compute/replicas.js';
import { writeFileAtomically } from '../data/atomic-file.js';
import { PreparedClips } from '../data/prepared-clips.js';
import { buildBank, describeClips, stageShape } from '../run/inference.js';
import { readCheckpoint } from '../run/run-files.js';
import { splitClips } from '../run/splits.js';
import { result } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { prepareWithProgress } from '../terminal/run-progress.js';
import {
  type DataOptions,
  type EngineOptions,
  sourceOf,
  startEngine,
  wholeNumber,
  withData,
  withEngine,
  withExamples,
  withJson,
} from './options.js';

interface BankOptions extends DataOptions, EngineOptions {
  weights: string;
  out: string;
  limit?: number;
  json: boolean;
}

/** `mcore bank`. */
export function addBank(program: Command): void {
  const command = program
    .command('bank')
    .description('Compute the features of the training clips once, so that scoring costs one backbone pass a video.')
    .requiredOption('--weights <file>', 'checkpoint to compute them with')
    .requiredOption('--out <file>', 'exemplar bank to write')
    .option('--limit <n>', 'a seeded random part of the training clips', wholeNumber(1));
  withExamples(
    withJson(withEngine(withData(command))),
    'mcore bank --weights runs/first/best.safetensors --out bank.safetensors',
  ).action(runBank);
}

async function runBank(options: BankOptions): Promise<void> {
  const checkpoint = await readCheckpoint(options.weights);
  const engine = await startEngine(options);
  const { input } = checkpoint.info.config;
  const prepared = await PreparedClips.open(sourceOf(options), input, options);
  try {
    const limits = options.limit === undefined ? {} : { train: options.limit };
    const { train } = splitClips(prepared.source.clips, {
      kind: options.split,
      seed: Number(checkpoint.info.seed),
      limits,
    });
    await prepareWithProgress(prepared, train);
    const replicas = await createReplicas(checkpoint, { engine: engine.name, workers: options.workers });
    const model = modelFromCheckpoint(checkpoint);
    const progress = startProgress('Describing exemplars', train.length, 'clips');
    try {
      const bank = await buildBank(train, stageShape(model), await weightsId(checkpoint.tensors), (clips) =>
        describeClips(clips, prepared, input.transform, replicas, (done) => progress.update(done)),
      );
      await writeFileAtomically(options.out, bank.encode());
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
