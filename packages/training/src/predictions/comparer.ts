import { type Exemplar, type MCoRe, type ScoredClip, type StageShape, scoreAgainst } from '@mcore/model';

/** Whatever compares an encoded clip with exemplars: the model in tfjs, or its graph in ONNX Runtime. */
export interface Comparer {
  compare(stages: Float32Array, shape: StageShape, exemplars: readonly Exemplar[]): Promise<ScoredClip>;
}

/** Whether a replica can compare too, as one on ONNX Runtime does. */
export function isComparer<T extends object>(value: T): value is T & Comparer {
  return 'compare' in value && typeof value.compare === 'function';
}

/** Compares with a model, on the current tfjs backend. */
export function modelComparer(model: MCoRe): Comparer {
  return { compare: (stages, shape, exemplars) => scoreAgainst(model, stages, shape, exemplars) };
}

/** The replica that can compare, or else the model, on the current tfjs backend. */
export function comparerAmong(replicas: readonly object[], model: MCoRe): Comparer {
  return replicas.find(isComparer) ?? modelComparer(model);
}
