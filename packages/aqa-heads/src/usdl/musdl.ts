import { ArgumentError } from '@mcore/errors';
import type { WeightMap } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import { assertBatch, assertDifficulty, assertFeatures, unstackEncoded } from '../shared/batches.js';
import type {
  ClipFeatures,
  ClipLabel,
  EncodedClip,
  Head,
  HeadLosses,
  HeadNeeds,
  HeadPrediction,
  QueryLabel,
  TrainingBatch,
} from '../shared/head.js';
import { HeadWeights } from '../shared/head-weights.js';
import { Layers } from '../shared/layers.js';
import type { MusdlConfig } from './config.js';
import { countingMarks } from './counting-marks.js';
import { expectedScore, labelDistribution, labelDivergence, mostLikelyScore, type ScoreBins } from './score-bins.js';
import { sumDistribution } from './sum-distribution.js';
import { scoreMlpNames, scoreMlpSpecs } from './usdl.js';

/**
 * MUSDL: USDL with one head a judge. With `marks: 'judges'` head i learns the i-th mark of a clip, as the released code does for
 * MTL-AQA's seven; with `marks: 'counting'`, which is ours, three heads learn the sorted marks that count, so that clips with 3, 5 or 7
 * judges can be used together. A clip whose three counting marks are not known (five judges of synchronised diving, or no marks at all)
 * teaches the distribution of the heads' sum, which is that of three independent marks.
 *
 * Source: Tang et al., "Uncertainty-aware Score Distribution Learning for Action Quality Assessment", CVPR 2020; sizes from the
 * authors' released code. 910,483 weights with seven heads at 368 channels, 390,207 with three.
 */
export class MusdlHead implements Head {
  readonly needs: HeadNeeds;
  readonly #layers: Layers;
  readonly #weights: HeadWeights;
  readonly #bins: ScoreBins;

  /** Use `createHead`, which checks the configuration. */
  constructor(
    readonly config: MusdlConfig,
    seed: number | string,
  ) {
    const { inputSize, hidden, bins, heads, marks, range, sigma } = config;
    const specs = Array.from({ length: heads }, (_, head) =>
      scoreMlpSpecs(`evaluator.${head}`, inputSize, hidden, bins),
    );
    this.#layers = new Layers(Object.assign({}, ...specs), seed);
    this.#weights = new HeadWeights('MusdlHead', [['', this.#layers]]);
    this.#bins = { count: bins, range, sigma };
    this.needs = {
      exemplars: false,
      transitions: false,
      awards: marks === 'judges',
      difficulty: true,
      steps: false,
      maps: false,
      wholeBatch: false,
    };
  }

  weights(): Map<string, tf.Variable> {
    return this.#weights.all();
  }

  load(map: WeightMap): void {
    this.#weights.load(map);
  }

  loss(batch: TrainingBatch): HeadLosses {
    assertBatch('MusdlHead.loss', batch, this.config.inputSize, this.needs);
    const { features, labels } = batch.query;
    const marks = labels.map((label, index) => this.#marksOf(label, index));
    return tf.tidy(() => {
      const logits = this.#logits(tf.mean(features, 1));
      const { bins, form } = this.config;
      const clips = (wanted: boolean) => marks.flatMap((known, index) => ((known !== null) === wanted ? [index] : []));
      const parts: tf.Scalar[] = [];
      const [withMarks, withSum] = [clips(true), clips(false)];
      if (withMarks.length > 0) {
        const ofHeads = logits.map((ofHead, head) => {
          const distributions = withMarks.map((clip) => labelDistribution(marks[clip]![head]!, this.#bins));
          return labelDivergence(distributions, rowsOf(ofHead, withMarks), 'batch');
        });
        parts.push(tf.mul(tf.addN(ofHeads), withMarks.length));
      }
      if (withSum.length > 0) {
        const sums = this.#sumBins();
        const labelled = withSum.map((clip) => labelDistribution(qualityOf(labels[clip]!), sums));
        const predicted = sumDistribution(logits.map((ofHead) => tf.softmax(rowsOf(ofHead, withSum))));
        parts.push(
          tf.mul(labelDivergence(labelled, tf.log(tf.add(predicted, 1e-12)) as tf.Tensor2D, 'batch'), withSum.length),
        );
      }
      const divisor = labels.length * (form === 'released' ? bins : 1);
      return { total: tf.div(tf.addN(parts), divisor) as tf.Scalar };
    });
  }

  async encode(clips: ClipFeatures): Promise<EncodedClip[]> {
    assertFeatures('MusdlHead.encode', clips, this.config.inputSize);
    return unstackEncoded(tf.mean(clips.features, 1));
  }

  async predict(query: EncodedClip & QueryLabel): Promise<HeadPrediction> {
    assertDifficulty('MusdlHead.predict', 'query', 'quality', query.difficulty);
    const pooled = tf.tensor2d(query.values, [1, query.values.length]);
    const probabilities = tf.tidy(() => tf.softmax(tf.concat(this.#logits(pooled), 0))); // [heads, bins]
    const rows = (await probabilities.array()) as number[][];
    tf.dispose([pooled, probabilities]);
    const { prediction, marks } = this.config;
    const values = rows.map((row) => (prediction === 'argmax' ? mostLikelyScore : expectedScore)(row, this.#bins));
    const counting = marks === 'judges' ? middle(values, this.config.counting) : values;
    const quality = counting.reduce((sum, mark) => sum + mark, 0);
    return { score: quality * query.difficulty!, spread: 0, votes: [] };
  }

  dispose(): void {
    this.#weights.dispose();
  }

  /** The marks that the heads learn, or null where only their sum is known. */
  #marksOf({ awards }: ClipLabel, index: number): number[] | null {
    const { marks, heads } = this.config;
    if (marks === 'counting') return awards === undefined ? null : countingMarks(awards, heads);
    if (awards?.length !== heads) {
      throw new ArgumentError(
        `MusdlHead.loss: expected ${heads} awards, one for each head, got ${awards?.length ?? 0} for query ${index}. Use marks: 'counting' for clips with different numbers of judges.`,
      );
    }
    return [...awards];
  }

  /** Of pooled features, one `[batch, bins]` a head. */
  #logits(pooled: tf.Tensor): tf.Tensor2D[] {
    const { heads, hidden } = this.config;
    return Array.from({ length: heads }, (_, head) =>
      this.#layers.mlp(scoreMlpNames(`evaluator.${head}`, hidden), pooled as tf.Tensor2D),
    );
  }

  /** Bins of the sum of all heads; its label is as wide as that of a sum of independent marks. */
  #sumBins(): ScoreBins {
    const { heads, bins, range, sigma } = this.config;
    return {
      count: heads * (bins - 1) + 1,
      range: [heads * range[0], heads * range[1]],
      sigma: sigma * Math.sqrt(heads),
    };
  }
}

/** Sum of the marks that count. */
function qualityOf({ score, difficulty }: ClipLabel): number {
  return score / difficulty!;
}

/** The values in the middle of the sorted list. */
function middle(values: readonly number[], count: number): number[] {
  const first = (values.length - count) / 2;
  return [...values].sort((a, b) => a - b).slice(first, first + count);
}

/** Some rows of a matrix; all of them if no row is left out. */
function rowsOf(matrix: tf.Tensor2D, rows: readonly number[]): tf.Tensor2D {
  if (rows.length === matrix.shape[0]) return matrix;
  const chosen = tf.oneHot(tf.tensor1d([...rows], 'int32'), matrix.shape[0]);
  return tf.matMul(tf.cast(chosen, 'float32') as tf.Tensor2D, matrix);
}
