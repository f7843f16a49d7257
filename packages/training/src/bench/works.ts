import {
  type Checkpoint,
  type EncodedClip,
  type Exemplar,
  framesTensor,
  type MCoRe,
  modelFromCheckpoint,
  type StageShape,
} from '@mcore/model';
import { bidirectionalGru, normalizeFrames } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import { backboneGradient } from '../compute/backbone-gradient.js';
import { spreadOver } from '../compute/inference.js';
import { type ClipInput, layoutOf, type PairInput, type Replica } from '../compute/replica.js';
import type { OnnxModel } from '../onnx/onnx-model.js';
import { learningRates } from '../optimizer/learning-rate.js';
import { Trainer } from '../optimizer/trainer.js';
import type { Comparer } from '../predictions/comparer.js';
import type { OneCoreEngine } from '../threads/one-core.js';
import { loadThreads } from '../threads/replicas.js';
import type { BenchInputs } from './inputs.js';
import type { BenchWork } from './protocol.js';

/** A piece of work made ready: `run` does it once and returns a number to compare; `reset` comes before it, untimed. */
export interface Work {
  run(): Promise<number>;
  reset?(): Promise<void>;
}

/** What computes. */
export interface BenchEngine {
  checkpoint: Checkpoint;
  replicas: readonly Replica[];
  comparer: Comparer;
  /** What every worker thread has, where there are several. */
  threadEngine?: OneCoreEngine;
  /** Where the engine isn't tfjs. */
  onnx?: OnnxModel;
}

/** Makes work ready, or says why this engine can't do it. */
export async function prepareWork(work: BenchWork, engine: BenchEngine, inputs: BenchInputs): Promise<Work | string> {
  const { onnx, replicas, checkpoint } = engine;
  if (work === 'score') return scoring(engine, inputs);
  if (onnx) {
    if (work !== 'forward') return 'it can only score';
    return {
      run: async () => meanAbsolute((await (await onnx.features(inputs.queries[0]!)).getData()) as Float32Array),
    };
  }
  if (work === 'train') return training(engine, inputs);
  if (work === 'gradient') return gradient(engine, inputs);
  if (replicas.length > 1) return 'one clip is the work of one thread';
  const model = modelFromCheckpoint(checkpoint);
  if (work === 'forward') return forward(model, inputs);
  return recurrence(model, inputs);
}

async function scoring({ checkpoint, replicas, comparer }: BenchEngine, inputs: BenchInputs): Promise<Work> {
  const { config } = checkpoint.info;
  const shape: StageShape = {
    stages: config.stages,
    steps: config.stepsPerStage,
    channels: config.backbone.widths.at(-1)!,
  };
  const encoded: EncodedClip[] = await spreadOver(replicas, inputs.exemplars, (replica, frames) =>
    replica.encode(frames),
  );
  const bank = encoded.map(
    ({ stages }, index): Exemplar => ({
      id: `exemplar ${index}`,
      diveNumber: '107b',
      difficulty: 3,
      score: inputs.scores[index]!,
      stages,
    }),
  );
  return {
    run: async () => {
      const scores = await spreadOver(replicas, inputs.queries, async (replica, frames) => {
        const { stages } = await replica.encode(frames);
        return (await comparer.compare(stages, shape, bank)).score;
      });
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    },
  };
}

async function training({ checkpoint, replicas }: BenchEngine, inputs: BenchInputs): Promise<Work> {
  const { config } = checkpoint.info;
  const model = modelFromCheckpoint(checkpoint);
  const layout = layoutOf(model);
  const start = await layout.read();
  const rates = learningRates(config.optimiser, layout);
  model.dispose();
  const { queries, exemplars, scores, transitions } = inputs;
  const clip = (frames: ClipInput['frames'], score: number, row: number): ClipInput => ({
    frames,
    score,
    transitions: transitions[row]!,
  });
  const pairs = queries.map((query, index) => ({
    query: clip(query, scores[exemplars.length + index]!, index),
    exemplar: clip(exemplars[index]!, scores[index]!, queries.length + index),
    dropoutSeed: 'none',
  }));
  const fresh = () =>
    new Trainer<PairInput>(start, {
      optimiser: config.optimiser,
      totalSteps: 1,
      learningRates: rates,
      replicas,
      inputsOf: async () => pairs,
    });
  let trainer = fresh();
  return {
    run: async () => (await trainer.run()).total,
    reset: async () => {
      trainer = fresh(); // every run is the first step, so that its loss can be compared
    },
  };
}

function forward(model: MCoRe, { queries }: BenchInputs): Work {
  const frames = framesTensor(queries[0]!);
  const inference = model.backbone.inferenceModel();
  return {
    run: () => numberFrom(() => tf.mean(tf.abs(inference.apply(normalizeFrames(frames) as tf.Tensor5D)))),
  };
}

/** The clips are spread over threads, as training spreads them. */
async function gradient({ checkpoint, replicas, threadEngine }: BenchEngine, { queries }: BenchInputs): Promise<Work> {
  const model = modelFromCheckpoint(checkpoint);
  const threads = threadEngine
    ? await loadThreads(checkpoint, { engine: threadEngine, workers: replicas.length })
    : [null];
  return {
    run: async () => {
      const parts = await spreadOver(threads, queries, (thread, frames) =>
        thread ? thread.remote.backboneGradient(frames) : backboneGradient(model, frames),
      );
      let square = 0;
      for (let index = 0; index < parts[0]!.length; index++) {
        let sum = 0;
        for (const part of parts) sum += part[index]!;
        square += (sum / parts.length) ** 2;
      }
      return Math.sqrt(square);
    },
  };
}

function recurrence(model: MCoRe, { sequence, queries }: BenchInputs): Work {
  const x = tf.tensor3d(sequence, [1, queries[0]!.count, sequence.length / queries[0]!.count]);
  const weights = [...model.segmenter.weights()].filter(([name]) => name.startsWith('_gru.')).map(([, value]) => value);
  // PyTorch's order: input and hidden weights, input and hidden biases, forward and then reversed
  const side = (tensors: tf.Tensor[]) => ({
    inputWeight: tensors[0] as tf.Tensor2D,
    hiddenWeight: tensors[1] as tf.Tensor2D,
    inputBias: tensors[2] as tf.Tensor1D,
    hiddenBias: tensors[3] as tf.Tensor1D,
  });
  const loss = (input: tf.Tensor, ...tensors: tf.Tensor[]) =>
    tf.mean(
      tf.square(
        bidirectionalGru(input as tf.Tensor3D, {
          forward: side(tensors.slice(0, 4)),
          backward: side(tensors.slice(4)),
        }),
      ),
    );
  const gradients = tf.grads(loss as (...inputs: tf.Tensor[]) => tf.Tensor);
  return { run: () => numberFrom(() => normOf(gradients([x, ...weights]))) };
}

/** The value of a scalar; everything else is freed. */
async function numberFrom(compute: () => tf.Tensor): Promise<number> {
  const scalar = tf.tidy(compute);
  const [value] = await scalar.data();
  scalar.dispose();
  return value!;
}

function normOf(tensors: readonly tf.Tensor[]): tf.Tensor {
  return tf.sqrt(tf.addN(tensors.map((tensor) => tf.sum(tf.square(tensor)))));
}

function meanAbsolute(values: Float32Array): number {
  return values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
}
