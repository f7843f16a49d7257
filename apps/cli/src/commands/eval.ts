import { join } from 'node:path';
import { formatExemplars, parseExemplars } from '@mcore/clips';
import { type Checkpoint, modelFromCheckpoint } from '@mcore/model';
import { evaluate } from '@mcore/training';
import { type Command, Option } from 'commander';
import { createReplicas } from '../compute/replicas.js';
import { writeFileAtomically } from '../data/atomic-file.js';
import { PreparedClips } from '../data/prepared-clips.js';
import { clipsCsv, evaluationJson, evaluationTable } from '../run/evaluation-output.js';
import { exemplarChoice, predictClips } from '../run/predict-clips.js';
import { readCheckpoint, readNamed } from '../run/run-files.js';
import { splitClips } from '../run/splits.js';
import { result, say } from '../terminal/output.js';
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

interface EvalOptions extends DataOptions, EngineOptions {
  weights: string;
  part: 'test' | 'validation';
  limit?: number;
  exemplars?: string;
  exemplarSeed: number;
  csv?: string;
  json: boolean;
}

/** `mcore eval`. */
export function addEval(program: Command): void {
  const command = program
    .command('eval')
    .description('Measure SRCC, R-l2 and AIoU with bootstrap intervals, beside what the labels alone give.')
    .requiredOption('--weights <file>', 'checkpoint to evaluate')
    .addOption(new Option('--part <name>', 'clips to evaluate').choices(['test', 'validation']).default('test'))
    .option('--limit <n>', 'a seeded random part of the clips', wholeNumber(2))
    .option('--exemplars <file>', 'fixed exemplar lists: read if the file is there, else drawn and written to it')
    .option('--exemplar-seed <n>', 'seed of the draw', wholeNumber(0), 0)
    .option('--csv <file>', 'write one row a clip');
  withExamples(
    withJson(withEngine(withData(command))),
    'mcore eval --weights runs/first/best.safetensors --csv clips.csv',
  ).action(runEval);
}

async function runEval(options: EvalOptions): Promise<void> {
  const checkpoint = await readCheckpoint(options.weights);
  const engine = await startEngine(options);
  const prepared = await PreparedClips.open(sourceOf(options), checkpoint.info.config.input, options);
  const model = modelFromCheckpoint(checkpoint);
  try {
    const seed = trainingSeed(checkpoint);
    const limits = options.limit === undefined ? {} : { [options.part]: options.limit };
    const splits = splitClips(prepared.source.clips, { kind: options.split, seed, limits });
    const clips = splits[options.part];
    const exemplars = await fixedExemplars(options, clips, splits.train, model);
    await prepareWithProgress(prepared, clips);
    const replicas = await createReplicas(checkpoint, { engine: engine.name, workers: options.workers });
    const progress = startProgress('Evaluating', clips.length, 'clips');
    try {
      const predicted = await predictClips(clips, {
        model,
        replicas,
        prepared,
        train: splits.train,
        exemplars,
        onProgress: (done, total) => progress.update(Math.round((done * clips.length) / total)),
      });
      const evaluation = evaluate(predicted);
      if (options.csv !== undefined) {
        await writeFileAtomically(options.csv, clipsCsv(predicted));
        say(`One row a clip: ${options.csv}`);
      }
      const about = { source: prepared.source.description, trainedOn: checkpoint.info.trainedOn, part: options.part };
      result(options.json, evaluationJson(evaluation, about), () => evaluationTable(evaluation, about));
    } finally {
      progress.stop();
      await Promise.all(replicas.map((replica) => replica.dispose()));
    }
  } finally {
    model.dispose();
    await prepared.close();
    await engine.dispose();
  }
}

/** Splits follow the seed of the training run, so that no clip it trained on is evaluated as validation. */
function trainingSeed({ info }: Checkpoint): number {
  return Number(info.seed);
}

async function fixedExemplars(
  options: EvalOptions,
  clips: Parameters<typeof exemplarChoice>[0],
  train: Parameters<typeof exemplarChoice>[1]['train'],
  model: Parameters<typeof exemplarChoice>[1]['model'],
): Promise<Parameters<typeof exemplarChoice>[1]['exemplars']> {
  if (options.exemplars === undefined) return options.exemplarSeed;
  const path = join(options.exemplars);
  try {
    return parseExemplars(new TextDecoder().decode(await readNamed(path, 'exemplar lists')), [...clips, ...train]);
  } catch (error) {
    if ((error as { cause?: NodeJS.ErrnoException }).cause?.code !== 'ENOENT') throw error;
  }
  const choice = exemplarChoice(clips, { exemplars: options.exemplarSeed, train, model });
  await writeFileAtomically(path, formatExemplars(choice));
  say(`Exemplars drawn with seed ${options.exemplarSeed} and kept in ${path}`);
  return choice;
}
