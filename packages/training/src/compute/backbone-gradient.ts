import type { Frames } from '@mcore/clips';
import { framesTensor, type MCoRe } from '@mcore/model';
import * as tf from '@tensorflow/tfjs-core';

/** Gradients of the mean square of a clip's features by all weights of the backbone that train, end to end. */
export async function backboneGradient(model: MCoRe, frames: Frames): Promise<Float32Array> {
  const variables = [...model.backbone.weights().values()].filter(({ trainable }) => trainable);
  const flat = tf.tidy(() => {
    const { grads } = tf.variableGrads(
      () => tf.mean(tf.square(model.features(framesTensor(frames)))) as tf.Scalar,
      variables,
    );
    return tf.concat(variables.map(({ name }) => tf.reshape(grads[name]!, [-1])));
  });
  const values = (await flat.data()) as Float32Array;
  flat.dispose();
  return values;
}
