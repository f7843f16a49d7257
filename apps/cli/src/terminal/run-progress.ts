import type { Clip } from '@mcore/clips';
import type { StepRecord } from '@mcore/training';
import type { PreparedClips } from '../data/prepared-clips.js';
import type { ValidationRecord } from '../run/train.js';
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

/** Callbacks of a training run that draw one progress bar for all its steps. */
export function trainingProgress(totalSteps: number): {
  onStep: (record: StepRecord) => void;
  onValidation: (record: ValidationRecord) => void;
  onNote: (text: string) => void;
} {
  let progress: ReturnType<typeof startProgress> | undefined;
  let validation = '';
  return {
    onStep: (record) => {
      progress ??= startProgress('Training', totalSteps, 'steps', record.step - 1);
      progress.update(record.step, `loss ${record.total.toFixed(2)}${validation}`);
      if (record.step === totalSteps) progress.stop();
    },
    onValidation: ({ step, srcc, best }) => {
      validation = `, validation SRCC ${srcc.toFixed(3)} at ${step} (best ${best.toFixed(3)})`;
      if (!process.stderr.isTTY) say(`Validation at step ${step}: SRCC ${srcc.toFixed(3)}, best ${best.toFixed(3)}`);
    },
    onNote: say,
  };
}
