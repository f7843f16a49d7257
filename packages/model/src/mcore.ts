import { GsmRegNetY } from '@mcore/backbone-gsm';
import { ContrastiveRegressor } from '@mcore/contrastive-regressor';
import { formatShape, ShapeError } from '@mcore/errors';
import { loadWeights, normalizeFrames } from '@mcore/ops';
import { Random } from '@mcore/random';
import { BiGruSegmenter, decodeOrdered, decodeWindowed, type Logits, resampleStages } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';
import type { MCoReConfig } from './config.js';
import type { StageShape } from './exemplar-bank.js';
import type { ForwardOptions, PairForward } from './forward.js';

/** Prefix of each part's tensors, as the released checkpoints nest them. */
const PREFIXES = { backbone: 'base_model._features.', segmenter: 'psnet_model._pred_fine.', regressor: '' } as const;

/**
 * MCoRe: RegNet-Y with gate shifts, a Bi-GRU that finds the transitions, stage features, and a cross-attention regressor
 * of the score difference to an exemplar.
 *
 * Source: An, Qi and Ma, "Multi-stage Contrastive Regression for Action Quality Assessment", ICASSP 2024. {@link MCoRe.forward} is the
 * paper's section 2 in its order; losses and scoring call it or its steps.
 */
export class MCoRe {
  readonly config: MCoReConfig;
  readonly backbone: GsmRegNetY;
  readonly segmenter: BiGruSegmenter;
  readonly regressor: ContrastiveRegressor;

  /**
   * @param config - A preset or a changed copy of one.
   * @param options - `seed` of the initial weights.
   * @throws {@link ArgumentError} if a size is invalid.
   */
  constructor(config: MCoReConfig, options: { seed: number | string }) {
    this.config = config;
    this.backbone = new GsmRegNetY(config.backbone, { seed: `${options.seed} backbone` });
    const featureSize = this.backbone.featureSize;
    const parts: { dispose(): void }[] = [this.backbone];
    try {
      this.segmenter = new BiGruSegmenter(
        { ...config.segmenter, inputSize: featureSize, transitions: config.stages - 1 },
        { seed: `${options.seed} segmenter` },
      );
      parts.push(this.segmenter);
      this.regressor = new ContrastiveRegressor(
        { ...config.regressor, featureSize },
        { seed: `${options.seed} regressor` },
      );
    } catch (error) {
      for (const part of parts) part.dispose();
      throw error;
    }
  }

  /**
   * Compares clips in pairs: the relative score R(D(F(V_q)); D(F(V_e))) of eq. 1 and 2.
   *
   * A predicted score is the exemplar's score plus this relative score (eq. 1); see `voteOverExemplars` for several exemplars (eq. 13).
   *
   * @param query - RGB values 0..255 of B clips, `[batch, time, height, width, 3]`.
   * @param exemplar - RGB values of the B clips to compare with, shaped likewise.
   * @param options - In training the true transitions and the seed of dropout.
   * @returns Tensors that the caller disposes (`tf.dispose(result)`).
   * @throws {@link ShapeError} if the frames or given transitions don't fit.
   */
  forward(query: tf.Tensor5D, exemplar: tf.Tensor5D, options: ForwardOptions = {}): PairForward {
    assertAlike(query, exemplar);
    return tf.tidy(() => {
      const features = this.features(tf.concat([query, exemplar], 0)); // X = F(V): [2B, T, C]
      return this.forwardFeatures(features, options);
    });
  }

  /**
   * {@link forward} from computed frame features: R(D(X_q); D(X_e)).
   *
   * @param features - Features of B queries, then of their B exemplars, `[2 batch, time, channels]`.
   * @param options - As for {@link forward}.
   * @returns Tensors that the caller disposes.
   * @throws {@link ShapeError} if the transitions don't fit.
   */
  forwardFeatures(features: tf.Tensor3D, { transitions, dropoutSeed }: ForwardOptions = {}): PairForward {
    return tf.tidy(() => {
      const logits = this.transitionLogits(features, dropoutSeed); // [2B, T, K]
      const cuts = transitions
        ? [...transitions.query, ...transitions.exemplar].map((clip) => [...clip])
        : this.decode(logits);
      const [query, exemplar] = halves(this.regressionFeatures(features, cuts)); // f_q and f_e: [B, S, L, C]
      const reference = this.config.regression === 'exemplars' ? exemplar : query;
      return {
        relativeScore: this.relativeScore(query, reference),
        transitions: { query: cuts.slice(0, cuts.length / 2), exemplar: cuts.slice(cuts.length / 2) },
        stageFeatures: { query, exemplar },
        logits,
        features: tf.clone(features),
      };
    });
  }

  /**
   * The relative score S_rel of eq. 10: the mean of {@link stageScores}, in units of `config.scoreScale` points.
   *
   * @param query - f_q, `[batch, stages, steps, channels]`; a batch of 1 is compared with every exemplar.
   * @param exemplar - f_e, shaped likewise.
   * @returns `[batch]`; the caller disposes it.
   */
  relativeScore(query: tf.Tensor4D, exemplar: tf.Tensor4D): tf.Tensor1D {
    return tf.tidy(() => tf.mean(this.stageScores(query, exemplar), 1));
  }

  /**
   * The contribution of every stage to the relative score: S_rel = Reg(f_rel) before the mean over stages, eq. 9 and 10.
   *
   * @param query - As for {@link relativeScore}.
   * @param exemplar - As for {@link relativeScore}.
   * @returns `[batch, stages]`; the caller disposes it.
   */
  stageScores(query: tf.Tensor4D, exemplar: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => {
      const differences = this.regressor.differences(query, exemplar); // f_rel, eq. 9: [B, S, L, C]
      return this.regressor.regress(differences); // eq. 10: [B, S]
    });
  }

  /**
   * Frame features X = F(V), section 2.2.
   *
   * @param frames - RGB values 0..255, `[batch, time, height, width, 3]`.
   * @returns `[batch, time, channels]`; the caller disposes it.
   */
  features(frames: tf.Tensor5D): tf.Tensor3D {
    return tf.tidy(() => this.backbone.apply(normalizeFrames(frames) as tf.Tensor5D));
  }

  /**
   * Scores of every frame for being a transition, before any softmax.
   *
   * @param features - `[batch, time, channels]`.
   * @param dropoutSeed - Seed of the dropout between GRU and linear layer; for training only.
   * @returns `[batch, time, transitions]`; the caller disposes it.
   */
  transitionLogits(features: tf.Tensor3D, dropoutSeed?: string): tf.Tensor3D {
    if (dropoutSeed === undefined) return this.segmenter.apply(features);
    return this.segmenter.apply(features, { training: true, random: new Random(dropoutSeed) });
  }

  /**
   * The most likely transitions, by the decoding of the configuration.
   *
   * They may be 0, as in the released code: {@link stageFeatures} cuts at 1 instead, while metrics compare the 0.
   *
   * @param logits - `[batch, time, transitions]`: a tensor (read synchronously, which webgpu can't do in Node), or `await logits.array()`.
   * @returns Batch x transitions frame indices.
   */
  decode(logits: Logits): number[][] {
    return this.config.decoding === 'ordered' ? decodeOrdered(logits) : decodeWindowed(logits);
  }

  /**
   * Cuts features at the transitions and resamples every stage.
   *
   * @param features - `[batch, time, channels]`.
   * @param transitions - Batch x transitions frame indices.
   * @returns `[batch, stages, steps, channels]`; the caller disposes it.
   */
  stageFeatures(features: tf.Tensor3D, transitions: readonly (readonly number[])[]): tf.Tensor4D {
    return resampleStages(features, transitions, this.config.stepsPerStage);
  }

  /**
   * Input of the regressor: the stages ({@link stageFeatures}), or, if the configuration is not `stagewise`, the whole clip resampled to as
   * many steps as all stages have together.
   *
   * @param features - `[batch, time, channels]`.
   * @param transitions - Batch x transitions frame indices.
   * @returns `[batch, ...regressionShape]`; the caller disposes it.
   */
  regressionFeatures(features: tf.Tensor3D, transitions: readonly (readonly number[])[]): tf.Tensor4D {
    if (this.config.stagewise) return this.stageFeatures(features, transitions);
    const uncut = transitions.map(() => []);
    return resampleStages(features, uncut, this.config.stages * this.config.stepsPerStage);
  }

  /** Sizes of one clip's {@link regressionFeatures}. */
  get regressionShape(): StageShape {
    const { stages, stepsPerStage, stagewise } = this.config;
    const channels = this.backbone.featureSize;
    return stagewise
      ? { stages, steps: stepsPerStage, channels }
      : { stages: 1, steps: stages * stepsPerStage, channels };
  }

  /**
   * The score of an exemplar-free model, in units of `config.scoreScale` points. The regressor takes the query's own features in place of
   * the exemplar's, so its cross-attention becomes self-attention.
   *
   * @param query - `[batch, stages, steps, channels]`.
   * @returns `[batch]`; the caller disposes it.
   */
  ownScore(query: tf.Tensor4D): tf.Tensor1D {
    return this.relativeScore(query, query);
  }

  /**
   * Sets the bias of the regressor's last layer to a mean score, so that an exemplar-free model starts from the mean label and learns
   * deviations from it. Score differences already have mean 0.
   *
   * @param score - In points.
   */
  startFromScore(score: number): void {
    const last = `regressor_delta.layer${this.config.regressor.hidden.length + 1}.bias`;
    tf.tidy(() =>
      this.regressor
        .weights()
        .get(last)!
        .assign(tf.tensor1d([score / this.config.scoreScale])),
    );
  }

  /** All variables under the names of the released checkpoints, in PyTorch's layouts. */
  weights(): Map<string, tf.Variable> {
    const parts = [
      [PREFIXES.backbone, this.backbone.weights()],
      [PREFIXES.segmenter, this.segmenter.weights()],
      [PREFIXES.regressor, this.regressor.weights()],
    ] as const;
    return new Map(
      parts.flatMap(([prefix, weights]) => [...weights].map(([name, variable]) => [prefix + name, variable] as const)),
    );
  }

  /**
   * Replaces all weights.
   *
   * @param tensors - Under the names and in the layouts of {@link weights}; not disposed.
   * @throws {@link WeightsError} naming every missing, extra and misshapen tensor; weights do not change then.
   */
  load(tensors: ReadonlyMap<string, tf.Tensor> | Readonly<Record<string, tf.Tensor>>): void {
    loadWeights('MCoRe.load', this.weights(), tensors, { prefixes: ['module.'] });
  }

  /** Frees all variables. */
  dispose(): void {
    this.backbone.dispose();
    this.segmenter.dispose();
    this.regressor.dispose();
  }
}

/** True for tensors of the backbone, which has its own learning rate. */
export function isBackboneWeight(name: string): boolean {
  return name.startsWith(PREFIXES.backbone);
}

/** Queries and exemplars of a joined batch, `[B, S, L, C]` each. */
function halves(joined: tf.Tensor4D): [tf.Tensor4D, tf.Tensor4D] {
  return tf.split(joined, 2, 0) as [tf.Tensor4D, tf.Tensor4D];
}

function assertAlike(query: tf.Tensor5D, exemplar: tf.Tensor5D): void {
  if (query.rank !== 5 || query.shape[4] !== 3 || query.size === 0) {
    throw new ShapeError(
      `MCoRe.forward: query must be [batch, time, height, width, 3] and not empty, got ${formatShape(query.shape)}.`,
    );
  }
  if (!tf.util.arraysEqual(query.shape, exemplar.shape)) {
    throw new ShapeError(
      `MCoRe.forward: exemplar must be ${formatShape(query.shape)} like query, got ${formatShape(exemplar.shape)}.`,
    );
  }
}
