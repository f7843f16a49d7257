import type { Costs, JudgeApi, JudgedSource, JudgeEvents, JudgeJob, Verdict } from '../judge/judge-api.js';
import { WorkerClient } from '../worker-link.js';
import * as store from './store.js';

/** What is called when the graphics device goes away; set by whoever can tell a person. */
export const onLost = { call: (_reason: string) => {} };

/** The worker that judges. */
export const judge = new WorkerClient<JudgeApi, JudgeEvents>(
  () => new Worker(new URL('../judge/judge.worker.ts', import.meta.url), { type: 'module', name: 'judge' }),
  {
    phase: (text) => {
      if (store.phase.value !== null) store.phase.value = text;
    },
    lost: (reason) => onLost.call(reason),
  },
);

/** The clip that the worker has in memory: its transitions can be moved. */
let loaded: JudgeJob | undefined;
let line: Promise<unknown> = Promise.resolve();

/** Does one thing of the judge after the other, since it holds one clip at a time. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = line.then(work);
  line = result.catch(() => {});
  return result;
}

/** Starts the judge where it is not running. */
export async function startJudge(): Promise<void> {
  // a worker that died since took its engine with it
  if (!judge.running) store.ready.value = null;
  store.ready.value ??= await judge.call('start', { engine: store.engineChoice.value, own: store.ownWeights.value });
}

/** Judges a clip with a judge that was started; call it {@link inTurn}. */
export async function judgeClip(job: JudgeJob): Promise<Verdict & { costs: Costs }> {
  const verdict = await judge.call('judge', job);
  loaded = job;
  return verdict;
}

/** Whether the judge has this clip in memory. */
export function isLoaded(job: JudgeJob): boolean {
  return store.ready.value !== null && loaded === job;
}

/** Ends whatever the judge does, at once. */
export function stopJudge(): void {
  judge.stop();
  loaded = undefined;
  store.ready.value = null;
  store.lookingForEvidence.value = false;
}

/** A file, or a part of it, as the judge takes it. */
export function fileJob(
  file: Blob,
  name: string,
  [fromSeconds, toSeconds]: readonly [number, number],
  className: string,
): JudgeJob {
  const source: JudgedSource = { kind: 'file', file, name, fromSeconds, toSeconds };
  return { source, diveNumber: className.trim().toLowerCase() || null };
}

/** Which weights judge: scores of others are out of date. */
export function judgeName(): string | null {
  const { ready, ownWeights } = store;
  if (!ready.value) return null;
  const { trainedOn, step } = ready.value.weights;
  return [trainedOn, step, ownWeights.value?.weights.name ?? 'shipped'].join(' | ');
}
