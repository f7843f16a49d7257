import { ArgumentError, formatShape, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { infoNce } from './info-nce.js';

/** Options of {@link stageContrastiveLoss}. */
export interface StageContrastiveLossOptions {
  /**
   * What is contrasted. `'paper'`: the stages of a video, one vector each. `'released'`: the steps inside each stage, as in the authors'
   * code.
   */
  readonly form: 'paper' | 'released';
  /** Divides the cosines; above 0. Default 0.5, as in the paper, section 2.4, and in the released code. */
  readonly temperature?: number;
  /** Multiplies the loss. Default 10 for `'released'`, as in the released code, and 1 for `'paper'`, which has none. */
  readonly weight?: number;
}

/**
 * Stage contrastive loss: pulls corresponding vectors of query and exemplar together and pushes the others apart.
 *
 * With f(a, b) = exp(cos(a, b) / temperature), a query vector q_i with its positive e_i has the loss
 * -log( f(q_i, e_i) / ( sum_j f(q_i, e_j) + sum over j != i of f(q_i, q_j) ) ), exemplar vectors likewise. The result is
 * `weight` times the mean over vectors, directions and clips.
 *
 * - `'paper'`: i and j are the stages of a video (An et al., "Multi-stage Contrastive Regression for Action Quality
 *   Assessment", ICASSP 2024, eq. 4 to 8, with the minus sign that eq. 7 lacks). The paper does not specify how a stage becomes one vector;
 * here it is the mean of its steps. To concatenate the steps, pass `[batch, stages, steps * channels]`.
 * - `'released'`: i and j are the steps inside one stage (the authors' code, after Zhu et al., "Deep Graph Contrastive
 *   Representation Learning", 2020). In `[batch, stages, channels]` stages have no steps, so the stages are contrasted instead: the paper's
 * loss times `weight`. With one step per stage the authors' loss would always be 0.
 *
 * Vectors shorter than 1e-12 are divided by 1e-12, as in PyTorch, and get no gradient.
 *
 * @param query - Stage features of the query, `[batch, stages, steps, channels]` or `[batch, stages, channels]`.
 * @param exemplar - Stage features of the exemplar, shaped like `query`.
 * @param options - Form, temperature, weight.
 * @returns A scalar of at least 0; the caller disposes it.
 * @throws {@link ShapeError} if a shape is invalid; {@link ArgumentError} if an option is invalid.
 */
export function stageContrastiveLoss(
  query: tf.Tensor,
  exemplar: tf.Tensor,
  options: StageContrastiveLossOptions,
): tf.Scalar {
  const { form, temperature = 0.5, weight = form === 'released' ? 10 : 1 } = options;
  assertShapes(query, exemplar);
  assertOptions(form, temperature, weight);
  return tf.tidy(() => {
    const [q, e] = [query, exemplar].map((features) => grouped(features, form)) as [tf.Tensor3D, tf.Tensor3D];
    return tf.mul(infoNce(q, e, temperature), weight);
  });
}

/** The vectors that are contrasted with each other, `[groups, members, channels]`. */
function grouped(features: tf.Tensor, form: 'paper' | 'released'): tf.Tensor {
  if (features.rank === 3) return features; // [B, S, C]
  if (form === 'paper') return tf.mean(features, 2); // [B, S, L, C] -> [B, S, C]
  const [batch, stages, steps, channels] = features.shape as [number, number, number, number];
  return tf.reshape(features, [batch * stages, steps, channels]);
}

function assertShapes(query: tf.Tensor, exemplar: tf.Tensor): void {
  if ((query.rank !== 3 && query.rank !== 4) || query.size === 0) {
    throw new ShapeError(
      `stageContrastiveLoss: query must be [batch, stages, steps, channels] or [batch, stages, channels] and not empty, got ${formatShape(query.shape)}.`,
    );
  }
  if (!tf.util.arraysEqual(query.shape, exemplar.shape)) {
    const names = query.rank === 3 ? ['batch', 'stages', 'channels'] : ['batch', 'stages', 'steps', 'channels'];
    throw new ShapeError(
      `stageContrastiveLoss: exemplar must be ${formatShape(names)} = ${formatShape(query.shape)} like query, got ${formatShape(exemplar.shape)}.`,
    );
  }
}

function assertOptions(form: string, temperature: number, weight: number): void {
  if (form !== 'paper' && form !== 'released') {
    throw new ArgumentError(`stageContrastiveLoss: form must be 'paper' or 'released', got ${JSON.stringify(form)}.`);
  }
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new ArgumentError(`stageContrastiveLoss: temperature must be above 0, got ${temperature}.`);
  }
  if (!Number.isFinite(weight)) {
    throw new ArgumentError(`stageContrastiveLoss: weight must be a finite number, got ${weight}.`);
  }
}
