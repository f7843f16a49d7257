/** What {@link learningRateFactor} needs to know of a run. */
export interface LearningRateSchedule {
  schedule: 'cosine' | 'constant';
  /** Steps over which the rate rises from 0. */
  warmupSteps: number;
}

/**
 * The factor on the learning rate at a step: a linear rise over the warm-up, then constant or half a cosine down to 0
 * at `totalSteps`.
 *
 * Source of the cosine: Loshchilov and Hutter, "SGDR", ICLR 2017, eq. 5 without restarts.
 *
 * @param step - Steps already done, from 0.
 * @returns In [0, 1].
 */
export function learningRateFactor(schedule: LearningRateSchedule, step: number, totalSteps: number): number {
  const warmup = schedule.warmupSteps > 0 ? Math.min(1, (step + 1) / schedule.warmupSteps) : 1;
  if (schedule.schedule === 'constant') return warmup;
  return warmup * 0.5 * (1 + Math.cos((Math.PI * Math.min(step, totalSteps)) / totalSteps));
}
