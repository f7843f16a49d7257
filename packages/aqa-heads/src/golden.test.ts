import { readdirSync } from 'node:fs';
import { describeOnEngines } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { fixturePath, readFixture } from '@mcore/testing/fixtures';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  type ClipFeatures,
  type ClipLabel,
  createHead,
  type Head,
  type HeadConfig,
  type ScoredExemplar,
} from './index.js';

const cases = readdirSync(fixturePath('aqa-heads', ''))
  .filter((file) => file.endsWith('.safetensors'))
  .map((file) => file.replace('.safetensors', ''));

interface Labels {
  query: ClipLabel[];
  exemplar?: ClipLabel[];
}

/** One case of goldens/aqa-heads.py: a head with the golden weights, and the batch it was run on. */
function goldenCase(name: string) {
  const golden = readFixture('aqa-heads', name);
  const parsed = <T>(key: string) => JSON.parse(golden.metadata[key]!) as T;
  const head = createHead(parsed<HeadConfig>('config'), { seed: 1 });
  const names = golden.names.filter((key) => key.startsWith('weight.')).map((key) => key.slice('weight.'.length));
  const weights = new Map(names.map((key) => [key, golden.tensor(`weight.${key}`)]));
  head.load(weights);
  tf.dispose([...weights.values()]);
  const inputs = golden.names.filter((key) => key.startsWith('input.'));
  return {
    golden,
    head,
    names,
    inputs,
    labels: parsed<Labels>('labels'),
    losses: parsed<Record<string, number>>('losses'),
    predictions: parsed<number[]>('predictions'),
    /** Running statistics after one loss. */
    after: JSON.parse(golden.metadata.after ?? '{}') as Record<string, number[]>,
    tensors: inputs.map((key) => golden.tensor(key)),
  };
}

type Case = ReturnType<typeof goldenCase>;

function clipsOf({ inputs, labels }: Case, tensors: readonly tf.Tensor[], role: 'query' | 'exemplar') {
  const of = (key: string) => tensors[inputs.indexOf(key)];
  const maps = of(`input.${role}.maps`) as tf.Tensor5D | undefined;
  return {
    features: of(`input.${role}`) as tf.Tensor3D,
    ...(maps ? { maps } : {}),
    labels: labels[role] ?? [],
  };
}

function batchOf(golden: Case, tensors: readonly tf.Tensor[]) {
  const query = clipsOf(golden, tensors, 'query');
  return golden.labels.exemplar ? { query, exemplar: clipsOf(golden, tensors, 'exemplar') } : { query };
}

function normOfGradient({ golden, head }: Case, key: string): number {
  return head.weights().get(key)!.trainable ? Math.hypot(...golden.values(`gradient.${key}`)) : 0;
}

/** Every query against all exemplars. */
async function predictionsOf(head: Head, golden: Case): Promise<number[]> {
  const encode = (clips: ClipFeatures & { labels: readonly ClipLabel[] }) => head.encode(clips, clips.labels);
  const queries = await encode(clipsOf(golden, golden.tensors, 'query'));
  const exemplars: ScoredExemplar[] = [];
  if (golden.labels.exemplar) {
    const encoded = await encode(clipsOf(golden, golden.tensors, 'exemplar'));
    for (const [index, clip] of encoded.entries()) exemplars.push({ ...golden.labels.exemplar[index]!, ...clip });
  }
  const predictions = queries.map((query, index) =>
    head.predict({ ...golden.labels.query[index]!, ...query }, exemplars),
  );
  const uncertainty = JSON.parse(golden.golden.metadata.uncertainty ?? '[]') as number[];
  if (uncertainty.length > 0) {
    expect(
      relativeError(
        queries.map((query) => query.uncertainty!),
        uncertainty,
      ),
    ).toBeLessThan(1e-5);
  }
  return (await Promise.all(predictions)).map(({ score }) => score);
}

// software WebGPU compiles every shader anew, so that it takes one case of each method
const ofMethod = cases.filter((name, index) => name.split('-')[0] !== cases[index - 1]?.split('-')[0]);

describeOnEngines('heads', ['cpu', 'wasm', 'wasm after registerOps', 'webgpu'], (engine) => {
  it.each(engine === 'webgpu' ? ofMethod : cases)(
    '%s equals PyTorch: losses, gradients and predictions within 1e-5 (relative L2)',
    async (name) => {
      const golden = goldenCase(name);
      const { head, names, inputs, losses, predictions, after, tensors } = golden;
      expect([...head.weights().keys()].sort()).toEqual([...names].sort());

      // first, since a loss moves running statistics
      expect(relativeError(await predictionsOf(head, golden), predictions), 'predictions').toBeLessThan(1e-5);
      const parts = head.loss(batchOf(golden, tensors));
      expect(Object.keys(parts).sort()).toEqual(Object.keys(losses).sort());
      for (const [part, value] of Object.entries(parts)) {
        expect(relativeError(await value.data(), [losses[part]!]), part).toBeLessThan(1e-5);
      }
      for (const [key, values] of Object.entries(after)) {
        expect(relativeError(await head.weights().get(key)!.data(), values), key).toBeLessThan(1e-5);
      }
      const total = (given: readonly tf.Tensor[]) => head.loss(batchOf(golden, given)).total;
      const ofInputs = tf.grads((...given: tf.Tensor[]) => total(given))(tensors);
      for (const [index, key] of inputs.entries()) {
        const gradient = await ofInputs[index]!.data();
        expect(relativeError(gradient, golden.golden.values(`gradient.${key}`)), key).toBeLessThan(1e-5);
      }
      const { grads } = tf.variableGrads(() => total(tensors));
      const scale = Math.hypot(...names.map((key) => normOfGradient(golden, key)));
      for (const [key, variable] of head.weights()) {
        if (!variable.trainable) continue;
        const gradient = await grads[variable.name]!.data();
        // a weight that can't change the loss, as a bias before a softmax, has rounding errors for a gradient in PyTorch
        const isZero = normOfGradient(golden, key) < 1e-9 * scale;
        if (isZero) expect(Math.hypot(...gradient) / scale, key).toBeLessThan(1e-5);
        else expect(relativeError(gradient, golden.golden.values(`gradient.${key}`)), key).toBeLessThan(1e-5);
      }
      head.dispose();
    },
  );

  // memory is counted alike on every engine, and software WebGPU takes minutes for the gradients of all heads
  it.each(engine === 'webgpu' ? [] : cases)(
    '%s keeps no tensor but its results and gradients, and none after dispose',
    async (name) => {
      const start = tf.memory().numTensors;
      const golden = goldenCase(name);
      const { head, tensors } = golden;
      const before = tf.memory().numTensors;
      const losses = head.loss(batchOf(golden, tensors));
      expect(tf.memory().numTensors).toBe(before + Object.keys(losses).length);
      tf.dispose(losses);
      const { value, grads } = tf.variableGrads(() => head.loss(batchOf(golden, tensors)).total);
      tf.dispose([value, grads]);
      await predictionsOf(head, golden);
      expect(tf.memory().numTensors).toBe(before);
      head.dispose();
      tf.dispose(tensors);
      expect(tf.memory().numTensors).toBe(start);
    },
  );
});
