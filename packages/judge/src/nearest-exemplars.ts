import type { Exemplar, ExemplarBank } from '@mcore/model';

/**
 * The exemplars most like a clip of unknown dive number: largest mean cosine similarity of the stages' mean features.
 * The paper always knows the dive number; this is for videos without one.
 */
export function nearestExemplars(bank: ExemplarBank, stages: Float32Array, count: number): Exemplar[] {
  const query = stageMeans(bank, stages);
  return bank.exemplars
    .map((exemplar) => ({ exemplar, similarity: meanCosine(query, stageMeans(bank, exemplar.stages)) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, count)
    .map(({ exemplar }) => exemplar);
}

function stageMeans({ shape }: ExemplarBank, values: Float32Array): Float32Array[] {
  const { stages, steps, channels } = shape;
  return Array.from({ length: stages }, (_, stage) => {
    const mean = new Float32Array(channels);
    for (let step = 0; step < steps; step++) {
      const offset = (stage * steps + step) * channels;
      for (let channel = 0; channel < channels; channel++) mean[channel]! += values[offset + channel]! / steps;
    }
    return mean;
  });
}

function meanCosine(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return a.reduce((sum, row, stage) => sum + cosine(row, b[stage]!), 0) / a.length;
}

function cosine(a: Float32Array, b: Float32Array): number {
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
