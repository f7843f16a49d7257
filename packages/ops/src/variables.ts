import { formatShape, WeightsError } from '@mcore/errors';
import { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from './initializers.js';

/** One tensor of a model. */
export interface WeightSpec {
  /** PyTorch's shape. */
  shape: readonly number[];
  initializer: Initializer;
  /** False for running statistics; default true. */
  trainable?: boolean;
}

/**
 * Makes a model's variables. Each draws from its own sequence, given by seed and name, so adding one does not change the others.
 *
 * @param specs - By PyTorch's state-dict name.
 * @param seed - The same seed gives the same values on every backend.
 * @returns Variables by name, in the order given; the caller disposes them.
 */
export function createVariables(
  specs: Readonly<Record<string, WeightSpec>>,
  seed: number | string,
): Map<string, tf.Variable> {
  const variables = new Map<string, tf.Variable>();
  for (const [name, { shape, initializer, trainable = true }] of Object.entries(specs)) {
    const values = initializer(shape, Random.for(seed, 'weights', name));
    const initial = tf.tensor(values, [...shape], 'float32');
    variables.set(name, tf.variable(initial, trainable));
    initial.dispose();
  }
  return variables;
}

/** Disposes variables made by {@link createVariables}. */
export function disposeVariables(variables: ReadonlyMap<string, tf.Variable>): void {
  for (const variable of variables.values()) {
    variable.dispose();
  }
}

/** Tensors by name, as read from a checkpoint. */
export type WeightMap = ReadonlyMap<string, tf.Tensor> | Readonly<Record<string, tf.Tensor>>;

/** Names that {@link loadWeights} ignores. */
export interface LoadWeightsOptions {
  /** Prefixes removed from names, in order, as often as they occur (for example `module.` of DataParallel). */
  prefixes?: readonly string[];
  /** Names (without prefixes) to ignore; `*.num_batches_tracked` is always ignored. */
  ignore?: (name: string) => boolean;
}

/**
 * Sets variables from a checkpoint: all of them, or none.
 *
 * @param caller - Public function, for the message.
 * @param variables - The variables to set.
 * @param weights - Tensors in the variables' own shapes; not disposed.
 * @param options - Prefixes and names to ignore.
 * @throws WeightsError naming every missing, extra and misshapen tensor; variables do not change then.
 */
export function loadWeights(
  caller: string,
  variables: ReadonlyMap<string, tf.Variable>,
  weights: WeightMap,
  options: LoadWeightsOptions = {},
): void {
  const given = collect(caller, weights, options);
  const missing = [...variables.keys()].filter((name) => !given.has(name));
  const extra = [...given.keys()].filter((name) => !variables.has(name));
  const misshapen: string[] = [];
  for (const [name, variable] of variables) {
    const tensor = given.get(name);
    if (tensor && !tf.util.arraysEqual(tensor.shape, variable.shape)) {
      misshapen.push(`${name} must be ${formatShape(variable.shape)}, got ${formatShape(tensor.shape)}`);
    }
  }
  const problems = [list('missing', missing), list('extra', extra), list('misshapen', misshapen)].filter(Boolean);
  if (problems.length > 0) {
    throw new WeightsError(
      `${caller}: the weights must be the model's ${variables.size} tensors, got ${problems.join('; ')}.`,
    );
  }
  for (const [name, variable] of variables) {
    tf.tidy(() => variable.assign(tf.cast(given.get(name)!, 'float32')));
  }
}

function collect(caller: string, weights: WeightMap, options: LoadWeightsOptions): Map<string, tf.Tensor> {
  const { prefixes = [], ignore = () => false } = options;
  const entries =
    weights instanceof Map ? [...weights.entries()] : Object.entries(weights as Record<string, tf.Tensor>);
  const given = new Map<string, tf.Tensor>();
  for (const [fullName, tensor] of entries) {
    const name = stripPrefixes(fullName, prefixes);
    if (name.endsWith('num_batches_tracked') || ignore(name)) {
      continue;
    }
    if (given.has(name)) {
      throw new WeightsError(`${caller}: names must differ without their prefixes, got ${name} twice.`);
    }
    given.set(name, tensor);
  }
  return given;
}

function stripPrefixes(name: string, prefixes: readonly string[]): string {
  const prefix = prefixes.find((candidate) => name.startsWith(candidate));
  return prefix ? stripPrefixes(name.slice(prefix.length), prefixes) : name;
}

function list(kind: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${names.length} ${kind} (${names.join(', ')})`;
}
