import type { Frames } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import {
  type Checkpoint,
  type EncodedClip,
  type Exemplar,
  type MCoReConfig,
  regressionValues,
  type ScoredClip,
  type StageShape,
  scoreFromStages,
} from '@mcore/model';
import { decodeOrdered, decodeWindowed } from '@mcore/segmenter';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { PairGradient, Replica } from '../compute/replica.js';
import { onnxFiles } from './export-weights.js';
import { loadOnnxRuntime, type OnnxRuntime } from './onnx-runtime.js';

/** ImageNet's, as `normalizeFrames` of @mcore/ops has them. */
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

/** The three networks as ONNX graphs in ONNX Runtime: encodes and compares clips, and learns nothing. */
export class OnnxModel implements Replica {
  readonly config: MCoReConfig;
  readonly #runtime: OnnxRuntime;
  readonly #sessions: Readonly<Record<string, InferenceSession>>;

  private constructor(config: MCoReConfig, runtime: OnnxRuntime, sessions: Record<string, InferenceSession>) {
    this.config = config;
    this.#runtime = runtime;
    this.#sessions = sessions;
  }

  /**
   * Writes a checkpoint's graphs in memory and loads them.
   *
   * @param threads - That one network may use.
   * @throws EngineError if onnxruntime-node is missing.
   */
  static async create(checkpoint: Pick<Checkpoint, 'info' | 'tensors'>, threads: number): Promise<OnnxModel> {
    if (checkpoint.info.config.regression === 'exemplar-free') {
      throw new DataError(
        "OnnxModel: the engine 'onnx' compares with exemplars, got exemplar-free weights; expected another engine.",
      );
    }
    const { runtime } = await loadOnnxRuntime();
    const load = async ({ network, bytes }: { network: string; bytes: Uint8Array }) =>
      // 3: errors alone
      [
        network,
        await runtime.InferenceSession.create(bytes, { intraOpNumThreads: threads, logSeverityLevel: 3 }),
      ] as const;
    const sessions = await Promise.all(onnxFiles(checkpoint, '').map(load));
    return new OnnxModel(checkpoint.info.config, runtime, Object.fromEntries(sessions));
  }

  async encode(frames: Frames): Promise<EncodedClip> {
    const features = await this.features(frames);
    const [, time, channels] = features.dims as [number, number, number];
    const { logits } = await this.#run('segmenter', { features });
    const logitValues = await valuesOf(logits!);
    const transitions = this.#decode(logitValues, time);
    const featureValues = await valuesOf(features);
    const stages = regressionValues(this.config, featureValues, channels, transitions);
    return { features: featureValues, logits: logitValues, transitions, stages };
  }

  /** Frame features, `[1, time, channels]`. */
  async features({ data, count, height, width }: Frames): Promise<Tensor> {
    const { features } = await this.#run('backbone', {
      frames: new this.#runtime.Tensor('float32', normalise(data), [1, count, height, width, 3]),
    });
    return features!;
  }

  /** The score of an encoded clip against exemplars. */
  async compare(stages: Float32Array, shape: StageShape, exemplars: readonly Exemplar[]): Promise<ScoredClip> {
    const size = shape.stages * shape.steps * shape.channels;
    const wrong = [{ id: 'the query', stages }, ...exemplars].find((clip) => clip.stages.length !== size);
    if (wrong) {
      throw new DataError(
        `OnnxModel.compare: expected ${size} stage features of every clip, got ${wrong.stages.length} of ${wrong.id}.`,
      );
    }
    const features = new Float32Array(exemplars.length * size);
    for (const [row, exemplar] of exemplars.entries()) features.set(exemplar.stages, row * size);
    const tensor = (data: Float32Array, count: number) =>
      new this.#runtime.Tensor('float32', data, [count, shape.stages, shape.steps, shape.channels]);
    const { stage_scores: scores } = await this.#run('regressor', {
      query: tensor(stages, 1),
      exemplar: tensor(features, exemplars.length),
    });
    return scoreFromStages(await valuesOf(scores!), exemplars, this.config.scoreScale);
  }

  async setParameters(): Promise<void> {
    throw new DataError("OnnxModel: the engine 'onnx' scores and can't learn; expected another engine.");
  }

  async gradient(): Promise<PairGradient> {
    throw new DataError("OnnxModel: the engine 'onnx' scores and can't learn; expected another engine.");
  }

  async dispose(): Promise<void> {
    await Promise.all(Object.values(this.#sessions).map((session) => session.release()));
  }

  #run(network: 'backbone' | 'segmenter' | 'regressor', inputs: Record<string, Tensor>) {
    return this.#sessions[network]!.run(inputs);
  }

  #decode(logits: Float32Array, time: number): number[] {
    const count = logits.length / time;
    const rows = Array.from({ length: time }, (_, frame) => [...logits.subarray(frame * count, (frame + 1) * count)]);
    return (this.config.decoding === 'ordered' ? decodeOrdered([rows]) : decodeWindowed([rows]))[0]!;
  }
}

/** Bytes to normalised values, by a table of 256 for every colour. */
function normalise(data: Uint8Array | Uint8ClampedArray): Float32Array {
  const tables = MEAN.map((mean, colour) =>
    Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / DEVIATION[colour]!),
  ) as [Float32Array, Float32Array, Float32Array];
  const [red, green, blue] = tables;
  const values = new Float32Array(data.length);
  for (let index = 0; index < data.length; index += 3) {
    values[index] = red[data[index]!]!;
    values[index + 1] = green[data[index + 1]!]!;
    values[index + 2] = blue[data[index + 2]!]!;
  }
  return values;
}

async function valuesOf(tensor: Tensor): Promise<Float32Array> {
  return (await tensor.getData()) as Float32Array;
}
