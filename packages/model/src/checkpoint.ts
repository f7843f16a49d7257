import { DataError, WeightsError } from '@mcore/errors';
import { float32ToFloat16, type SafeTensor, toFloat32, writeSafetensors } from '@mcore/safetensors';
import { formatPath, schemaProblems, withDefaults } from '@mcore/schema';
import * as tf from '@tensorflow/tfjs-core';
import type { MCoReConfig } from './config.js';
import { parameterCounts } from './counts.js';
import type { OutlierLimits } from './in-distribution.js';
import { MCoRe } from './mcore.js';
import { metadataSchemas } from './metadata-schemas.js';
import { readNamedSafetensors } from './read-named-safetensors.js';
import type { TrainingData } from './training-data.js';

/** Scores the model was trained on, in points. */
export interface LabelRange {
  min: number;
  max: number;
}

/** Prediction error on validation clips; see `conformalInterval`. */
export interface Calibration {
  /** Fraction of validation clips whose error is at most `halfWidth`. */
  level: number;
  /** In points. */
  halfWidth: number;
  /** Validation clips it was measured on. */
  clips: number;
  /** For clips that are not compared with exemplars of their own class; absent from weights that an earlier version calibrated. */
  byMatch?: Partial<Record<InexactMatch, MatchCalibration>>;
}

/**
 * How exemplars were found where none has the clip's class, or its class is unknown: `nearestClass`, those of the nearest dive numbers;
 * `nearestFeatures`, those with the most similar features.
 */
export type InexactMatch = 'nearestClass' | 'nearestFeatures';

/** {@link Calibration} of one kind of match, at the same level. */
export interface MatchCalibration {
  /** In points. */
  halfWidth: number;
  clips: number;
}

/** Metadata of a checkpoint. */
export interface CheckpointInfo {
  config: MCoReConfig;
  labelRange: LabelRange;
  /** Description of the training clips, such as `rendered dives`. */
  trainedOn: string;
  seed: number | string;
  /** Steps done. */
  step: number;
  /** Which clips made these weights; absent from weights that were imported or kept by an earlier version. */
  data?: TrainingData;
  /** Absent until it is measured. */
  calibration?: Calibration;
  /** Limits beyond which a clip counts as unlike the training clips; absent until calibrated. */
  outliers?: OutlierLimits;
  /** Other values the trainer keeps: its options, validation metrics. */
  notes?: Readonly<Record<string, unknown>>;
}

/** A checkpoint in memory. */
export interface Checkpoint {
  info: CheckpointInfo;
  /** The model's tensors in PyTorch's names and layouts. */
  tensors: Map<string, SafeTensor>;
  /** Optimizer state, if training can resume from the file. */
  optimiser: Map<string, SafeTensor>;
}

const FORMAT = 'mcore checkpoint 1';
const OPTIMISER = 'optimizer.';
const FLOATS: ReadonlySet<string> = new Set(['F64', 'F32', 'F16', 'BF16']);

/** The model's current weights as plain tensors. */
export async function exportWeights(model: MCoRe): Promise<Map<string, SafeTensor>> {
  const entries = [...model.weights()].map(async ([name, variable]): Promise<[string, SafeTensor]> => {
    const data = (await variable.data()) as Float32Array;
    return [name, { dtype: 'F32', shape: variable.shape, data: data.slice() }];
  });
  return new Map(await Promise.all(entries));
}

/** Encodes a checkpoint as one safetensors file. */
export function encodeCheckpoint({ info, tensors, optimiser }: Checkpoint): Uint8Array {
  const all = new Map(tensors);
  for (const [name, tensor] of optimiser) all.set(OPTIMISER + name, tensor);
  return writeSafetensors(all, {
    format: FORMAT,
    preset: info.config.preset,
    config: JSON.stringify(info.config),
    label_range: JSON.stringify(info.labelRange),
    training: JSON.stringify({ trainedOn: info.trainedOn, seed: info.seed, step: info.step }),
    ...(info.data ? { data: JSON.stringify(info.data) } : {}),
    ...(info.calibration ? { calibration: JSON.stringify(info.calibration) } : {}),
    ...(info.outliers ? { outliers: JSON.stringify(info.outliers) } : {}),
    ...(info.notes ? { notes: JSON.stringify(info.notes) } : {}),
  });
}

/**
 * Decodes a file of {@link encodeCheckpoint}.
 *
 * @param bytes - The file.
 * @param name - For errors.
 * @throws {@link DataError} if it is not such a checkpoint.
 */
export function decodeCheckpoint(bytes: Uint8Array, name = 'the file'): Checkpoint {
  const { tensors: all, metadata } = readNamedSafetensors(bytes, 'decodeCheckpoint', name);
  for (const [key, { dtype }] of all) {
    if (!FLOATS.has(dtype)) {
      throw new DataError(`decodeCheckpoint: expected floating-point tensors in ${name}, got ${key} of ${dtype}.`);
    }
  }
  if (metadata.format !== FORMAT) {
    throw new DataError(
      `decodeCheckpoint: expected ${name} to be of format "${FORMAT}", got "${metadata.format ?? 'no format in its metadata'}".`,
    );
  }
  const read = (key: keyof typeof metadataSchemas): unknown => parseMetadata(metadata[key], key, name);
  const { trainedOn, seed, step } = read('training') as Pick<CheckpointInfo, 'trainedOn' | 'seed' | 'step'>;
  const config = read('config') as MCoReConfig;
  const tensors = new Map<string, SafeTensor>();
  const optimiser = new Map<string, SafeTensor>();
  for (const [key, tensor] of all) {
    if (key.startsWith(OPTIMISER)) optimiser.set(key.slice(OPTIMISER.length), tensor);
    else tensors.set(key, tensor);
  }
  const info: CheckpointInfo = { config, labelRange: read('label_range') as LabelRange, trainedOn, seed, step };
  if (metadata.data !== undefined) info.data = read('data') as TrainingData;
  if (metadata.calibration !== undefined) info.calibration = read('calibration') as Calibration;
  if (metadata.outliers !== undefined) info.outliers = read('outliers') as OutlierLimits;
  if (metadata.notes !== undefined) info.notes = read('notes') as Record<string, unknown>;
  return { info, tensors, optimiser };
}

/**
 * Makes a model with a checkpoint's configuration and weights; the caller disposes it.
 *
 * @throws {@link WeightsError} if the tensors do not fit the configuration; {@link ArgumentError} if the configuration is invalid.
 */
export function modelFromCheckpoint({ info, tensors }: Pick<Checkpoint, 'info' | 'tensors'>): MCoRe {
  assertEnoughNumbers(info.config, tensors);
  const model = new MCoRe(info.config, { seed: 0 });
  try {
    loadTensors(model, tensors);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

/** Runs before any allocation: a file of a few bytes must not allocate gigabytes. */
function assertEnoughNumbers(config: MCoReConfig, tensors: ReadonlyMap<string, SafeTensor>): void {
  const expected = parameterCounts(config).total;
  let got = 0;
  for (const { data } of tensors.values()) got += data.length;
  if (got < expected) {
    throw new WeightsError(
      `modelFromCheckpoint: expected the ${expected} parameters of the configuration, got tensors with ${got} numbers.`,
    );
  }
}

/** Loads plain tensors of any floating dtype into a model. */
export function loadTensors(model: MCoRe, tensors: ReadonlyMap<string, SafeTensor>): void {
  tf.tidy(() => {
    model.load(
      new Map([...tensors].map(([name, tensor]) => [name, tf.tensor(toFloat32(tensor), [...tensor.shape])] as const)),
    );
  });
}

/** A copy with every float32 tensor in half precision: half the size, for distribution. */
export function toHalfPrecision(tensors: ReadonlyMap<string, SafeTensor>): Map<string, SafeTensor> {
  return new Map(
    [...tensors].map(([name, tensor]): [string, SafeTensor] => [
      name,
      tensor.dtype === 'F32' ? { dtype: 'F16', shape: tensor.shape, data: float32ToFloat16(tensor.data) } : tensor,
    ]),
  );
}

/** A short id of exactly these weights: the start of the SHA-256 of their names and float32 values. */
export async function weightsId(tensors: ReadonlyMap<string, SafeTensor>): Promise<string> {
  const names = [...tensors.keys()].sort();
  const parts = names.flatMap((name) => {
    const values = toFloat32(tensors.get(name)!);
    return [new TextEncoder().encode(name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
  });
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', joined));
  return [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function parseMetadata(text: string | undefined, key: keyof typeof metadataSchemas, name: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw new DataError(
      `decodeCheckpoint: expected JSON as "${key}" in the metadata of ${name}, got ${text === undefined ? 'none' : JSON.stringify(text.slice(0, 40))}.`,
    );
  }
  const [problem] = schemaProblems(metadataSchemas[key], value);
  if (problem) {
    const { path, expected, got } = problem;
    throw new DataError(
      `decodeCheckpoint: in the metadata of ${name}, ${formatPath([key, ...path])} must be ${expected}, got ${got}.`,
    );
  }
  return withDefaults(metadataSchemas[key], value);
}
