import type { Exemplar, ExemplarBank, StageShape } from './exemplar-bank.js';
import { stageMeans } from './stage-means.js';

/**
 * The exemplars most like a clip of unknown dive number: largest mean cosine similarity of the stages' mean features.
 * The paper always knows the dive number; this is for videos without one.
 */
export function nearestExemplars(bank: ExemplarBank, stages: Float32Array, count: number): Exemplar[] {
  const query = stageMeans(stages, bank.shape);
  return bank.exemplars
    .map((exemplar) => ({
      exemplar,
      similarity: meanCosine(query, stageMeans(exemplar.stages, bank.shape), bank.shape),
    }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, count)
    .map(({ exemplar }) => exemplar);
}

/** Mean over the stages of the cosine of two clips' features, stages x channels. */
function meanCosine(a: Float64Array, b: Float64Array, { stages, channels }: StageShape): number {
  let sum = 0;
  for (let stage = 0; stage < stages; stage++) {
    const [from, to] = [stage * channels, (stage + 1) * channels];
    sum += cosine(a.subarray(from, to), b.subarray(from, to));
  }
  return sum / stages;
}

function cosine(a: Float64Array, b: Float64Array): number {
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let index = 0; index < a.length; index++) {
    product += a[index]! * b[index]!;
    squareA += a[index]! ** 2;
    squareB += b[index]! ** 2;
  }
  return product / Math.max(1e-12, Math.sqrt(squareA * squareB));
}
