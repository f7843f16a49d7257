import { pairLosses } from '@mcore/model';
import { goldenModel } from '@mcore/testing/golden-model';
import { goldenPairs, trainerOf } from '@mcore/testing/golden-trainer';
import { layoutOf } from '@mcore/training';
import * as tf from '@tensorflow/tfjs-core';
import { type Errors, errorOf, fixture, type Part, relativeError, Worst } from '../part.js';

/** A softmax over frames ignores constants: the released loss has no gradient here, rounding has one. */
const ROUNDING_ALONE = 'psnet_model._pred_fine._fc_out._fc_out.bias';
const PARTS = ['total', 'regression', 'segmentation', 'contrastive'] as const;

async function forward(): Promise<Errors> {
  const golden = fixture('model', 'small-released');
  const { model, all } = goldenModel('released');
  const features = model.features(all.frames);
  const stages = model.stageFeatures(features, all.transitions);
  const [query, exemplar] = tf.split(stages, 2) as [tf.Tensor4D, tf.Tensor4D];
  const worst = new Worst();
  const results = {
    logits: model.transitionLogits(features),
    relativeScore: model.relativeScore(query, exemplar),
    features,
    stages,
  };
  for (const [name, tensor] of Object.entries(results)) worst.add(await errorOf(tensor, golden.values(name)));
  model.dispose();
  return { forward: worst.value };
}

async function losses(preset: 'released' | 'paper'): Promise<Errors> {
  const golden = fixture('model', `small-${preset}`);
  const { model, query, exemplar } = goldenModel(preset);
  const parts: tf.Scalar[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const computed = pairLosses(model, query, exemplar);
    parts.push(...PARTS.map((part) => tf.keep(computed[part])));
    return computed.total;
  });
  const [loss, gradients] = [new Worst(), new Worst()];
  for (const [index, part] of parts.entries()) loss.add(await errorOf(part, [golden.values('losses')[index]!]));
  for (const [name, variable] of model.weights()) {
    if (!variable.trainable || (preset === 'released' && name === ROUNDING_ALONE)) continue;
    gradients.add(await errorOf(grads[variable.name]!, golden.values(`gradient.${name}`)));
  }
  value.dispose();
  model.dispose();
  return { forward: loss.value, gradients: gradients.value };
}

/** Losses of a step and parameters after it. */
async function trainingStep(): Promise<Errors> {
  const golden = fixture('training', 'step');
  const { model, pairs } = goldenPairs();
  const layout = layoutOf(model);
  const trainer = await trainerOf(model, { inputsOf: async () => pairs });
  const record = await trainer.run();
  const [loss, parameters] = [new Worst(), new Worst()];
  for (const [index, part] of PARTS.entries()) {
    loss.add(relativeError([record[part]], [golden.values('curve')[index]!]));
  }
  for (const [name, after] of layout.split(trainer.parameters)) {
    if (name !== ROUNDING_ALONE) parameters.add(relativeError(after, golden.values(`after.${name}`)));
  }
  model.dispose();
  return { forward: loss.value, gradients: parameters.value };
}

/** Largest deviation of the total loss over 20 steps. */
async function curve(): Promise<Errors> {
  const golden = fixture('training', 'step').values('curve');
  const { model, pairs } = goldenPairs();
  const trainer = await trainerOf(model, { inputsOf: async () => pairs });
  const worst = new Worst();
  for (let step = 0; step < 20; step++) worst.add(relativeError([(await trainer.run()).total], [golden[4 * step]!]));
  model.dispose();
  return { forward: worst.value };
}

const AGAINST = 'timm 1.0, torch.nn and a decoder of our own in float64';

/** The composition and its training. */
export const whole: Part[] = [
  {
    name: 'Small MCoRe, from frames to relative score',
    against: AGAINST,
    bounds: { forward: 1e-4 },
    measure: forward,
  },
  ...(['released', 'paper'] as const).map(
    (preset): Part => ({
      name: `Losses and gradients of preset ${preset}`,
      against: AGAINST,
      bounds: { forward: 1e-5, gradients: 1e-4 },
      measure: () => losses(preset),
    }),
  ),
  {
    name: 'One training step of preset released: losses / parameters after Adam',
    against: `${AGAINST}, torch.optim.Adam in two groups`,
    bounds: { forward: 1e-5, gradients: 1e-5 },
    measure: trainingStep,
  },
  {
    name: 'Loss over 20 training steps',
    against: `${AGAINST}, torch.optim.Adam in two groups`,
    bounds: { forward: 1e-4 },
    leftOut: ['cpu', 'webgpu'],
    measure: curve,
  },
];
