import { type FeatureSequence, resampleSteps } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { readNpy, readNpz } from '@mcore/pickle';
import { readSafetensors, type SafeTensor, toFloat32 } from '@mcore/safetensors';
import { featureLimits } from './limits.js';
import { type NumberArray, parseJsonArray, parseNumberTable } from './parse-text-array.js';

/** A file that may hold several arrays, open for reading them by name. */
export interface ArrayFile {
  /** Names of its arrays; one empty name if the format has no names. */
  readonly names: readonly string[];
  /** An array, in single precision. */
  read(name: string): NumberArray;
}

/** Endings of files that can be read. */
export const featureFormats = ['npy', 'npz', 'safetensors', 'csv', 'tsv', 'txt', 'json'] as const;

/** One of {@link featureFormats}. */
export type FeatureFormat = (typeof featureFormats)[number];

/**
 * Opens the bytes of a file of features.
 *
 * @param bytes - The whole file.
 * @param format - Its ending.
 * @throws {@link DataError} if it is broken or passes a limit; pickled objects are never read.
 */
export function openArrayFile(bytes: Uint8Array, format: FeatureFormat): ArrayFile {
  const maxBytes = 4 * featureLimits.values;
  switch (format) {
    case 'npy':
      return single(() => singlePrecision(readNpy(bytes, { maxBytes })));
    case 'npz': {
      const { names, read } = readNpz(bytes, { maxBytes });
      return { names, read: (name) => singlePrecision(read(name)) };
    }
    case 'safetensors': {
      const { tensors } = readSafetensors(bytes, { maxTensors: featureLimits.arrays });
      return { names: [...tensors.keys()], read: (name) => singlePrecision(tensors.get(name)!) };
    }
    case 'json':
      return single(() => parseJsonArray(textOf(bytes)));
    default:
      return single(() => parseNumberTable(textOf(bytes)));
  }
}

/**
 * One array of a file as a sequence: `[time, channels]`, or poses `[time, joints, 2 or 3]`, whose coordinates become channels.
 *
 * @param file - From {@link openArrayFile}.
 * @param name - Of the array; needed where the file has several.
 * @throws {@link DataError} if there is no such array, it has another rank, no step, or a number that isn't finite.
 */
export function sequenceOf(file: ArrayFile, name?: string): FeatureSequence {
  const { shape, data } = file.read(nameOf(file, name));
  const [steps = 0, ...rest] = shape;
  const isPose = shape.length === 3 && (shape[2] === 2 || shape[2] === 3);
  if (shape.length !== 2 && !isPose) {
    throw wrong(`expected an array [time, channels] or [time, joints, 2 or 3], got shape [${shape.join(', ')}]`);
  }
  const channels = rest.reduce((product, size) => product * size, 1);
  if (steps === 0 || channels === 0) {
    throw wrong(`expected at least 1 step and 1 channel, got shape [${shape.join(', ')}]`);
  }
  if (steps > featureLimits.steps || channels > featureLimits.channels) {
    throw wrong(
      `expected at most ${featureLimits.steps} steps of ${featureLimits.channels} channels, got shape [${shape.join(', ')}]`,
    );
  }
  assertFinite(data, channels);
  return { data, steps, channels };
}

/**
 * Joins sequences of one clip along their channels.
 *
 * @param parts - At least one.
 * @param resample - Whether parts of other lengths than the first are resampled to its length, linearly, ends on ends.
 * @throws {@link DataError} if lengths differ and `resample` is false, or there are too many channels.
 */
export function joinChannels(parts: readonly FeatureSequence[], resample: boolean): FeatureSequence {
  const [first] = parts as readonly [FeatureSequence];
  if (parts.length === 1) return first;
  const other = parts.find(({ steps }) => steps !== first.steps);
  if (other && !resample) {
    throw wrong(
      `expected files of the same number of steps, got ${parts.map(({ steps }) => steps).join(', ')} (or set join to "resample")`,
    );
  }
  const channels = parts.reduce((sum, part) => sum + part.channels, 0);
  if (channels > featureLimits.channels || channels * first.steps > featureLimits.values) {
    throw wrong(`expected at most ${featureLimits.channels} channels together, got ${channels}`);
  }
  const data = new Float32Array(first.steps * channels);
  let offset = 0;
  for (const part of parts) {
    const { data: from, channels: width } = part.steps === first.steps ? part : resampleSteps(part, first.steps);
    for (let step = 0; step < first.steps; step++) {
      data.set(from.subarray(step * width, (step + 1) * width), step * channels + offset);
    }
    offset += width;
  }
  return { data, steps: first.steps, channels };
}

function single(read: () => NumberArray): ArrayFile {
  return { names: [''], read };
}

function nameOf({ names }: ArrayFile, name: string | undefined): string {
  if (name !== undefined && names.includes(name)) return name;
  if (name === undefined && names.length === 1) return names[0]!;
  const known = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`;
  if (name !== undefined) throw wrong(`expected one of the arrays ${known}, got ${JSON.stringify(name)}`);
  throw wrong(`expected a file of one array, or path#name, got ${names.length} arrays: ${known}`);
}

function singlePrecision({ dtype, shape, data }: SafeTensor): NumberArray {
  if (data.length > featureLimits.values) {
    throw wrong(`expected at most ${featureLimits.values} numbers, got ${data.length}`);
  }
  if (dtype === 'F8_E4M3' || dtype === 'F8_E5M2') throw wrong(`expected numbers of 16 bits or more, got ${dtype}`);
  return { shape, data: toFloat32({ dtype, shape, data } as SafeTensor) };
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > featureLimits.textBytes) {
    throw wrong(`expected at most ${featureLimits.textBytes} bytes of text, got ${bytes.length}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw wrong('expected UTF-8 text, got other bytes', { cause });
  }
}

function assertFinite(data: Float32Array, channels: number): void {
  // x - x is 0 for finite numbers alone; a sum of those needs no branch
  let sum = 0;
  for (let index = 0; index < data.length; index++) sum += data[index]! - data[index]!;
  if (sum === 0) return;
  const at = data.findIndex((value) => !Number.isFinite(value));
  const got = Number.isNaN(data[at]) ? 'NaN' : 'a number beyond single precision or infinity';
  throw wrong(
    `expected finite numbers, got ${got} at step ${Math.floor(at / channels)}, channel ${at % channels} (from 0)`,
  );
}

function wrong(problem: string, options?: ErrorOptions): DataError {
  return new DataError(`readFeatureFile: ${problem}.`, options);
}
