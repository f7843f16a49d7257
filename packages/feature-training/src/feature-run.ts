import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError } from '@mcore/errors';
import { readSafetensors, writeSafetensors } from '@mcore/safetensors';
import { lockFolder, readNamed, writeFileAtomically } from '@mcore/training/node';
import type { TrainingKeeper, TrainingSnapshot } from './adam-steps.js';
import {
  type AnyScorer,
  decodeFeatureWeights,
  encodeFeatureWeights,
  type FeatureWeightsInfo,
} from './feature-weights.js';
import type { FitBlendOptions } from './fit-blend.js';
import { type FeatureMethod, fitMethod } from './fit-method.js';
import { deviationOf } from './views/deviation.js';

/** Steps between snapshots. */
const SNAPSHOT_EVERY = 20;

/** Files of a run. */
const files = { weights: 'best.safetensors', bank: 'bank.safetensors', settings: 'features.json' } as const;

/** What {@link trainFeatures} works with. */
export interface TrainFeaturesOptions extends Omit<FitBlendOptions, 'keepOf'> {
  readonly method: FeatureMethod;
  /** Folder of the run; made if it is not there. */
  readonly out: string;
  /** Whether the run in the folder resumes, bit-exact on the same engine; else it is removed. */
  readonly resume: boolean;
  /** How the score is made of several targets, and how features were prepared: kept with the weights. */
  readonly about: Pick<FeatureWeightsInfo, 'scoreOf' | 'preparation'>;
  /** What the caller wants to find in the folder again when it resumes; see {@link savedOptions}. */
  readonly options?: unknown;
}

/** What {@link trainFeatures} gives. */
export interface TrainedFeatures {
  /** Path of the weights. */
  readonly weights: string;
  /** Path of the exemplars' features, where the method compares. */
  readonly bank?: string;
  readonly info: FeatureWeightsInfo;
  /** The caller disposes it. */
  readonly scorer: AnyScorer;
}

/**
 * Trains a method on features in a folder: snapshots while it trains, then `best.safetensors` and, where the method compares, its exemplars'
 * features in `bank.safetensors`.
 *
 * @param options - See {@link TrainFeaturesOptions}.
 * @throws DataError if the run to resume is of other data or settings; what `lockFolder` and `fitMethod` throw.
 */
export async function trainFeatures(options: TrainFeaturesOptions): Promise<TrainedFeatures> {
  const { out, resume, source, train, method, seed, settings, group, about } = options;
  const lock = await lockFolder(out, 'mcore train');
  try {
    const ids = train.map(({ id }) => id);
    const identity = hashOf([source.fingerprint, source.clips, ids, method, seed, settings, group, about]);
    const path = join(out, files.settings);
    if (resume) await assertSame(path, identity, out);
    else await removeRun(out);
    await writeFileAtomically(path, `${JSON.stringify({ identity, options: options.options }, null, 2)}\n`);
    const scorer = await fitMethod({ ...options, keepOf: (network) => keeperOf(out, network) });
    const info = infoOf(options);
    const encoded = await encodeFeatureWeights(scorer, info);
    const [weights, bank] = [join(out, files.weights), join(out, files.bank)];
    if (encoded.bank) await writeFileAtomically(bank, encoded.bank);
    await writeFileAtomically(weights, encoded.weights);
    await removeSnapshots(out);
    return { weights, ...(encoded.bank && { bank }), info, scorer };
  } finally {
    await lock.release();
  }
}

/** What a run's caller kept in its folder; undefined if the folder has no run on features. */
export async function savedOptions(out: string): Promise<unknown> {
  const path = join(out, files.settings);
  if (!existsSync(path)) return undefined;
  return ((await readJson(path)) as { options?: unknown }).options;
}

/**
 * Reads weights that were trained on features, and the bank beside them.
 *
 * @param weights - Path.
 * @param bank - Path; `bank.safetensors` beside the weights unless given.
 * @returns What scores clips; the caller disposes the scorer.
 * @throws DataError if a file is missing or broken.
 */
export async function openFeatureWeights(
  weights: string,
  bank?: string,
): Promise<{ scorer: AnyScorer; info: FeatureWeightsInfo }> {
  const beside = bank ?? join(dirname(weights), files.bank);
  const bytes = await readNamed(weights, 'weights');
  const banked = bank !== undefined || existsSync(beside) ? await readNamed(beside, 'an exemplar bank') : undefined;
  return decodeFeatureWeights({ weights: bytes, ...(banked && { bank: banked }) }, weights);
}

function infoOf({ source, train, method, seed, about }: TrainFeaturesOptions): FeatureWeightsInfo {
  const scores = train.map(({ score }) => score);
  return {
    ...{ method, seed, channels: source.channels, targets: source.targets, ...about },
    trainedOn: source.description,
    trainedClips: train.map(({ id }) => id),
    scores: {
      mean: scores.reduce((sum, score) => sum + score, 0) / scores.length,
      deviation: deviationOf(scores),
    },
  };
}

function keeperOf(out: string, network: number): TrainingKeeper {
  const path = join(out, snapshotName(network));
  return {
    every: SNAPSHOT_EVERY,
    load: async (): Promise<TrainingSnapshot | undefined> => {
      if (!existsSync(path)) return undefined;
      const { tensors, metadata } = readSafetensors(await readFile(path));
      const [parameters, mean, square] = ['parameters', 'mean', 'square'].map((name) => tensors.get(name)?.data);
      const step = Number(metadata.step);
      if (!(parameters && mean && square) || !Number.isSafeInteger(step)) {
        throw new DataError(`trainFeatures: expected a snapshot in ${path}, got another file. Delete it.`);
      }
      const copy = (values: typeof parameters) => Float32Array.from(values as Float32Array);
      return { step, parameters: copy(parameters), mean: copy(mean), square: copy(square) };
    },
    save: async ({ step, parameters, mean, square }) => {
      const tensors = Object.entries({ parameters, mean, square }).map(
        ([name, data]) => [name, { dtype: 'F32' as const, shape: [data.length], data }] as const,
      );
      await writeFileAtomically(path, writeSafetensors(new Map(tensors), { step: `${step}` }));
    },
  };
}

async function assertSame(path: string, identity: string, out: string): Promise<void> {
  if (!existsSync(path)) throw new DataError(`trainFeatures: expected a run on features in ${out}, got none.`);
  if (((await readJson(path)) as { identity?: unknown }).identity === identity) return;
  throw new DataError(
    `trainFeatures: expected the data and settings of the run in ${out}, got others. Train without --resume, or into another folder.`,
  );
}

async function readJson(path: string): Promise<object> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as object;
  } catch (cause) {
    throw new DataError(`trainFeatures: expected JSON in ${path}, got something else. Delete it.`, { cause });
  }
}

async function removeRun(out: string): Promise<void> {
  await removeSnapshots(out);
  for (const name of Object.values(files)) await rm(join(out, name), { force: true });
}

/** A method trains few networks; numbers beyond are not used. */
async function removeSnapshots(out: string): Promise<void> {
  for (let network = 0; network < 32; network++) await rm(join(out, snapshotName(network)), { force: true });
}

function snapshotName(network: number): string {
  return `last-${network}.safetensors`;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
