import { DataError, formatShape, WeightsError } from '@mcore/errors';
import { isPickledArray, type PickleValue, readTorchCheckpoint } from '@mcore/pickle';
import { readSafetensors, type SafeTensor, toFloat32 } from '@mcore/safetensors';
import { exportWeights } from './checkpoint.js';
import { type MCoReConfig, presetConfig } from './config.js';
import { MCoRe } from './mcore.js';
import { RELEASED_PARTS } from './pytorch-state.js';

/**
 * The kind of an imported file: a checkpoint of the released training code, a whole model's state dict under the same names, or
 * timm's RegNet-Y.
 */
export type ImportKind = 'released checkpoint' | 'state dict' | 'timm regnety_002';

/** The destination of one tensor of the file. */
export interface ImportRow {
  from: string;
  to: string;
  shape: readonly number[];
}

/** Weights imported from a PyTorch file. */
export interface ImportedWeights {
  kind: ImportKind;
  config: MCoReConfig;
  /** A whole model's tensors in float32: those of the file, and seeded initial values for the rest. */
  tensors: Map<string, SafeTensor>;
  rows: ImportRow[];
  /** Unused contents of the file, such as the optimizer state. */
  ignored: string[];
  /** Tensors that this kind of file does not contain (timm's has only the backbone); they keep their initial values. */
  initial: string[];
  /** Numbers stored beside the weights: `epoch`, `rho_best`, ... */
  facts: Record<string, number>;
}

/** Options of {@link importReleased}. */
export interface ImportOptions {
  /** Configuration of the model; default `released`. */
  preset?: 'paper' | 'released';
  /** Instead of a preset: the configuration of a model of other sizes. */
  config?: MCoReConfig;
  /** Seed of the initial values of tensors that the file does not contain; default 0. */
  seed?: number | string;
  /** Name of the file in errors. */
  name?: string;
}

/** Our names begin with the network's too. */
const PART_PREFIX = new RegExp(`^(?:module\\.)*(${RELEASED_PARTS.join('|')})\\.(?:module\\.)*`);
const BACKBONE = 'base_model._features.';
const FLOATS: ReadonlySet<string> = new Set(['F64', 'F32', 'F16', 'BF16']);

/**
 * Imports weights of the original from a file: a checkpoint of the released PyTorch code (`.pth`, zip format or the
 * older one), a whole model's state dict (`.pth` or `.safetensors`), or timm's `regnety_002` ImageNet weights (`.pth` or
 * `.safetensors`). No code in the file is run.
 *
 * @param bytes - The whole file.
 * @param options - See {@link ImportOptions}.
 * @throws {@link DataError} if it is not such a file.
 * @throws {@link WeightsError} naming every missing, extra and misshapen tensor.
 */
export async function importReleased(bytes: Uint8Array, options: ImportOptions = {}): Promise<ImportedWeights> {
  const { preset = 'released', seed = 0, name = 'the file' } = options;
  const config = options.config ?? presetConfig(preset);
  const file = readAny(bytes, name, config);
  const model = new MCoRe(config, { seed });
  try {
    return { config, ...place(file, await exportWeights(model), name) };
  } finally {
    model.dispose();
  }
}

/** A tensor under its name in the file. */
interface Found {
  from: string;
  tensor: SafeTensor;
}

/** A file's tensors under our names, before they are compared with the model's. */
interface FileTensors {
  kind: ImportKind;
  tensors: Map<string, Found>;
  ignored: string[];
  facts: Record<string, number>;
}

function readAny(bytes: Uint8Array, name: string, config: MCoReConfig): FileTensors {
  if (looksLikeSafetensors(bytes)) return fromStateDict(readSafetensors(bytes).tensors, name, config);
  const value = readTorchCheckpoint(bytes);
  if (!(value instanceof Map)) {
    throw new DataError(`importReleased: expected a dict in ${name}, got ${kindOf(value)}.`);
  }
  return RELEASED_PARTS.some((part) => value.has(part))
    ? fromReleased(value, name)
    : fromStateDict(stateDict(value, name), name, config);
}

/** Safetensors begin with the length of a header that begins with a brace. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 8 && bytes[8] === '{'.charCodeAt(0);
}

/** Four state dicts under the networks' names, among other things. */
function fromReleased(file: ReadonlyMap<PickleValue, PickleValue>, name: string): FileTensors {
  const all = new Map<string, SafeTensor>();
  for (const part of RELEASED_PARTS) {
    const value = file.get(part);
    if (!(value instanceof Map)) {
      throw new DataError(`importReleased: expected the state dict "${part}" in ${name}, got ${kindOf(value)}.`);
    }
    for (const [key, tensor] of stateDict(value, `${part} of ${name}`)) all.set(`${part}.${key}`, tensor);
  }
  const rest = [...file].filter(([key]) => !(RELEASED_PARTS as readonly PickleValue[]).includes(key));
  const facts = Object.fromEntries(
    rest.flatMap(([key, value]) => (typeof value === 'number' ? [[String(key), value]] : [])),
  );
  const ignored = rest.map(([key]) => String(key));
  return { ...named(all, name, (key) => key.replace(PART_PREFIX, '$1.')), kind: 'released checkpoint', ignored, facts };
}

/** One state dict: of a whole model, or of timm's backbone. */
function fromStateDict(dict: ReadonlyMap<string, SafeTensor>, name: string, config: MCoReConfig): FileTensors {
  const keys = [...dict.keys()];
  if (keys.some((key) => PART_PREFIX.test(key))) {
    const whole = named(dict, name, (key) => key.replace(PART_PREFIX, '$1.'));
    return { ...whole, kind: 'state dict', ignored: [], facts: {} };
  }
  if (!keys.some((key) => timmName(key) === 'stem.conv.weight')) {
    throw new DataError(
      `importReleased: expected a released checkpoint (${RELEASED_PARTS.join(', ')}) or timm's regnety_002 (stem.conv.weight, ...), got ${name} with ${keys.slice(0, 3).join(', ') || 'nothing'}.`,
    );
  }
  const isHead = (key: string) => timmName(key).startsWith('head.');
  const trunk = new Map([...dict].filter(([key]) => !isHead(key)));
  // the gate shift wraps the first convolution of every block, which is then called net
  const rename = (key: string) =>
    config.backbone.gateShift ? timmName(key).replace(/\.conv1\.(conv|bn)\./, '.conv1.net.$1.') : timmName(key);
  return {
    ...named(trunk, name, (key) => BACKBONE + rename(key)),
    kind: 'timm regnety_002',
    ignored: keys.filter(isHead),
    facts: {},
  };
}

/** timm's own name, without the prefix of a wrapper for several GPUs. */
function timmName(key: string): string {
  return key.replace(/^(module\.)+/, '');
}

/** Tensors under our names, without the unused batch counters. */
function named(
  dict: ReadonlyMap<string, SafeTensor>,
  name: string,
  rename: (key: string) => string,
): Pick<FileTensors, 'tensors'> {
  const tensors = new Map<string, Found>();
  for (const [from, tensor] of dict) {
    if (from.endsWith('num_batches_tracked')) continue;
    const to = rename(from);
    const other = tensors.get(to);
    if (other) {
      throw new WeightsError(`importReleased: expected ${to} once in ${name}, got it as ${other.from} and as ${from}.`);
    }
    tensors.set(to, { from, tensor });
  }
  return { tensors };
}

function stateDict(value: ReadonlyMap<PickleValue, PickleValue>, name: string): Map<string, SafeTensor> {
  return new Map(
    [...value].map(([key, tensor]) => {
      if (typeof key !== 'string' || !isPickledArray(tensor) || tensor.dtype === 'TEXT' || tensor.dtype === 'OBJECT') {
        throw new DataError(
          `importReleased: expected tensors by name in ${name}, got ${kindOf(tensor)} as ${String(key)}.`,
        );
      }
      return [key, tensor];
    }),
  );
}

function kindOf(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (value instanceof Map) return 'a dict';
  if (Array.isArray(value)) return 'a list';
  return isPickledArray(value) ? `an array of ${value.dtype}` : `a ${typeof value}`;
}

/** Checks names, shapes and types against the model's; imports all tensors or none. */
function place(
  file: FileTensors,
  expected: ReadonlyMap<string, SafeTensor>,
  name: string,
): Omit<ImportedWeights, 'config'> {
  const isOptional = (key: string) =>
    file.kind === 'timm regnety_002' && (!key.startsWith(BACKBONE) || key.includes('.gsm.'));
  const absent = [...expected.keys()].filter((key) => !file.tensors.has(key));
  const problems = {
    missing: absent.filter((key) => !isOptional(key)),
    extra: [...file.tensors].filter(([key]) => !expected.has(key)).map(([, { from }]) => from),
    misshapen: [...file.tensors].flatMap(([key, found]) => mismatch(expected.get(key), found)),
  };
  const listed = Object.entries(problems)
    .filter(([, list]) => list.length > 0)
    .map(([kind, list]) => `${list.length} ${kind} (${list.join(', ')})`);
  if (listed.length > 0) {
    throw new WeightsError(
      `importReleased: expected the ${expected.size} tensors of the model in ${name}, got ${listed.join('; ')}.`,
    );
  }
  const tensors = new Map(expected);
  for (const [to, { tensor }] of file.tensors) {
    tensors.set(to, { dtype: 'F32', shape: tensor.shape, data: toFloat32(tensor) });
  }
  return {
    kind: file.kind,
    tensors,
    rows: [...file.tensors].map(([to, { from, tensor }]) => ({ from, to, shape: tensor.shape })),
    ignored: file.ignored,
    initial: absent,
    facts: file.facts,
  };
}

/** Describes what is wrong with a tensor's shape or type, if anything. */
function mismatch(expected: SafeTensor | undefined, { from, tensor }: Found): string[] {
  if (!expected) return [];
  const [want, got] = [formatShape(expected.shape), formatShape(tensor.shape)];
  if (want !== got) return [`${from} must be ${want}, got ${got}`];
  return FLOATS.has(tensor.dtype) ? [] : [`${from} must be of a floating-point type, got ${tensor.dtype}`];
}
