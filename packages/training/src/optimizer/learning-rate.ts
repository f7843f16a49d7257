import { isBackboneWeight, type OptimiserConfig } from '@mcore/model';
import type { ParameterLayout } from '../compute/parameter-layout.js';

/** The learning rate of every parameter: the backbone has its own. */
export function learningRates(
  { learningRate, backboneLearningRate }: Pick<OptimiserConfig, 'learningRate' | 'backboneLearningRate'>,
  layout: ParameterLayout,
): Float32Array {
  return layout.fill((name) => (isBackboneWeight(name) ? backboneLearningRate : learningRate));
}

/** What {@link learningRateFactor} needs to know of a run. */
export interface LearningRateSchedule {
  schedule: 'cosine' | 'constant' | 'linear' | 'step';
  /** Steps over which the rate rises from 0. */
  warmupSteps: number;
  /** Steps between two falls of schedule `'step'`; a third of all unless given. */
  decayEvery?: number;
  /** Factor of every such fall; 0.1 unless given. */
  decayFactor?: number;
}

/**
 * The factor on the learning rate at a step: a linear rise over the warm-up, times the schedule: constant, half a cosine or a line down
 * to 0 at `totalSteps`, or falls by a factor at regular steps.
 *
 * Source of the cosine: Loshchilov and Hutter, "SGDR", ICLR 2017, eq. 5 without restarts.
 *
 * @param step - Steps already done, from 0.
 * @returns In [0, 1].
 */
export function learningRateFactor(schedule: LearningRateSchedule, step: number, totalSteps: number): number {
  const warmup = schedule.warmupSteps > 0 ? Math.min(1, (step + 1) / schedule.warmupSteps) : 1;
  switch (schedule.schedule) {
    case 'constant':
      return warmup;
    case 'linear':
      return warmup * Math.max(0, 1 - step / totalSteps);
    case 'step': {
      const { decayEvery = Math.max(1, Math.round(totalSteps / 3)), decayFactor = 0.1 } = schedule;
      return warmup * decayFactor ** Math.floor(step / decayEvery);
    }
    case 'cosine':
      return warmup * cosine(step, totalSteps);
  }
}

function cosine(step: number, totalSteps: number): number {
  return 0.5 * (1 + Math.cos((Math.PI * Math.min(step, totalSteps)) / totalSteps));
}
