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
import type { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';
import { dropout } from './dropout.js';

/** Sizes of a {@link BiGruSegmenter}. */
export interface BiGruSegmenterConfig {
  /** Channels of a frame's features; default 368, as RegNetY-200MF returns. */
  readonly inputSize: number;
  /** Hidden units in each direction; default 368. */
  readonly hiddenSize: number;
  /** Fraction of the GRU's outputs that training sets to 0, in [0, 1); default 0.5. */
  readonly dropout: number;
  /** Transitions per clip, one fewer than stages; default 2. */
  readonly transitions: number;
}

/** How {@link BiGruSegmenter.apply} runs. */
export interface SegmenterApplyOptions {
  /** Whether dropout is active; default false. */
  readonly training?: boolean;
  /** Source of dropout: batch x time x 2 hiddenSize numbers per call. Required in training unless dropout is 0. */
  readonly random?: Random;
}

const paperSizes: BiGruSegmenterConfig = { inputSize: 368, hiddenSize: 368, dropout: 0.5, transitions: 2 };

/**
 * The procedure segmentation network D: a bidirectional GRU over a clip's frames, dropout, and a linear layer that scores every frame for
 * every transition.
 *
 * Source: An et al., "Multi-stage Contrastive Regression for Action Quality Assessment", ICASSP 2024, section 2.3; sizes and
 * names of weights from the authors' released code, whose segmenter comes from Hong et al., "Spotting Temporally Precise,
 * Fine-Grained Events in Video", ECCV 2022. At the paper's sizes it has 1,630,978 weights.
 */
export class BiGruSegmenter {
  /** The sizes, complete. */
  readonly config: BiGruSegmenterConfig;
  readonly #weights: Map<string, tf.Variable>;

  /**
   * @param config - Sizes; omitted sizes are the paper's.
   * @param options - `seed`: the same seed gives the same weights on every engine. They are initialised as in PyTorch's `nn.GRU` and
   *   `nn.Linear`.
   * @throws {@link ArgumentError} if a size isn't a positive whole number, or dropout isn't in [0, 1).
   */
  constructor(config: Partial<BiGruSegmenterConfig> = {}, options: { readonly seed: number | string } = { seed: 0 }) {
    this.config = { ...paperSizes, ...config };
    assertConfig(this.config);
    this.#weights = createVariables(weightSpecs(this.config), options.seed);
  }

  /**
   * Scores every frame for every transition.
   *
   * @param features - Frame features, `[batch, time, inputSize]`.
   * @param options - Whether this is training, and the source of dropout.
   * @returns Logits, `[batch, time, transitions]`, unbounded: see `decodeOrdered`. The caller disposes them.
   * @throws {@link ShapeError} if `features` doesn't fit; {@link ArgumentError} if training lacks `random`.
   */
  apply(features: tf.Tensor3D, options: SegmenterApplyOptions = {}): tf.Tensor3D {
    const { inputSize } = this.config;
    if (features.rank !== 3 || features.shape[2] !== inputSize || features.size === 0) {
      throw new ShapeError(
        `BiGruSegmenter.apply: features must be [batch, time, ${inputSize}] and not empty, got ${formatShape(features.shape)}.`,
      );
    }
    const rate = options.training ? this.config.dropout : 0;
    if (rate > 0 && options.random === undefined) {
      throw new ArgumentError('BiGruSegmenter.apply: expected random for training with dropout, got none.');
    }
    return tf.tidy(() => {
      const states = bidirectionalGru(features, {
        forward: this.#direction(''),
        backward: this.#direction('_reverse'),
      }); // [B, T, 2H]
      const kept = rate > 0 ? dropout(states, rate, options.random!) : states;
      const weight = tf.transpose(this.#weight('_fc_out._fc_out.weight')) as tf.Tensor2D; // [K, 2H] -> [2H, K]
      return pointwise(kept, weight, this.#weight('_fc_out._fc_out.bias') as unknown as tf.Tensor1D);
    });
  }

  /** The variables by PyTorch's names, in PyTorch's layouts. This object owns them: train them, don't dispose them. */
  weights(): Map<string, tf.Variable> {
    return new Map(this.#weights);
  }

  /**
   * Sets all weights.
   *
   * @param map - Tensors by PyTorch's names, with or without the prefixes `module.`, `psnet_model.`, `_pred_fine.`; not disposed.
   * @throws {@link WeightsError} naming every missing, extra and misshapen tensor; weights do not change then.
   */
  load(map: WeightMap): void {
    loadWeights('BiGruSegmenter.load', this.#weights, map, { prefixes: ['module.', 'psnet_model.', '_pred_fine.'] });
  }

  /** Frees the weights; the object can't be used afterwards. */
  dispose(): void {
    disposeVariables(this.#weights);
  }

  #direction(suffix: '' | '_reverse'): GruDirectionWeights {
    const part = <T extends tf.Tensor>(name: string) => this.#weight(`_gru.${name}_l0${suffix}`) as tf.Tensor as T;
    return {
      inputWeight: part<tf.Tensor2D>('weight_ih'),
      hiddenWeight: part<tf.Tensor2D>('weight_hh'),
      inputBias: part<tf.Tensor1D>('bias_ih'),
      hiddenBias: part<tf.Tensor1D>('bias_hh'),
    };
  }

  #weight(name: string): tf.Variable {
    return this.#weights.get(name)!;
  }
}

function weightSpecs({ inputSize, hiddenSize, transitions }: BiGruSegmenterConfig): Record<string, WeightSpec> {
  const initializer = uniform(1 / Math.sqrt(hiddenSize)); // nn.GRU initialises all weights alike
  const specs: Record<string, WeightSpec> = {};
  for (const suffix of ['', '_reverse']) {
    specs[`_gru.weight_ih_l0${suffix}`] = { shape: [3 * hiddenSize, inputSize], initializer };
    specs[`_gru.weight_hh_l0${suffix}`] = { shape: [3 * hiddenSize, hiddenSize], initializer };
    specs[`_gru.bias_ih_l0${suffix}`] = { shape: [3 * hiddenSize], initializer };
    specs[`_gru.bias_hh_l0${suffix}`] = { shape: [3 * hiddenSize], initializer };
  }
  const outWeight = [transitions, 2 * hiddenSize];
  specs['_fc_out._fc_out.weight'] = { shape: outWeight, initializer: kaimingUniform };
  specs['_fc_out._fc_out.bias'] = { shape: [transitions], initializer: biasUniform(outWeight) };
  return specs;
}

function assertConfig(config: BiGruSegmenterConfig): void {
  for (const name of ['inputSize', 'hiddenSize', 'transitions'] as const) {
    if (!Number.isInteger(config[name]) || config[name] < 1) {
      throw new ArgumentError(`BiGruSegmenter: ${name} must be a positive whole number, got ${config[name]}.`);
    }
  }
  if (!(config.dropout >= 0 && config.dropout < 1)) {
    throw new ArgumentError(`BiGruSegmenter: dropout must be in [0, 1), got ${config.dropout}.`);
  }
}
