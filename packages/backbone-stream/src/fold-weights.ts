import { WeightsError } from '@mcore/errors';
import { assertConfig, type StreamConfig } from './config.js';

/** Added to a variance before its root. Source: timm and PyTorch. */
const EPSILON = 1e-5;

/** Input channels over the channels inside squeeze-and-excitation. Source: RegNet-Y, Radosavovic et al. 2020. */
const SQUEEZE_DIVISOR = 4;

/**
 * How many numbers each weight of a config has, by its name in the state dict.
 *
 * @throws {@link ArgumentError} if the config is invalid.
 */
export function weightSizes(config: StreamConfig): Map<string, number> {
  assertConfig(config);
  const sizes = new Map<string, number>();
  networkParts(config, (name, size) => {
    sizes.set(name, size);
    return new Float32Array(size);
  });
  return sizes;
}

/**
 * All weights in the order in which the C code takes them (`pack_stem`, `pack_block`), every batch normalisation folded into the convolution
 * before it: `gamma (W x - mean) / deviation + beta = (s W) x + (beta - s mean)` with `s = gamma / deviation`.
 *
 * @param weights - Under PyTorch's names, in PyTorch's layouts.
 * @throws WeightsError naming every tensor that is missing or of another size.
 */
export function foldWeights(config: StreamConfig, weights: ReadonlyMap<string, Float32Array>): Float32Array {
  const problems: string[] = [];
  const weight = (name: string, size: number): Float32Array => {
    const values = weights.get(name);
    if (values?.length === size) return values;
    problems.push(values ? `${name} has ${values.length} numbers, not ${size}` : `${name} is missing`);
    return new Float32Array(size);
  };
  const parts = networkParts(config, weight);
  if (problems.length > 0) {
    throw new WeightsError(`StreamingBackbone: expected the weights of the config, but ${problems.join('; ')}.`);
  }
  const folded = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    folded.set(part, at);
    at += part.length;
  }
  return folded;
}

type WeightOf = (name: string, size: number) => Float32Array;

function networkParts(config: StreamConfig, weight: WeightOf): Float32Array[] {
  const { stemWidth, widths, depths } = config;
  const parts = foldConvolution(weight, 'stem.conv', 'stem.bn', stemWidth, 27);
  let inputs = stemWidth;
  for (const [stage, outputs] of widths.entries()) {
    for (let index = 0; index < depths[stage]!; index++) {
      const block = { name: `s${stage + 1}.b${index + 1}`, inputs, outputs, projected: index === 0 };
      parts.push(...blockParts(config, block, weight));
      inputs = outputs;
    }
  }
  return parts;
}

interface Block {
  name: string;
  inputs: number;
  outputs: number;
  projected: boolean;
}

function blockParts(
  { gateShift, groupWidth }: StreamConfig,
  { name, inputs, outputs, projected }: Block,
  weight: WeightOf,
): Float32Array[] {
  const first = gateShift ? `${name}.conv1.net` : `${name}.conv1`;
  const squeezed = inputs / SQUEEZE_DIVISOR;
  const [combine, combineBias] = foldConvolution(weight, `${name}.conv3.conv`, `${name}.conv3.bn`, outputs, outputs);
  const shortcut = projected
    ? foldConvolution(weight, `${name}.downsample.conv`, `${name}.downsample.bn`, outputs, inputs)
    : null;
  return [
    ...(gateShift ? gateParts(`${name}.conv1.gsm`, inputs, weight) : []),
    ...foldConvolution(weight, `${first}.conv`, `${first}.bn`, outputs, inputs),
    ...foldConvolution(weight, `${name}.conv2.conv`, `${name}.conv2.bn`, outputs, groupWidth * 9),
    weight(`${name}.se.fc1.weight`, squeezed * outputs),
    weight(`${name}.se.fc1.bias`, squeezed),
    weight(`${name}.se.fc2.weight`, outputs * squeezed),
    weight(`${name}.se.fc2.bias`, outputs),
    combine,
    // both convolutions are added up, so one bias is enough
    shortcut ? combineBias.map((value, output) => value + shortcut[1][output]!) : combineBias,
    ...(shortcut ? [shortcut[0]] : []),
  ];
}

function gateParts(name: string, inputs: number, weight: WeightOf): Float32Array[] {
  const fold = Math.ceil(Math.floor(inputs / 4) / 4) * 4; // source: the released code of MCoRe
  const { scale, offset } = normalization(weight, `${name}.bn`, fold);
  return [
    Float32Array.from(scale),
    Float32Array.from(offset),
    weight(`${name}.conv3D.weight`, fold * 27),
    weight(`${name}.conv3D.bias`, 2),
  ];
}

/** Filter `[outputs][inputs of an output]` and bias `[outputs]`. */
function foldConvolution(
  weight: WeightOf,
  conv: string,
  norm: string,
  outputs: number,
  inputs: number,
): [Float32Array, Float32Array] {
  const { scale, offset } = normalization(weight, norm, outputs);
  const filter = weight(`${conv}.weight`, outputs * inputs);
  return [filter.map((value, index) => value * scale[Math.floor(index / inputs)]!), Float32Array.from(offset)];
}

/** A batch normalisation with fixed statistics as `x * scale + offset`, in float64. */
function normalization(
  weight: WeightOf,
  name: string,
  channels: number,
): { scale: Float64Array; offset: Float64Array } {
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
    weight(`${name}.${part}`, channels),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = Float64Array.from(gamma, (value, c) => value / Math.sqrt(variance[c]! + EPSILON));
  const offset = Float64Array.from(beta, (value, c) => value - mean[c]! * scale[c]!);
  return { scale, offset };
}
