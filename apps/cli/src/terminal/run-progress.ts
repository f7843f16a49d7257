import type { Clip } from '@mcore/clips';
import type { StepRecord } from '@mcore/training';
import type { PreparedClips, ValidationRecord } from '@mcore/training/node';
import { say } from './output.js';
import { startProgress } from './progress.js';

/** Makes clips ready with a progress bar. */
export async function prepareWithProgress(prepared: PreparedClips, clips: readonly Clip[]): Promise<void> {
  const progress = startProgress('Preparing clips', clips.length, 'clips');
  try {
    await prepared.makeAll(clips, (done) => progress.update(done));
  } finally {
    progress.stop();
  }
}

/**
 * Callbacks of a training run that draw one progress bar for all its steps, with pairs a second and the time left.
 *
 * @param batchSize - Pairs a step; without it no pairs a second are shown.
 */
export function trainingProgress(
  totalSteps: number,
  batchSize?: number,
): {
  onStep: (record: StepRecord) => void;
  onValidation: (record: ValidationRecord) => void;
  onNote: (text: string) => void;
} {
  let progress: ReturnType<typeof startProgress> | undefined;
  let validation = '';
  let last: number | undefined;
  /** Milliseconds a step, as a mean that forgets what is ten steps or so ago. */
  let pace: number | undefined;
  const pairsASecond = () => {
    const now = performance.now();
    if (last !== undefined) pace = pace === undefined ? now - last : 0.9 * pace + 0.1 * (now - last);
    last = now;
    return pace === undefined || batchSize === undefined ? '' : `${((1000 * batchSize) / pace).toFixed(1)} pairs/s, `;
  };
  return {
    onStep: (record) => {
      progress ??= startProgress('Training', totalSteps, 'steps', record.step - 1);
      progress.update(record.step, `${pairsASecond()}loss ${record.total.toFixed(2)}${validation}`);
      if (record.step === totalSteps) progress.stop();
    },
    onValidation: ({ step, srcc, best }) => {
      validation = `, validation SRCC ${srcc.toFixed(3)} at ${step} (best ${best.toFixed(3)})`;
      // the look itself is no part of the pace
      last = performance.now();
      if (!process.stderr.isTTY) say(`Validation at step ${step}: SRCC ${srcc.toFixed(3)}, best ${best.toFixed(3)}`);
    },
    onNote: say,
  };
}
