import { existsSync } from 'node:fs';
import { type Clip, type ExemplarChoice, formatExemplars, parseExemplars } from '@mcore/clips';
import type { Checkpoint } from '@mcore/model';
import { type Command, Option } from 'commander';
import { writeFileAtomically } from '../data/atomic-file.js';
import { PreparedClips } from '../data/prepared-clips.js';
import { evaluateCheckpoint } from '../run/evaluate-checkpoint.js';
import { clipsCsv, evaluationJson, evaluationTable } from '../run/evaluation-output.js';
import { readCheckpoint, readNamed } from '../run/run-files.js';
import { splitClips } from '../run/splits.js';
import { result, say } from '../terminal/output.js';
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
  try {
    const limits = options.limit === undefined ? {} : { [options.part]: options.limit };
    const seed = trainingSeed(checkpoint);
    const splits = splitClips(prepared.source.clips, { kind: options.split, seed, limits });
    const clips = splits[options.part];
    const saved = await savedExemplars(options, [...clips, ...splits.train]);
    await prepareWithProgress(prepared, clips);
    const { predicted, evaluation, exemplars } = await evaluateCheckpoint({
      checkpoint,
      clips,
      train: splits.train,
      prepared,
      exemplars: saved ?? options.exemplarSeed,
      engine: engine.name,
      workers: options.workers,
    });
    if (options.exemplars !== undefined && saved === undefined) {
      await writeFileAtomically(options.exemplars, formatExemplars(exemplars));
      say(`Exemplars drawn with seed ${options.exemplarSeed} and kept in ${options.exemplars}`);
    }
    if (options.csv !== undefined) {
      await writeFileAtomically(options.csv, clipsCsv(predicted));
      say(`One row a clip: ${options.csv}`);
    }
    const about = { source: prepared.source.description, trainedOn: checkpoint.info.trainedOn, part: options.part };
    result(options.json, evaluationJson(evaluation, about), () => evaluationTable(evaluation, about));
  } finally {
    await prepared.close();
    await engine.dispose();
  }
}

/** Splits follow the seed of the training run, so that no clip it trained on is evaluated as validation. */
function trainingSeed({ info }: Checkpoint): number {
  return Number(info.seed);
}

/** The exemplar lists of `--exemplars`, where the file is there already. */
async function savedExemplars(options: EvalOptions, clips: readonly Clip[]): Promise<ExemplarChoice | undefined> {
  if (options.exemplars === undefined || !existsSync(options.exemplars)) return undefined;
  return parseExemplars(new TextDecoder().decode(await readNamed(options.exemplars, 'exemplar lists')), clips);
}
