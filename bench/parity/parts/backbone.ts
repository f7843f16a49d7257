import { GsmRegNetY, type GsmRegNetYConfig, REGNETY_200MF, REGNETY_SMALL } from '@mcore/backbone-gsm';
import {
  goldenFrames,
  goldenWeight,
  goldenWeights,
  hashedTensor,
  summary,
  summaryApart,
} from '@mcore/testing/backbone-values';
import * as tf from '@tensorflow/tfjs-core';
import { blockSizes } from '../../../packages/backbone-gsm/src/block-sizes.js';
import { foldedLayers } from '../../../packages/backbone-gsm/src/folded-layers.js';
import { weightSpecs } from '../../../packages/backbone-gsm/src/weight-specs.js';
import { yBlock } from '../../../packages/backbone-gsm/src/y-block.js';
import { differentiate, type Errors, errorOf, fixture, type Part, Worst } from '../part.js';

/** The whole network's features, and gradients by frames and all weights. */
async function network(config: Partial<GsmRegNetYConfig>, file: string, prefix: string): Promise<Errors> {
  const golden = fixture('backbone-gsm', file);
  const model = new GsmRegNetY(config, { seed: 0 });
  tf.tidy(() => model.load(goldenWeights(model.weights())));
  const trainable = [...model.weights()].filter(([, weight]) => weight.trainable);
  const features = golden.values(`${prefix}features`);
  const x = goldenFrames(golden.metadata[`${prefix}frames`]!);
  const direction = hashedTensor('cotangent', [2, 3, features.length / 6]);
  const { output, gradients } = differentiate(
    (frames) => model.apply(frames as tf.Tensor5D),
    [x, ...trainable.map(([, weight]) => weight)],
    direction,
  );
  const worst = new Worst();
  for (const [index, name] of ['x', ...trainable.map(([key]) => key)].entries()) {
    const got = summary(name, await gradients[index]!.data());
    worst.add(summaryApart(got, golden.values(`${prefix}gradient.${name}`)));
  }
  const forward = await errorOf(output, features);
  tf.dispose([x, direction, gradients]);
  model.dispose();
  return { forward, gradients: worst.value };
}

/** One block of RegNetY-200MF on six frames of two clips. */
async function block(name: string, shape: readonly number[]): Promise<Errors> {
  const golden = fixture('backbone-gsm', 'blocks');
  const sizes = blockSizes(REGNETY_200MF).find((each) => each.name === name)!;
  const specs = Object.entries(weightSpecs(REGNETY_200MF)).filter(([key]) => key.startsWith(`${name}.`));
  const weights = new Map(specs.map(([key, spec]) => [key, goldenWeight(key, spec.shape)]));
  const trainable = specs.filter(([, spec]) => spec.trainable ?? true).map(([key]) => key);
  const run = (x: tf.Tensor, ...values: tf.Tensor[]): tf.Tensor => {
    const given = new Map([...weights, ...trainable.map((key, index) => [key, values[index]!] as const)]);
    return yBlock(
      foldedLayers((key) => given.get(key)!),
      sizes,
    )(x as tf.Tensor4D, 2);
  };
  const x = hashedTensor(golden.metadata[`${name}.x`]!, shape, 2);
  const expected = golden.tensor(`${name}.y`);
  const direction = hashedTensor('cotangent', expected.shape);
  const { output, gradients } = differentiate(run, [x, ...trainable.map((key) => weights.get(key)!)], direction);
  const worst = new Worst();
  worst.add(await errorOf(gradients[0]!, golden.values(`${name}.gradient.x`)));
  for (const [index, key] of trainable.entries()) {
    const got = summary(key, await gradients[index + 1]!.data());
    worst.add(summaryApart(got, golden.values(`${name}.gradient.${key}`)));
  }
  const forward = await errorOf(output, golden.values(`${name}.y`));
  tf.dispose([x, expected, direction, gradients, ...weights.values()]);
  return { forward, gradients: worst.value };
}

/** The authors' gate-shift module: PyTorch's `[batch * time, channels, height, width]` as ours. */
async function originalGateShift(file: string): Promise<Errors> {
  const golden = fixture('backbone-gsm', file);
  const clips = (name: string) => {
    const flat = golden.tensor(name);
    const [channels, height, width] = flat.shape.slice(-3);
    const turned = tf.transpose(tf.reshape(flat, [2, 6, channels!, height!, width!]), [0, 1, 3, 4, 2]);
    flat.dispose();
    return turned;
  };
  const parameters = ['bn.weight', 'bn.bias', 'conv3D.weight', 'conv3D.bias'];
  const run = (x: tf.Tensor, ...values: tf.Tensor[]) => {
    const layers = foldedLayers((name) => {
      const index = parameters.indexOf(name.replace('gsm.', ''));
      return index >= 0 ? values[index]! : golden.tensor(`w.${name.replace('gsm.', '')}`);
    });
    return layers.gateShift('gsm')(x as tf.Tensor5D);
  };
  const inputs = [clips('x'), ...parameters.map((name) => golden.tensor(`w.${name}`))];
  const { output, gradients } = differentiate(run, inputs, clips('cot'));
  const worst = new Worst();
  worst.add(await errorOf(gradients[0]!, await clips('gx').data()));
  for (const [index, name] of parameters.entries()) {
    worst.add(await errorOf(gradients[index + 1]!, golden.values(`g.${name}`)));
  }
  return { forward: await errorOf(output, await clips('y').data()), gradients: worst.value };
}

async function worstOf(measured: Promise<Errors>[]): Promise<Errors> {
  const all = await Promise.all(measured);
  return {
    forward: Math.max(...all.map(({ forward }) => forward)),
    gradients: Math.max(...all.map(({ gradients = 0 }) => gradients)),
  };
}

/** Gate shifts, blocks and whole backbones. */
export const backbone: Part[] = [
  {
    name: "Gate-shift module, the authors'",
    against: "values computed by the authors' PyTorch module in float32",
    bounds: { forward: 1e-5, gradients: 1e-5 },
    measure: async () => worstOf([originalGateShift('original-gsm8'), originalGateShift('original-gsm16')]),
  },
  {
    name: 'Y block with gate shift (s2.b1 with stride and projection, s3.b2)',
    against: 'timm 1.0 and a gate-shift module in float64',
    bounds: { forward: 1e-5, gradients: 1e-5 },
    measure: async () => worstOf([block('s2.b1', [6, 9, 6, 24]), block('s3.b2', [6, 3, 4, 152])]),
  },
  {
    name: 'Backbone RegNetY-200MF with gate shifts, 24 x 40 px',
    against: 'timm 1.0 and a gate-shift module in float64',
    bounds: { forward: 1e-4, gradients: 1e-4 },
    measure: () => network(REGNETY_200MF, 'regnety-200mf', ''),
  },
  {
    name: 'Backbone of preset laptop, 24 x 40 px',
    against: 'timm 1.0 and a gate-shift module in float64',
    bounds: { forward: 1e-4, gradients: 1e-4 },
    measure: () => network(REGNETY_SMALL, 'regnety-small', 'running.'),
  },
  {
    name: 'The same without gate shifts',
    against: 'timm 1.0 in float64',
    bounds: { forward: 1e-4, gradients: 1e-4 },
    measure: () => network({ ...REGNETY_SMALL, gateShift: false }, 'regnety-small', 'plain.'),
  },
];
