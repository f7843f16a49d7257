import type { Calibration, Checkpoint } from '@mcore/model';

/** The calibration of a checkpoint, for clips that it was not measured on. */
export function calibrationFor({ info }: Pick<Checkpoint, 'info'>, part: string): Calibration | undefined {
  return part === 'test' ? info.calibration : undefined;
}
