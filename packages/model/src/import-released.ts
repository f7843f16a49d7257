import { DataError, formatShape, WeightsError } from '@mcore/errors';
import { isPickledArray, type PickledArray, type PickleValue, readTorchCheckpoint } from '@mcore/pickle';
import { readSafetensors, type SafeTensor } from '@mcore/safetensors';
import { exportWeights } from './checkpoint.js';
import { type MCoReConfig, presetConfig } from './config.js';
import { MCoRe } from './mcore.js';

/** What an imported file was. */
export type ImportKind = 'released checkpoint' | 'timm regnety_002';

/** Where one tensor of the file went. */
export interface ImportRow {
  from: string;
  to: string;
  shape: readonly number[];
}

/** Weights taken from a PyTorch file. */
export interface ImportedWeights {
  kind: ImportKind;
  config: MCoReConfig;
  /** A whole model's tensors: those of the file, and seeded initial values where the file has none. */
  tensors: Map<string, SafeTensor>;
  rows: ImportRow[];
  /** What the file has besides, such as the optimiser's state, and is not needed. */
  ignored: string[];
  /** Tensors the file does not have by nature (timm's has the backbone alone); they keep their initial values. */
  initial: string[];
}

/** The four networks of a released checkpoint, and our prefix for the tensors of each. */
const RELEASED_PARTS = {
  base_model: 'base_model.',
  psnet_model: 'psnet_model.',
  decoder: 'decoder.',
  regressor_delta: 'regressor_delta.',
} as const;

const BACKBONE = 'base_model._features.';

/**
 * Takes the weights of the original out of a file: a checkpoint of the released PyTorch code (`.pth`, zip format or the
 * older one), or timm's `regnety_002` ImageNet weights (`.pth` or `.safetensors`). Nothing in the file is run.
 *
 * @param bytes - The whole file.
 * @param options - `preset` of the resulting configuration, `released` unless given; `seed` of what the file lacks by
 *   nature; `name` for errors.
 * @throws {@link DataError} if it is neither kind of file.
 * @throws {@link WeightsError} naming every missing, extra and misshapen tensor.
 */
export async function importReleased(
  bytes: Uint8Array,
  options: { preset?: 'paper' | 'released'; seed?: number; name?: string } = {},
): Promise<ImportedWeights> {
  const { preset = 'released', seed = 0, name = 'the file' } = options;
  const config = presetConfig(preset);
  const file = readAny(bytes, name);
  const model = new MCoRe(config, { seed });
  try {
    const expected = await exportWeights(model);
    return { config, ...place(file, expected, name) };
  } finally {
    model.dispose();
  }
}

/** A file's tensors under our names, before they are compared with the model's. */
interface FileTensors {
  kind: ImportKind;
  tensors: Map<string, { from: string; tensor: SafeTensor }>;
  ignored: string[];
}

function readAny(bytes: Uint8Array, name: string): FileTensors {
  if (looksLikeSafetensors(bytes)) return fromTimm(new Map(readSafetensors(bytes).tensors), name);
  const value = readTorchCheckpoint(bytes);
  if (!(value instanceof Map)) throw new DataError(`importReleased: wanted a dict in ${name}, got another value.`);
  return value.has('base_model') ? fromReleased(value, name) : fromTimm(stateDict(value, name), name);
}

/** Safetensors begin with the length of a header that begins with a brace. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 8 && bytes[8] === '{'.charCodeAt(0);
}

function fromReleased(file: Map<PickleValue, PickleValue>, name: string): FileTensors {
  const tensors: FileTensors['tensors'] = new Map();
  const ignored: string[] = [];
  for (const [part, prefix] of Object.entries(RELEASED_PARTS)) {
    const value = file.get(part);
    if (!(value instanceof Map)) {
      throw new DataError(`importReleased: wanted the state dict "${part}" in ${name}, got ${kindOf(value)}.`);
    }
    for (const [key, tensor] of stateDict(value, `${name}, ${part}`)) {
      const own = key.replace(/^(module\.)+/, '');
      if (own.endsWith('num_batches_tracked')) ignored.push(`${part}.${key}`);
      else tensors.set(prefix + own, { from: `${part}.${key}`, tensor });
    }
  }
  for (const key of file.keys()) if (!Object.hasOwn(RELEASED_PARTS, String(key))) ignored.push(String(key));
  return { kind: 'released checkpoint', tensors, ignored };
}

function fromTimm(dict: ReadonlyMap<string, SafeTensor>, name: string): FileTensors {
  if (!dict.has('stem.conv.weight')) {
    throw new DataError(
      `importReleased: wanted a released checkpoint (base_model, psnet_model, decoder, regressor_delta) or timm's regnety_002 (stem.conv.weight, ...), got ${name} with ${[...dict.keys()].slice(0, 3).join(', ') || 'nothing'}.`,
    );
  }
  const tensors: FileTensors['tensors'] = new Map();
  const ignored: string[] = [];
  for (const [key, tensor] of dict) {
    if (key.startsWith('head.') || key.endsWith('num_batches_tracked')) ignored.push(key);
    // the gate shift wraps the first convolution of every block, which is then called net
    else tensors.set(BACKBONE + key.replace(/\.conv1\.(conv|bn)\./, '.conv1.net.$1.'), { from: key, tensor });
  }
  return { kind: 'timm regnety_002', tensors, ignored };
}

function stateDict(value: Map<PickleValue, PickleValue>, name: string): Map<string, SafeTensor> {
  return new Map(
    [...value].map(([key, tensor]) => {
      if (typeof key !== 'string' || !isPickledArray(tensor) || !isNumeric(tensor)) {
        throw new DataError(
          `importReleased: wanted tensors by name in ${name}, got ${kindOf(tensor)} as ${String(key)}.`,
        );
      }
      return [key, tensor as SafeTensor];
    }),
  );
}

function isNumeric(array: PickledArray): boolean {
  return array.dtype !== 'TEXT' && array.dtype !== 'OBJECT';
}

function kindOf(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (value instanceof Map) return 'a dict';
  return isPickledArray(value) ? `an array of ${value.dtype}` : typeof value;
}

/** Compares names and shapes with the model's; all of them fit, or nothing is taken. */
function place(
  file: FileTensors,
  expected: Map<string, SafeTensor>,
  name: string,
): Pick<ImportedWeights, 'kind' | 'tensors' | 'rows' | 'ignored' | 'initial'> {
  const optional = (key: string) =>
    file.kind === 'timm regnety_002' && (!key.startsWith(BACKBONE) || key.includes('.gsm.'));
  const missing = [...expected.keys()].filter((key) => !file.tensors.has(key) && !optional(key));
  const extra = [...file.tensors].filter(([key]) => !expected.has(key)).map(([, { from }]) => from);
  const misshapen = [...file.tensors].flatMap(([key, { from, tensor }]) => {
    const wanted = expected.get(key)?.shape;
    if (!wanted || formatShape(wanted) === formatShape(tensor.shape)) return [];
    return `${from} must be ${formatShape(wanted)}, got ${formatShape(tensor.shape)}`;
  });
  const problems = Object.entries({ missing, extra, misshapen })
    .filter(([, list]) => list.length > 0)
    .map(([kind, list]) => `${list.length} ${kind} (${list.join(', ')})`);
  if (problems.length > 0) {
    throw new WeightsError(
      `importReleased: wanted the ${expected.size} tensors of the model in ${name}, got ${problems.join('; ')}.`,
    );
  }
  const tensors = new Map(expected);
  const rows: ImportRow[] = [];
  for (const [to, { from, tensor }] of file.tensors) {
    tensors.set(to, tensor);
    rows.push({ from, to, shape: tensor.shape });
  }
  const initial = [...expected.keys()].filter((key) => !file.tensors.has(key));
  return { kind: file.kind, tensors, rows, ignored: file.ignored, initial };
}
