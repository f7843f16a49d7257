import { readFileSync } from 'node:fs';
import { loadTensors, MCoRe, pairLosses, presets } from '@mcore/model';
import { readSafetensors, type SafeTensor } from '@mcore/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import { type Errors, errorOf, type Part, Worst } from '../part.js';

const ZERO = 'psnet_model._pred_fine._fc_out._fc_out.bias';
const PARTS = ['total', 'regression', 'segmentation', 'contrastive'] as const;

/** One pair at the paper's sizes; values by goldens/full-size.py. */
async function onePair(path: string): Promise<Errors> {
  const { tensors, metadata } = readSafetensors(readFileSync(path));
  const values = (name: string) => tensors.get(name)!.data as Float32Array;
  const { transitions, scores } = JSON.parse(metadata.labels!) as { transitions: number[][][]; scores: number[] };
  const released = presets.released;
  const config = { ...released, segmenter: { ...released.segmenter, dropout: 0 } };
  const model = new MCoRe(config, { seed: 0 });
  const weights = [...tensors].filter(([name]) => name.startsWith('weight.'));
  loadTensors(model, new Map(weights.map(([name, tensor]): [string, SafeTensor] => [name.slice(7), tensor])));
  const video = tensors.get('frames')!;
  const size = video.data.length / 2;
  const clips = [0, 1].map((index) => ({
    frames: tf.tensor5d(
      Float32Array.from((video.data as Uint8Array).subarray(index * size, (index + 1) * size)),
      [1, 96, 112, 112, 3],
    ),
    transitions: transitions[index]!,
    scores: [scores[index]!],
  }));
  const [forward, gradients] = [new Worst(), new Worst()];
  const features = model.features(clips[0]!.frames);
  forward.add(await errorOf(model.transitionLogits(features), values('logits')));
  forward.add(await errorOf(features, values('features')));
  const parts: tf.Scalar[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const computed = pairLosses(model, clips[0]!, clips[1]!);
    parts.push(...PARTS.map((part) => tf.keep(computed[part])));
    return computed.total;
  });
  for (const [index, part] of parts.entries()) forward.add(await errorOf(part, [values('losses')[index]!]));
  for (const [name, variable] of model.weights()) {
    if (variable.trainable && name !== ZERO) {
      gradients.add(await errorOf(grads[variable.name]!, values(`gradient.${name}`)));
    }
  }
  value.dispose();
  model.dispose();
  return { forward: forward.value, gradients: gradients.value };
}

/** The row of `--full-size`, where its values were made. */
export function fullSize(path: string | undefined): Part[] {
  if (path === undefined) return [];
  const { metadata } = readSafetensors(readFileSync(path));
  const own = JSON.parse(metadata.own!) as Required<Errors>;
  return [
    {
      name: "One pair of 96 frames of 112 x 112 px at the paper's sizes: features, logits and losses / all gradients",
      against: `PyTorch in float64, from which PyTorch's own float32 is ${own.forward.toExponential(1)} / ${own.gradients.toExponential(1)} away`,
      bounds: { forward: 1e-5, gradients: 3e-2 },
      leftOut: ['cpu', 'wasm, plain', 'webgpu'],
      measure: () => onePair(path),
    },
  ];
}
