import { readFileSync } from 'node:fs';
import { stageContrastiveLoss } from '@mcore/contrastive-loss';
import { ContrastiveRegressor } from '@mcore/contrastive-regressor';
import { BiGruSegmenter, resampleStages, segmentationLoss } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';
import { differentiate, type Errors, errorOf, fixture, type Part, Worst } from '../part.js';

async function segmenter(): Promise<Errors> {
  const golden = fixture('segmenter', 'segmenter');
  const model = new BiGruSegmenter({ inputSize: 6, hiddenSize: 5, transitions: 2 }, { seed: 0 });
  const names = [...model.weights().keys()];
  tf.tidy(() => model.load(new Map(names.map((name) => [name, golden.tensor(`weight.${name}`)]))));
  const inputs = [golden.tensor('x'), ...model.weights().values()];
  const { output, gradients } = differentiate((x) => model.apply(x as tf.Tensor3D), inputs, golden.tensor('cotangent'));
  const worst = new Worst();
  for (const [index, name] of ['x', ...names].entries()) {
    worst.add(await errorOf(gradients[index]!, golden.values(`gradient.${name}`)));
  }
  model.dispose();
  return { forward: await errorOf(output, golden.values('logits')), gradients: worst.value };
}

async function segmentationLosses(): Promise<Errors> {
  const golden = fixture('segmenter', 'losses');
  const losses = JSON.parse(golden.metadata.losses!) as Record<'released' | 'paper', number>;
  const flat = Array.from(golden.values('transitions'));
  const transitions = [0, 1, 2, 3].map((clip) => flat.slice(2 * clip, 2 * clip + 2));
  const [forward, gradients] = [new Worst(), new Worst()];
  for (const form of ['released', 'paper'] as const) {
    const run = (x: tf.Tensor) => segmentationLoss(x as tf.Tensor3D, transitions, { form });
    const { output, gradients: all } = differentiate(run, [golden.tensor('logits')], tf.scalar(1));
    forward.add(await errorOf(output, [losses[form]]));
    gradients.add(await errorOf(all[0]!, golden.values(`gradient.${form}`)));
  }
  return { forward: forward.value, gradients: gradients.value };
}

async function resampling(): Promise<Errors> {
  const golden = fixture('segmenter', 'authors-resample');
  const pairs = JSON.parse(golden.metadata.transitions!) as number[][];
  const run = (clip: tf.Tensor) => {
    const clips = tf.tile(tf.expandDims(clip, 0), [pairs.length, 1, 1]) as tf.Tensor3D;
    return resampleStages(clips, pairs, 5);
  };
  const flat = golden.tensor('cot');
  const direction = tf.reshape(flat, [pairs.length, 3, 5, flat.size / (pairs.length * 15)]);
  const { output, gradients } = differentiate(run, [golden.tensor('x')], direction);
  const forward = await errorOf(output, golden.values('out'));
  return { forward, gradients: await errorOf(gradients[0]!, golden.values('gx')) };
}

async function contrastive(): Promise<Errors> {
  const authors = fixture('contrastive-loss', 'authors-inputs');
  const kept = fixture('contrastive-loss', 'authors-gradients');
  const losses = JSON.parse(authors.metadata.losses!) as Record<string, number>;
  const [forward, gradients] = [new Worst(), new Worst()];
  for (const [name, form] of [
    ['released', 'released'],
    ['paper_mean', 'paper'],
  ] as const) {
    const inputs = [authors.tensor('q'), authors.tensor('e')];
    const run = (q: tf.Tensor, e: tf.Tensor) => stageContrastiveLoss(q, e, { form });
    const { output, gradients: all } = differentiate(
      run as (...inputs: tf.Tensor[]) => tf.Tensor,
      inputs,
      tf.scalar(1),
    );
    forward.add(await errorOf(output, [losses[name]!]));
    for (const [index, side] of ['gq', 'ge'].entries()) {
      // the fixture keeps the first and the last pair
      const [count] = all[index]!.shape as [number];
      gradients.add(await errorOf(tf.gather(all[index]!, [0, count - 1]), kept.values(`${name}.${side}`)));
    }
  }
  return { forward: forward.value, gradients: gradients.value };
}

async function regressor(): Promise<Errors> {
  const golden = fixture('contrastive-regressor', 'small');
  const sizes = { featureSize: 12, blocks: 2, heads: 3, mlpRatio: 2, hidden: [7, 5] };
  const model = new ContrastiveRegressor(sizes, { seed: 0 });
  const names = [...model.weights().keys()];
  tf.tidy(() => model.load(new Map(names.map((name) => [name, golden.tensor(`weight.${name}`)]))));
  const run = (q: tf.Tensor, e: tf.Tensor) => model.applyPerStage(q as tf.Tensor4D, e as tf.Tensor4D);
  const inputs = [golden.tensor('query'), golden.tensor('exemplar'), ...model.weights().values()];
  const { output, gradients } = differentiate(
    run as (...inputs: tf.Tensor[]) => tf.Tensor,
    inputs,
    golden.tensor('cotangent'),
  );
  const worst = new Worst();
  for (const [index, name] of ['query', 'exemplar', ...names].entries()) {
    worst.add(await errorOf(gradients[index]!, golden.values(`gradient.${name}`)));
  }
  model.dispose();
  return { forward: await errorOf(output, golden.values('stageDeltas')), gradients: worst.value };
}

/** The same formula as in goldens/contrastive-regressor.py. */
function wave(shape: readonly number[], phase: number, amplitude: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from(
    { length: size },
    (_, i) => amplitude * Math.sin(phase + 1.7 * i + 0.3 * Math.sqrt(i)),
  );
  return tf.tensor(values, [...shape]);
}

async function releasedRegressor(): Promise<Errors> {
  const path = '../../../packages/contrastive-regressor/src/__fixtures__/released-sizes.json';
  const golden = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
    order: string[];
    stageDeltas: number[][];
  };
  const model = new ContrastiveRegressor({}, { seed: 0 });
  tf.tidy(() => {
    const weights = golden.order.map((name, number) => {
      const { shape } = model.weights().get(name)!;
      return [name, wave(shape, number, shape.length > 1 ? 2 / Math.sqrt(shape.at(-1)!) : 0.5)] as const;
    });
    model.load(new Map(weights));
  });
  const [query, exemplar] = [100, 200].map((phase) => wave([2, 3, 5, 368], phase, 1)) as [tf.Tensor4D, tf.Tensor4D];
  const forward = await errorOf(model.applyPerStage(query, exemplar), golden.stageDeltas.flat());
  tf.dispose([query, exemplar]);
  model.dispose();
  return { forward };
}

const part = (name: string, against: string, measure: () => Promise<Errors>): Part => ({
  name,
  against,
  bounds: { forward: 1e-5, gradients: 1e-5 },
  measure,
});

/** What comes after the backbone. */
export const heads: Part[] = [
  part('Segmenter (GRU, linear layer)', 'torch.nn.GRU in float64', segmenter),
  part('Segmentation losses, both forms', 'torch.nn.functional in float64', segmentationLosses),
  part('Cutting and resampling stages', "values computed by the authors' PyTorch modules", resampling),
  part('Contrastive losses, both forms', "values computed by the authors' PyTorch modules", contrastive),
  part('Regressor, small', 'torch.nn.functional in float64', regressor),
  part('Regressor at the released sizes', 'torch.nn.functional in float64', releasedRegressor),
];
