import { type Exemplar, type MCoRe, type ScoredClip, type StageShape, scoreAgainst } from '@mcore/model';

/** Whatever compares a described clip with exemplars: the model in tfjs, or its graph in ONNX Runtime. */
export interface Comparer {
  compare(stages: Float32Array, shape: StageShape, exemplars: readonly Exemplar[]): Promise<ScoredClip>;
}

/** Compares with a model, on the current tfjs backend. */
export function modelComparer(model: MCoRe): Comparer {
  return { compare: (stages, shape, exemplars) => scoreAgainst(model, stages, shape, exemplars) };
}
