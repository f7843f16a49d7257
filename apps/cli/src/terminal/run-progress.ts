import type { Clip } from '@mcore/clips';
import type { EvaluateEvent, FitEvent, PreparedClips } from '@mcore/training';
import type { PretrainEvent } from '@mcore/training/node';
import { say } from './output.js';
import { type Progress, startProgress } from './progress.js';

/** Makes clips ready with a progress bar. */
export async function prepareWithProgress(prepared: PreparedClips, clips: readonly Clip[]): Promise<void> {
  const show = workProgress();
  await prepared.makeAll(clips, (done, total) => show({ kind: 'preparing', done, total }));
}

/** Shows notes, and clips that are prepared or evaluated as progress bars. */
export function workProgress(): (event: EvaluateEvent) => void {
  let bar: { kind: string; progress: Progress } | undefined;
  return (event) => {
    if (event.kind === 'note') return say(`Note: ${event.text}.`);
    const { kind, done, total } = event;
    if (bar?.kind !== kind) {
      const [label, unit] =
        kind === 'preparing' ? ['Preparing clips', 'clips'] : ['Evaluating', 'clips with exemplars'];
      bar = { kind, progress: startProgress(label!, total, unit!) };
    }
    bar.progress.update(done);
    if (done < total) return;
    bar.progress.stop();
    bar = undefined;
  };
}

/** Shows a training run: what is prepared, then one progress bar for all steps, with pairs a second and the time left. */
export function fitProgress(batchSize?: number): (event: FitEvent) => void {
  const work = workProgress();
  const steps = stepProgress('Training');
  const pace = pairsASecond(batchSize);
  let validation = '';
  return (event) => {
    switch (event.kind) {
      case 'note':
      case 'preparing':
        return work(event);
      case 'split':
        return say(splitWords(event));
      case 'start':
        return steps.start(event);
      case 'step':
        return steps.step(event.step, `${pace.next()}loss ${event.total.toFixed(2)}${validation}`);
      case 'validation': {
        const { step, srcc, best } = event;
        validation = `, validation SRCC ${srcc.toFixed(3)} at ${step} (best ${best.toFixed(3)})`;
        pace.pause();
        if (!process.stderr.isTTY) say(`Validation at step ${step}: SRCC ${srcc.toFixed(3)}, best ${best.toFixed(3)}`);
        return;
      }
    }
  };
}

/** Shows a pretraining. */
export function pretrainProgress(): (event: PretrainEvent) => void {
  const work = workProgress();
  const steps = stepProgress('Pretraining');
  return (event) => {
    if (event.kind === 'note' || event.kind === 'preparing') work(event);
    if (event.kind === 'split') say(splitWords(event));
    if (event.kind === 'start') steps.start(event);
    if (event.kind === 'step') steps.step(event.step, `loss ${event.total.toFixed(3)}`);
    if (event.kind === 'validation' && !process.stderr.isTTY) {
      say(`Validation at step ${event.step}: ${readingsInWords(event.readings)}`);
    }
  };
}

function splitWords({ train, validation, source }: Extract<FitEvent, { kind: 'split' }>): string {
  return `${train} training and ${validation} validation clips of ${source}.`;
}

/** Correlations of what is read off frames, in words. */
export function readingsInWords(readings: Readonly<Record<string, number | null>>): string {
  return Object.entries(readings)
    .map(([name, value]) => `${name} ${value === null ? 'n/a' : value.toFixed(2)}`)
    .join(', ');
}

/** One bar for the steps of a run, which may begin after some that were done before. */
function stepProgress(label: string) {
  let progress: Progress | undefined;
  let before = { step: 0, totalSteps: 0 };
  return {
    start: (event: { step: number; totalSteps: number }) => {
      before = event;
      progress = undefined;
      if (event.step > 0) say(`Resuming after step ${event.step}`);
    },
    step: (step: number, note: string) => {
      progress ??= startProgress(label, before.totalSteps, 'steps', step - 1);
      progress.update(step, note);
      if (step === before.totalSteps) progress.stop();
    },
  };
}

/** Pairs a second, as a mean that forgets what is ten steps or so ago; evaluations are no part of it. */
function pairsASecond(batchSize: number | undefined) {
  let last: number | undefined;
  let pace: number | undefined;
  return {
    next: () => {
      const now = performance.now();
      if (last !== undefined) pace = pace === undefined ? now - last : 0.9 * pace + 0.1 * (now - last);
      last = now;
      return pace === undefined || batchSize === undefined ? '' : `${((1000 * batchSize) / pace).toFixed(1)} pairs/s, `;
    },
    pause: () => {
      last = performance.now();
    },
  };
}
