import type { Frames } from '@mcore/clips';
import {
  type Checkpoint,
  ClipEncoder,
  type ClipLabels,
  type EncodedClip,
  featurePairLosses,
  framesTensor,
  isBackboneWeight,
  type LabelledClips,
  type LossFunction,
  type MCoRe,
  type PairLosses,
  pairLosses,
} from '@mcore/model';
import * as tf from '@tensorflow/tfjs-core';
import type { Learner } from './learner.js';
import { ParameterLayout } from './parameter-layout.js';

/** One labelled clip, as the model takes it: sampled, resized and cropped. */
export interface ClipInput {
  frames: Frames;
  /** Indices of sampled frames. */
  transitions: readonly number[];
  /** In points. */
  score: number;
}

/** One pair to learn from. */
export interface PairInput {
  query: ClipInput;
  exemplar: ClipInput;
  /** For errors: which clips they are. */
  name?: string;
  dropoutSeed: string;
}

/** The parts of MCoRe's loss as numbers. */
export type LossValues = {
  total: number;
  regression: number;
  segmentation: number;
  contrastive: number;
};

/** What a pair says about the parameters. */
export interface PairGradient {
  losses: LossValues;
  /** In the order of {@link ParameterLayout}. */
  gradient: Float32Array;
}

/** One copy of the model that computes, here or on a thread of its own. */
export interface Replica extends Learner<PairInput, LossValues> {
  /** Inference on one clip. */
  encode(frames: Frames): Promise<EncodedClip>;
  dispose(): Promise<void>;
}

/** How copies of a model learn. */
export interface ReplicaOptions {
  /** Another loss than the sum of eq. 12; only copies in this thread can have one. */
  loss?: LossFunction;
}

/** Makes copies of a model to compute with. */
export type ReplicaFactory = (
  checkpoint: Pick<Checkpoint, 'info' | 'tensors'>,
  options?: ReplicaOptions,
) => Promise<Replica[]>;

/** A {@link Replica} in this thread, on the current tfjs backend. */
export class LocalReplica implements Replica {
  readonly model: MCoRe;
  readonly layout: ParameterLayout;
  /** Has the backbone ready for inference with the present parameters. */
  readonly #encoder: ClipEncoder;
  /** Variables that have a gradient: all that train but those of a frozen backbone. */
  readonly #learning: tf.Variable[];
  readonly #loss: LossFunction | undefined;

  /** @param model - Changed by {@link setParameters}; the caller disposes it. */
  constructor(model: MCoRe, { loss }: ReplicaOptions = {}) {
    this.model = model;
    this.#loss = loss;
    this.layout = layoutOf(model);
    this.#encoder = new ClipEncoder(model);
    const frozen = isBackboneFrozen(model);
    this.#learning = [...model.weights()].flatMap(([name, variable]) =>
      variable.trainable && !(frozen && isBackboneWeight(name)) ? [variable] : [],
    );
  }

  async setParameters(flat: Float32Array): Promise<void> {
    this.layout.write(flat);
    this.#encoder.dispose();
  }

  async gradient(pair: PairInput): Promise<PairGradient> {
    const parts: tf.Scalar[] = [];
    const { value, grads } = tf.tidy(() => {
      const lossesOf = this.#losses(pair);
      const computed = tf.variableGrads(() => {
        const { total, regression, segmentation, contrastive } = lossesOf();
        parts.push(...[regression, segmentation, contrastive].map((part) => tf.keep(part)));
        return total;
      }, this.#learning);
      return { value: computed.value, grads: this.layout.variables.map(({ name }) => computed.grads[name]) };
    });
    try {
      const [total, regression, segmentation, contrastive] = await Promise.all(
        [value, ...parts].map(async (scalar) => (await scalar.data())[0]!),
      );
      return {
        losses: { total: total!, regression: regression!, segmentation: segmentation!, contrastive: contrastive! },
        gradient: await this.layout.gather(grads),
      };
    } finally {
      tf.dispose([value, ...parts, ...grads.filter((gradient) => gradient !== undefined)]);
    }
  }

  /** How the losses of a pair are computed; what no gradient goes through is computed now. */
  #losses({ query, exemplar, dropoutSeed }: PairInput): () => PairLosses {
    if (!isBackboneFrozen(this.model)) {
      return () => pairLosses(this.model, toBatch(query), toBatch(exemplar), dropoutSeed, this.#loss);
    }
    const features = tf.concat([query, exemplar].map(({ frames }) => this.#encoder.features(frames))); // [2, T, C]
    const labels = [labelsOf(query), labelsOf(exemplar)] as const;
    return () => featurePairLosses(this.model, features, labels, dropoutSeed, this.#loss);
  }

  async encode(frames: Frames): Promise<EncodedClip> {
    return this.#encoder.encode(frames);
  }

  /** Frees what this copy made; the model stays. */
  async dispose(): Promise<void> {
    this.#encoder.dispose();
  }
}

/** The layout of a model's trainable parameters. */
export function layoutOf(model: MCoRe): ParameterLayout {
  return new ParameterLayout(model.weights());
}

/** A backbone with a learning rate of 0 stays as it is, so that no gradient has to be taken through it. */
function isBackboneFrozen({ config }: MCoRe): boolean {
  return config.optimiser.backboneLearningRate === 0;
}

function toBatch(clip: ClipInput): LabelledClips {
  return { frames: framesTensor(clip.frames), ...labelsOf(clip) };
}

function labelsOf({ transitions, score }: ClipInput): ClipLabels {
  return { transitions: [transitions], scores: [score] };
}

/** A replica in this thread that owns its model. */
export class OwningReplica extends LocalReplica {
  override async dispose(): Promise<void> {
    await super.dispose();
    this.model.dispose();
  }
}
