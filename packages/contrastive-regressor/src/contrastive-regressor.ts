import { formatShape, ShapeError } from '@mcore/errors';
import { createVariables, disposeVariables, loadWeights, pointwise, type WeightMap } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import { assertConfig, type ContrastiveRegressorConfig, releasedSizes, weightSpecs } from './config.js';
import { type AttentionSizes, crossAttention } from './cross-attention.js';
import { gelu } from './gelu.js';
import { layerNorm } from './layer-norm.js';

/**
 * The regressor R: predicts how much better the query was than the exemplar by comparing each stage with the same stage.
 *
 * Each stage passes alone, with shared weights, through pre-norm cross-attention blocks. With q the query's steps and v the exemplar's: `q
 * += proj(attention(norm_q(q), norm_v(v)))`, then `q += fc2(GELU(fc1(norm2(q))))`; v does not change. An MLP
 * with ReLU scores every step; the relative score is the mean over all steps of all stages.
 *
 * Source: An et al., "Multi-stage Contrastive Regression for Action Quality Assessment", ICASSP 2024, section 2.5, eq. 9 and 10; sizes, norms and
 * names of weights from the released code, whose blocks come from Xu et al., "FineDiving", CVPR 2022. At those sizes it
 * has 4,888,512 weights in its blocks and 110,977 in its MLP.
 */
export class ContrastiveRegressor {
  /** The sizes, complete. */
  readonly config: ContrastiveRegressorConfig;
  readonly #weights: Map<string, tf.Variable>;

  /**
   * @param config - Sizes; omitted sizes are the released code's.
   * @param options - `seed`: the same seed gives the same weights on every engine. They are initialised as in PyTorch's `nn.Linear` and
   *   `nn.LayerNorm`.
   * @throws {@link ArgumentError} if a size is invalid.
   */
  constructor(
    config: Partial<ContrastiveRegressorConfig> = {},
    options: { readonly seed: number | string } = { seed: 0 },
  ) {
    this.config = { ...releasedSizes, ...config };
    assertConfig(this.config);
    this.#weights = createVariables(weightSpecs(this.config), options.seed);
  }

  /**
   * Relative scores: query minus exemplar.
   *
   * @param query - Stage features of the queries, `[batch, stages, steps, featureSize]`; a batch of 1 is compared with every exemplar.
   * @param exemplar - Stage features of the exemplars, shaped likewise, though the number of steps may differ. The batch may hold all
   *   exemplars of a query.
   * @returns `[batch]`, in the unit of the scores it was trained on; the caller disposes it.
   * @throws {@link ShapeError} if the shapes don't fit.
   */
  apply(query: tf.Tensor4D, exemplar: tf.Tensor4D): tf.Tensor1D {
    this.#assertShapes('ContrastiveRegressor.apply', query, exemplar);
    return tf.tidy(() => tf.mean(this.regress(this.#differences(query, exemplar)), 1));
  }

  /**
   * Relative scores of each stage: they show where a score was won or lost. Their mean over the stages is the result of {@link apply}.
   *
   * @param query - As for {@link apply}.
   * @param exemplar - As for {@link apply}.
   * @returns `[batch, stages]`, the mean over each stage's steps; the caller disposes it.
   * @throws {@link ShapeError} if the shapes don't fit.
   */
  applyPerStage(query: tf.Tensor4D, exemplar: tf.Tensor4D): tf.Tensor2D {
    this.#assertShapes('ContrastiveRegressor.applyPerStage', query, exemplar);
    return tf.tidy(() => this.regress(this.#differences(query, exemplar)));
  }

  /**
   * Differences between the same stages of query and exemplar: f_rel = [Dec(f_q^1, f_e^1), ..., Dec(f_q^K, f_e^K)], eq. 9 of the paper, with
   * the cross-attention blocks as Dec.
   *
   * @param query - As for {@link apply}.
   * @param exemplar - As for {@link apply}.
   * @returns `[batch, stages, steps, featureSize]`, for {@link regress}; the caller disposes it.
   * @throws {@link ShapeError} if the shapes don't fit.
   */
  differences(query: tf.Tensor4D, exemplar: tf.Tensor4D): tf.Tensor4D {
    this.#assertShapes('ContrastiveRegressor.differences', query, exemplar);
    return tf.tidy(() => this.#differences(query, exemplar));
  }

  /**
   * Relative scores from differences, stage by stage: Reg(f_rel), eq. 10 of the paper, with the MLP as Reg. It scores every step; a stage's
   * score is the mean over its steps, and S_rel is the mean over the stages.
   *
   * @param differences - From {@link differences}, `[batch, stages, steps, featureSize]`.
   * @returns `[batch, stages]`; the caller disposes it.
   * @throws {@link ShapeError} if the shape doesn't fit.
   */
  regress(differences: tf.Tensor4D): tf.Tensor2D {
    const [batch, stages, steps, channels] = differences.shape;
    const { featureSize, hidden } = this.config;
    if (differences.rank !== 4 || channels !== featureSize || differences.size === 0) {
      throw new ShapeError(
        `ContrastiveRegressor.regress: differences must be ${formatShape(['batch', 'stages', 'steps', featureSize])} and not empty, got ${formatShape(differences.shape)}.`,
      );
    }
    return tf.tidy(() => {
      let x: tf.Tensor2D = tf.reshape(differences, [-1, channels]); // [B S L, C]
      for (let layer = 1; layer <= hidden.length + 1; layer++) {
        x = this.#linear(`regressor_delta.layer${layer}`, x, layer <= hidden.length ? 'relu' : 'linear');
      }
      return tf.mean(tf.reshape(x, [batch, stages, steps]), 2); // [B S L, 1] -> [B, S]
    });
  }

  /** The variables by PyTorch's names, in PyTorch's layouts. This object owns them: train them, don't dispose them. */
  weights(): Map<string, tf.Variable> {
    return new Map(this.#weights);
  }

  /**
   * Sets all weights.
   *
   * @param map - Tensors by the released names after `decoder.` and `regressor_delta.`, with or without `module.` before or after these
   *   prefixes; not disposed.
   * @throws {@link WeightsError} naming every missing, extra and misshapen tensor; weights do not change then.
   */
  load(map: WeightMap): void {
    const entries = map instanceof Map ? [...map.entries()] : Object.entries(map as Record<string, tf.Tensor>);
    // DataParallel puts `module.` before each network's names, so it comes after `decoder.`
    const named = entries.map(([name, tensor]) => [
      name.replace(/^((?:decoder|regressor_delta)\.)module\./, '$1'),
      tensor,
    ]);
    loadWeights('ContrastiveRegressor.load', this.#weights, new Map(named as [string, tf.Tensor][]), {
      prefixes: ['module.'],
    });
  }

  /** Frees the weights; the object can't be used afterwards. */
  dispose(): void {
    disposeVariables(this.#weights);
  }

  #differences(query: tf.Tensor4D, exemplar: tf.Tensor4D): tf.Tensor4D {
    const [batch, stages, keys, channels] = exemplar.shape;
    const steps = query.shape[2];
    const sizes = { groups: batch * stages, tokens: steps, keys, heads: this.config.heads };
    const shared = query.shape[0] < batch ? tf.add(query, tf.zeros([batch, 1, 1, 1])) : query;
    let q = tf.reshape(shared, [-1, channels]) as tf.Tensor2D; // [B S L, C]
    const v = tf.reshape(exemplar, [-1, channels]) as tf.Tensor2D;
    for (let block = 0; block < this.config.blocks; block++) q = this.#block(`decoder.model.${block}`, q, v, sizes);
    return tf.reshape(q, [batch, stages, steps, channels]);
  }

  #block(name: string, q: tf.Tensor2D, v: tf.Tensor2D, sizes: AttentionSizes): tf.Tensor2D {
    const source = this.#norm(`${name}.norm_v`, v);
    const mixed = crossAttention(
      this.#linear(`${name}.attn.q_map`, this.#norm(`${name}.norm_q`, q)),
      this.#linear(`${name}.attn.k_map`, source),
      this.#linear(`${name}.attn.v_map`, source),
      sizes,
    );
    const attended: tf.Tensor2D = tf.add(q, this.#linear(`${name}.attn.proj`, mixed));
    const inner = gelu(this.#linear(`${name}.mlp.fc1`, this.#norm(`${name}.norm2`, attended)));
    return tf.add(attended, this.#linear(`${name}.mlp.fc2`, inner));
  }

  #norm(name: string, x: tf.Tensor2D): tf.Tensor2D {
    return layerNorm(x, this.#weight(`${name}.weight`), this.#weight(`${name}.bias`));
  }

  #linear(name: string, x: tf.Tensor2D, activation: 'linear' | 'relu' = 'linear'): tf.Tensor2D {
    const weight = tf.transpose(this.#weight<tf.Tensor2D>(`${name}.weight`)); // PyTorch's [out, in] -> [in, out]
    const bias = this.#weights.has(`${name}.bias`) ? this.#weight<tf.Tensor1D>(`${name}.bias`) : null;
    return pointwise(x, weight, bias, { activation });
  }

  #weight<T extends tf.Tensor>(name: string): T {
    return this.#weights.get(name) as tf.Tensor as T;
  }

  #assertShapes(caller: string, query: tf.Tensor, exemplar: tf.Tensor): void {
    const { featureSize } = this.config;
    const expected = formatShape(['batch', 'stages', 'steps', featureSize]);
    if (exemplar.rank !== 4 || exemplar.shape[3] !== featureSize || exemplar.size === 0) {
      throw new ShapeError(
        `${caller}: exemplar must be ${expected} and not empty, got ${formatShape(exemplar.shape)}.`,
      );
    }
    const [batch, stages] = exemplar.shape;
    const fits = query.rank === 4 && (query.shape[0] === batch || query.shape[0] === 1) && query.size > 0;
    if (!fits || query.shape[1] !== stages || query.shape[3] !== featureSize) {
      throw new ShapeError(
        `${caller}: query must be ${expected} = ${formatShape(exemplar.shape)} like exemplar, or a batch of 1, got ${formatShape(query.shape)}.`,
      );
    }
  }
}
