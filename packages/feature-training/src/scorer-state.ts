import type { WeightMap } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { ChannelMixing, InputTransform } from './feature-input.js';

/** Numbers with their sizes. */
export interface StateTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A scorer as plain data: what JSON holds, weights, and the exemplars' features. */
export interface ScorerState<Plain> {
  readonly plain: Plain;
  readonly tensors: ReadonlyMap<string, StateTensor>;
  /** Empty where nothing is compared. */
  readonly bank: ReadonlyMap<string, StateTensor>;
}

/** The part of a transform that JSON holds. */
export interface PlainTransform {
  readonly clipDeviations: number | null;
  readonly centre: boolean;
}

/** What JSON holds of a transform. */
export function plainTransform({ clipDeviations, centre }: InputTransform): PlainTransform {
  return { clipDeviations, centre };
}

/** The tensors of a transform. */
function transformTensors({ mean, deviation, mixing }: InputTransform): [string, StateTensor][] {
  const channels = mean.length;
  return [
    ['input.mean', { shape: [channels], data: mean }],
    ['input.deviation', { shape: [channels], data: deviation }],
    ...(mixing
      ? [['input.mixing', { shape: [channels, mixing.width], data: mixing.weights }] as [string, StateTensor]]
      : []),
  ];
}

/** A transform from its tensors. */
export function transformOf(tensors: ReadonlyMap<string, StateTensor>, plain: PlainTransform): InputTransform {
  const mixed = tensors.get('input.mixing');
  const mixing: ChannelMixing | null = mixed ? { width: mixed.shape[1] ?? 0, weights: mixed.data } : null;
  return { ...plain, mean: tensorOf(tensors, 'input.mean'), deviation: tensorOf(tensors, 'input.deviation'), mixing };
}

/** The numbers of a tensor that has to be there; the checkpoint's reader has checked that it is. */
export function tensorOf(tensors: ReadonlyMap<string, StateTensor>, name: string): Float32Array {
  return tensors.get(name)!.data;
}

/** Tensors whose names begin with a prefix, without it. */
export function below(tensors: ReadonlyMap<string, StateTensor>, prefix: string): Map<string, StateTensor> {
  return new Map(
    [...tensors].flatMap(([name, tensor]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [])),
  );
}

/** The same tensors with a prefix before their names. */
export function prefixed(tensors: Iterable<readonly [string, StateTensor]>, prefix: string): [string, StateTensor][] {
  return [...tensors].map(([name, tensor]) => [prefix + name, tensor]);
}

/**
 * The tensors of a network, and of the transform of its input.
 *
 * @param weights - Of the network.
 * @param prefix - Before the names of its weights.
 */
export async function networkTensors(
  transform: InputTransform,
  weights: ReadonlyMap<string, tf.Variable>,
  prefix: string,
): Promise<Map<string, StateTensor>> {
  return new Map([...transformTensors(transform), ...prefixed(await tensorsOf(weights), prefix)]);
}

/** Loads the weights that {@link networkTensors} put together into a network. */
export function loadNetwork(
  network: { load(weights: WeightMap): void },
  tensors: ReadonlyMap<string, StateTensor>,
  prefix: string,
): void {
  tf.tidy(() => network.load(tensorMap(below(tensors, prefix))));
}

/** The values of a model's variables. */
async function tensorsOf(variables: ReadonlyMap<string, tf.Variable>): Promise<[string, StateTensor][]> {
  return Promise.all(
    [...variables].map(async ([name, variable]): Promise<[string, StateTensor]> => {
      return [name, { shape: variable.shape, data: ((await variable.data()) as Float32Array).slice() }];
    }),
  );
}

/** Tensors to load into a model, in the current `tf.tidy`. */
function tensorMap(tensors: ReadonlyMap<string, StateTensor>): WeightMap {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]));
}
