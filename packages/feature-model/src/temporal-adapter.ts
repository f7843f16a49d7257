import { ArgumentError, formatShape, ShapeError } from '@mcore/errors';
import {
  biasUniform,
  bidirectionalGru,
  createVariables,
  disposeVariables,
  type GruDirectionWeights,
  kaimingUniform,
  loadWeights,
  pointwise,
  uniform,
  type WeightMap,
  type WeightSpec,
} from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';

/** One convolution along time. */
export interface AdapterLayer {
  /** Steps a window covers; a multiple of `stride`, even or odd as it is. */
  readonly kernel: number;
  /** Steps between windows. */
  readonly stride: number;
}

/** Sizes of a {@link TemporalAdapter}. */
export interface TemporalAdapterConfig {
  /** Channels of a step of the features. */
  readonly channels: number;
  /** Channels of a step that heads get; even where `recurrent`. */
  readonly width: number;
  /** Convolutions one after the other, each followed by a ReLU; a single one of kernel 1 and stride 1 is a linear map without. */
  readonly layers: readonly AdapterLayer[];
  /** Whether a bidirectional GRU follows, added to what it gets. */
  readonly recurrent: boolean;
}

/**
 * Brings features of any width to the width of the heads: a linear map, or small strided convolutions along time, and a GRU over the
 * whole clip.
 *
 * `y[t] = relu(sum over k of W_k x[stride t + k - (kernel - stride) / 2] + b)`, zeros beyond the ends, as PyTorch's `Conv1d` with
 * `padding = (kernel - stride) / 2`; then `z = y + GRU(y)` as PyTorch's `GRU(bidirectional=True)` with half the width a direction.
 */
export class TemporalAdapter {
  readonly config: TemporalAdapterConfig;
  readonly #weights: Map<string, tf.Variable>;

  /**
   * @param config - Sizes.
   * @param options - `seed`: the same seed gives the same weights on every engine, drawn as PyTorch draws those of `nn.Conv1d` and `nn.GRU`.
   * @throws {@link ArgumentError} if a size can't be.
   */
  constructor(config: TemporalAdapterConfig, options: { readonly seed: number | string }) {
    this.config = config;
    assertConfig(config);
    this.#weights = createVariables(weightSpecs(config), options.seed);
  }

  /** Steps of the input that one step of the output stands for. */
  get stride(): number {
    return this.config.layers.reduce((product, { stride }) => product * stride, 1);
  }

  /**
   * Adapts features.
   *
   * @param features - `[batch, time, channels]`; time at least {@link stride}.
   * @returns `[batch, floor(time / stride), width]`; the caller disposes it.
   * @throws {@link ShapeError} if the features don't fit.
   */
  apply(features: tf.Tensor3D): tf.Tensor3D {
    const { layers, recurrent } = this.config;
    this.assertFits('TemporalAdapter.apply', features);
    const isLinear = layers.length === 1 && layers[0]!.kernel === 1;
    return tf.tidy(() => {
      const adapted = layers.reduce((x, layer, index) => {
        const kernel = tf.transpose(this.#weight<tf.Tensor3D>(`layers.${index}.weight`), [2, 1, 0]); // [W, C, K] -> [K, C, W]
        const weight = tf.reshape(kernel, [-1, kernel.shape[2]!]) as tf.Tensor2D;
        const activation = isLinear ? 'linear' : 'relu';
        return pointwise(windows(x, layer), weight, this.#weight<tf.Tensor1D>(`layers.${index}.bias`), { activation });
      }, features);
      return recurrent ? (tf.add(adapted, this.#gru(adapted)) as tf.Tensor3D) : adapted;
    });
  }

  /**
   * Checks the shape of features.
   *
   * @throws {@link ShapeError}, in the name of `caller`, if features are not `[batch, at least stride, channels]`.
   */
  assertFits(caller: string, features: tf.Tensor): void {
    const { channels } = this.config;
    const [, time = 0, last] = features.shape;
    if (features.rank === 3 && last === channels && time >= this.stride && features.size > 0) return;
    throw new ShapeError(
      `${caller}: expected features [batch, at least ${this.stride}, ${channels}], got ${formatShape(features.shape)}.`,
    );
  }

  /** The variables by PyTorch's names, in PyTorch's layouts. They stay this object's: train them, don't dispose them. */
  weights(): Map<string, tf.Variable> {
    return new Map(this.#weights);
  }

  /**
   * Sets all weights.
   *
   * @param map - Tensors by the names of {@link weights}; not disposed.
   * @throws {@link WeightsError} naming every missing, extra and misshapen tensor; no weight has changed then.
   */
  load(map: WeightMap): void {
    loadWeights('TemporalAdapter.load', this.#weights, map);
  }

  /** Frees the weights. */
  dispose(): void {
    disposeVariables(this.#weights);
  }

  #gru(x: tf.Tensor3D): tf.Tensor3D {
    const direction = (suffix: string): GruDirectionWeights => ({
      inputWeight: this.#weight(`gru.weight_ih_l0${suffix}`),
      hiddenWeight: this.#weight(`gru.weight_hh_l0${suffix}`),
      inputBias: this.#weight(`gru.bias_ih_l0${suffix}`),
      hiddenBias: this.#weight(`gru.bias_hh_l0${suffix}`),
    });
    return bidirectionalGru(x, { forward: direction(''), backward: direction('_reverse') });
  }

  #weight<T extends tf.Tensor>(name: string): T {
    return this.#weights.get(name) as tf.Tensor as T;
  }
}

/**
 * The steps that every window of a convolution covers, side by side: `[B, T, C]` -> `[B, floor(T / stride), kernel C]`.
 *
 * As `kernel` is a multiple of `stride`, a window is a row of blocks of `stride` steps, and blocks are a reshape.
 */
function windows(x: tf.Tensor3D, { kernel, stride }: AdapterLayer): tf.Tensor3D {
  const [batch, time, channels] = x.shape;
  const steps = Math.floor(time / stride);
  if (kernel === 1) return x;
  const before = (kernel - stride) / 2;
  const after = Math.max(0, (steps - 1) * stride + kernel - before - time);
  const padded = tf.pad(x, [
    [0, 0],
    [before, after],
    [0, 0],
  ]);
  const blocks = Array.from({ length: kernel / stride }, (_, block) => {
    const part = tf.slice(padded, [0, block * stride, 0], [batch, steps * stride, channels]);
    return tf.reshape(part, [batch, steps, stride * channels]);
  });
  return tf.concat(blocks, 2) as tf.Tensor3D;
}

function weightSpecs({ channels, width, layers, recurrent }: TemporalAdapterConfig): Record<string, WeightSpec> {
  const specs: Record<string, WeightSpec> = {};
  for (const [index, { kernel }] of layers.entries()) {
    const shape = [width, index === 0 ? channels : width, kernel];
    specs[`layers.${index}.weight`] = { shape, initializer: kaimingUniform };
    specs[`layers.${index}.bias`] = { shape: [width], initializer: biasUniform(shape) };
  }
  const hidden = width / 2;
  const initializer = uniform(1 / Math.sqrt(hidden)); // nn.GRU draws all of its weights alike
  for (const suffix of recurrent ? ['', '_reverse'] : []) {
    specs[`gru.weight_ih_l0${suffix}`] = { shape: [3 * hidden, width], initializer };
    specs[`gru.weight_hh_l0${suffix}`] = { shape: [3 * hidden, hidden], initializer };
    specs[`gru.bias_ih_l0${suffix}`] = { shape: [3 * hidden], initializer };
    specs[`gru.bias_hh_l0${suffix}`] = { shape: [3 * hidden], initializer };
  }
  return specs;
}

function assertConfig({ channels, width, layers, recurrent }: TemporalAdapterConfig): void {
  for (const [name, size] of Object.entries({ channels, width, layers: layers.length })) {
    if (!Number.isInteger(size) || size < 1) {
      throw new ArgumentError(`TemporalAdapter: ${name} must be a positive whole number, got ${size}.`);
    }
  }
  if (recurrent && width % 2 !== 0) {
    throw new ArgumentError(`TemporalAdapter: width must be even for a GRU of two directions, got ${width}.`);
  }
  for (const { kernel, stride } of layers) {
    const isWhole = [kernel, stride].every((size) => Number.isInteger(size) && size >= 1);
    if (!isWhole || kernel % stride !== 0 || (kernel - stride) % 2 !== 0) {
      throw new ArgumentError(
        `TemporalAdapter: kernel must be a multiple of stride and differ from it by an even number, got kernel ${kernel}, stride ${stride}.`,
      );
    }
  }
}
