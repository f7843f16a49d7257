import type { FeatureSource, ScoreOf } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { readSafetensors, type SafeTensor, toFloat32, writeSafetensors } from '@mcore/safetensors';
import { BlendScorer, type PlainBlendScorer } from './blend-scorer.js';
import { FeatureScorer, type PlainFeatureScorer } from './feature-scorer.js';
import type { FeatureMethod } from './fit-method.js';
import { HeadScorer, type PlainHeadScorer } from './head-scorer.js';
import type { ScorerState, StateTensor } from './scorer-state.js';

/** Anything that was trained on features and predicts. */
export type AnyScorer = BlendScorer | FeatureScorer | HeadScorer;

/** What is known of trained weights beside the numbers. */
export interface FeatureWeightsInfo {
  readonly method: FeatureMethod;
  /** Channels of the features, as they were after preparation. */
  readonly channels: number;
  readonly targets: readonly string[];
  /** How the score is made of several targets. */
  readonly scoreOf: ScoreOf;
  /** Description of the clips that were trained on. */
  readonly trainedOn: string;
  /** Ids of those clips. */
  readonly trainedClips: readonly string[];
  /** Mean and deviation of their scores: what a new score may be held against. */
  readonly scores: { readonly mean: number; readonly deviation: number };
  readonly seed: number | string;
  /** How features were prepared, plain data: what a new file needs too. */
  readonly preparation: Readonly<Record<string, unknown>>;
}

/** Weights in two files: the exemplars' features may be left away by who only trains on. */
export interface FeatureWeightsFiles {
  readonly weights: Uint8Array;
  /** Absent where the method compares with nothing. */
  readonly bank?: Uint8Array;
}

const FORMAT = 'mcore features 1';
const BANK_FORMAT = 'mcore feature bank 1';

/**
 * A trained scorer as files: safetensors with everything in their metadata that scoring needs.
 *
 * @param scorer - From `fitMethod`.
 * @param info - What else should be known.
 */
export async function encodeFeatureWeights(scorer: AnyScorer, info: FeatureWeightsInfo): Promise<FeatureWeightsFiles> {
  const { plain, tensors, bank } = await scorer.state();
  const id = fingerprint(tensors);
  const weights = writeSafetensors(safe(tensors), {
    format: FORMAT,
    info: JSON.stringify(info),
    scorer: JSON.stringify({ kind: kindOf(scorer), ...plain }),
    id,
  });
  return {
    weights,
    ...(bank.size > 0 && { bank: writeSafetensors(safe(bank), { format: BANK_FORMAT, weights: id }) }),
  };
}

/** Whether bytes are weights that were trained on features. */
export function areFeatureWeights(bytes: Uint8Array): boolean {
  // the header is JSON text; the format's name stands in its metadata
  const head = new TextDecoder().decode(bytes.subarray(0, Math.min(bytes.length, 2 ** 16)));
  return head.includes(`"${FORMAT}"`) || formatOf(bytes) === FORMAT;
}

/** Reads what is known of weights, without making a model. */
export function featureWeightsInfo(bytes: Uint8Array, name = 'the file'): FeatureWeightsInfo {
  return parsed(bytes, name).info;
}

/**
 * Makes a scorer of files that {@link encodeFeatureWeights} wrote.
 *
 * @param files - Both files.
 * @param name - Of the weights, for messages.
 * @returns What scores clips, given with their source, and what is known of it; the caller disposes the scorer.
 * @throws {@link DataError} if a file is broken, of another format, or of other weights.
 */
export function decodeFeatureWeights(
  { weights, bank }: FeatureWeightsFiles,
  name = 'the file',
): { scorer: AnyScorer; info: FeatureWeightsInfo } {
  const { info, scorer, tensors, id } = parsed(weights, name);
  let banked = new Map<string, StateTensor>();
  if (bank) {
    const { tensors: all, metadata } = readSafetensors(bank);
    if (metadata.format !== BANK_FORMAT || metadata.weights !== id) {
      throw wrong(`expected the exemplar bank that was written with ${name}, got another`);
    }
    banked = plainTensors(all);
  }
  const { kind, ...plain } = scorer as { kind: Kind };
  if (kind !== 'head' && !bank && needsBank(plain)) throw wrong(`expected an exemplar bank beside ${name}, got none`);
  if (kind === 'head' && !bank && (plain as unknown as PlainHeadScorer).exemplars?.length > 0) {
    throw wrong(`expected an exemplar bank beside ${name}, got none`);
  }
  const state = <Plain>() => ({ plain, tensors, bank: banked }) as unknown as ScorerState<Plain>;
  try {
    return { scorer: restoreKind(kind, state), info };
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof RangeError) {
      throw wrong(`expected complete weights in ${name}, got some that lack a part`, { cause });
    }
    throw cause;
  }
}

type Kind = 'blend' | 'network' | 'head';

function restoreKind(kind: Kind, state: <Plain>() => ScorerState<Plain>): AnyScorer {
  if (kind === 'blend') return BlendScorer.restore(state<PlainBlendScorer>(), nothing);
  if (kind === 'network') return FeatureScorer.restore(state<PlainFeatureScorer>(), nothing);
  return HeadScorer.restore(state<PlainHeadScorer>(), nothing);
}

/** Weights from a file have no clips of their own. */
const nothing: Pick<FeatureSource, 'readFeatures'> = {
  readFeatures: async (id) => {
    throw new DataError(`predict: expected the source of clip ${id} beside it, since the weights come from a file.`);
  },
};

function kindOf(scorer: AnyScorer): Kind {
  if (scorer instanceof BlendScorer) return 'blend';
  return scorer instanceof FeatureScorer ? 'network' : 'head';
}

function needsBank(plain: object): boolean {
  return !('networks' in plain) || (plain.networks as unknown[]).length > 0;
}

function parsed(bytes: Uint8Array, name: string) {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.format !== FORMAT) {
    throw wrong(`expected ${name} to be of format "${FORMAT}", got ${JSON.stringify(metadata.format ?? 'none')}`);
  }
  const json = (key: 'info' | 'scorer') => {
    try {
      const value: unknown = JSON.parse(metadata[key] ?? '');
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // told below
    }
    throw wrong(`expected an object as "${key}" in the metadata of ${name}, got none`);
  };
  return {
    info: json('info') as FeatureWeightsInfo,
    scorer: json('scorer'),
    tensors: plainTensors(tensors),
    id: metadata.id ?? '',
  };
}

function formatOf(bytes: Uint8Array): string | undefined {
  try {
    return readSafetensors(bytes).metadata.format;
  } catch {
    return undefined;
  }
}

function safe(tensors: ReadonlyMap<string, StateTensor>): Map<string, SafeTensor> {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { dtype: 'F32', shape: [...shape], data } as SafeTensor]),
  );
}

function plainTensors(tensors: ReadonlyMap<string, SafeTensor>): Map<string, StateTensor> {
  return new Map([...tensors].map(([name, tensor]) => [name, { shape: tensor.shape, data: toFloat32(tensor) }]));
}

/** Tells the banks of different weights apart: FNV-1a over the bits of all numbers. */
function fingerprint(tensors: ReadonlyMap<string, StateTensor>): string {
  let hash = 0x811c9dc5;
  for (const { data } of tensors.values()) {
    for (const bits of new Uint32Array(data.slice().buffer)) hash = Math.imul(hash ^ bits, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}

function wrong(problem: string, options?: ErrorOptions): DataError {
  return new DataError(`decodeFeatureWeights: ${problem}.`, options);
}
