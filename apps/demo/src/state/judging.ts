import { batch } from '@preact/signals';
import type { JudgeJob } from '../judge/judge-api.js';
import type { KeptVerdict } from '../library/item.js';
import { WorkerStopped } from '../worker-link.js';
import { fileJob, inTurn, isLoaded, judge, judgeClip, onLost, startJudge, stopJudge } from './judge-link.js';
import * as store from './store.js';
import { type Asked, kindOf, sentences, trouble, videoSentence } from './trouble.js';

/** Evidence is looked for without being asked where a verdict takes less than this, in milliseconds. */
const QUICK = 2500;

/** Goes up with every job, so that answers to an older one are known. */
let job = 0;

/** What the verdict is of. */
let judgedJob: JudgeJob | undefined;

/** Judges what is chosen now; what was going on before is ended. */
export async function judgeNow(): Promise<void> {
  const chosen = chosenJob();
  if (!chosen || store.completions.value.length > 0) return;
  if (store.phase.value !== null || store.lookingForEvidence.value) stopJudge();
  const own = ++job;
  const diveNumber = store.diveNumber.value.trim().toLowerCase();
  const trim = store.trim.value;
  const before = verdictBefore();
  clearVerdict();
  batch(() => {
    trouble.value = null;
    store.phase.value = 'Starting';
  });
  let asked: Asked = 'start';
  try {
    const verdict = await inTurn(async () => {
      if (own !== job) throw new WorkerStopped('another clip is wanted');
      await startJudge();
      asked = 'judge';
      return judgeClip(chosen);
    });
    if (own !== job) return;
    judgedJob = chosen;
    batch(() => {
      store.verdict.value = verdict;
      store.judged.value = { trim, diveNumber, at: new Date() };
      store.positions.value = verdict.positions;
      store.phase.value = null;
    });
    if (verdict.costs.milliseconds.network < QUICK) void lookForEvidence();
  } catch (error) {
    if (own !== job) return;
    // a number that the weights do not know says nothing about the verdict that was there
    if (kindOf(error, asked) === 'number') before();
    fail(error, asked);
  } finally {
    if (own === job) store.phase.value = null;
  }
}

/** Keeps what is shown of the last verdict; the function that it returns shows it again. */
function verdictBefore(): () => void {
  const { verdict, corrected, judged, positions, evidence, confirmed } = store;
  const kept = [verdict, corrected, judged, positions, evidence, confirmed].map((each) => each.value);
  return () =>
    batch(() => {
      for (const [index, each] of [verdict, corrected, judged, positions, evidence, confirmed].entries()) {
        (each as { value: unknown }).value = kept[index];
      }
    });
}

/** Shows a verdict of an earlier time without judging again; what is chosen now must be what it is of. */
export function showKept({ verdict, corrected, className, trim, at }: KeptVerdict): void {
  job++;
  const chosen = chosenJob();
  if (!chosen) return;
  judgedJob = chosen;
  batch(() => {
    store.verdict.value = verdict;
    store.corrected.value = corrected;
    store.judged.value = { trim, diveNumber: className.trim().toLowerCase(), at: new Date(at) };
    store.positions.value = (corrected ?? verdict).positions;
  });
}

/** Lets the judge do something with the clip whose verdict is shown, which is put before it again where another one is. */
function withShown<T>(work: () => Promise<T>): Promise<T> {
  const own = job;
  return inTurn(async () => {
    if (own !== job || !judgedJob) throw new WorkerStopped('another clip is wanted');
    if (!isLoaded(judgedJob)) {
      try {
        batch(() => {
          trouble.value = null;
          store.phase.value = 'Starting';
        });
        await startJudge();
        await judgeClip(judgedJob);
      } finally {
        if (own === job) store.phase.value = null;
      }
    }
    return work();
  });
}

/** Ends whatever the judge does; the next job starts it again. */
export function cancel(): void {
  job++;
  stopJudge();
  store.phase.value = null;
}

/** Forgets the verdict, because something else is looked at. */
export function clearVerdict(): void {
  batch(() => {
    store.verdict.value = null;
    store.corrected.value = null;
    store.judged.value = null;
    store.positions.value = [];
    store.evidence.value = null;
    store.chosenExemplar.value = 0;
    store.confirmed.value = new Set();
  });
  store.exemplarFootage.clear();
}

/** Starts the judge anew at the next job: another engine, other weights. */
export function resetJudge(): void {
  cancel();
  clearVerdict();
}

let moving = false;

/**
 * Moves a transition and scores again; while one score is computed only the last of several moves is kept.
 *
 * @param index - Of the transition.
 * @param position - In sampled frames; kept between its neighbours.
 */
export async function moveTransition(index: number, position: number): Promise<void> {
  const verdict = store.verdict.value;
  if (!verdict) return;
  const now = [...store.positions.value];
  const low = (now[index - 1] ?? 0) + (index > 0 ? 1 : 0);
  const high = (now[index + 1] ?? verdict.seconds.length) - 1;
  now[index] = Math.min(high, Math.max(low, Math.round(position)));
  if (now[index] === store.positions.value[index]) return;
  store.positions.value = now;
  store.evidence.value = null;
  if (moving) return;
  moving = true;
  const own = job;
  try {
    for (let asked: readonly number[] | undefined; asked !== store.positions.value && own === job; ) {
      const wanted = store.positions.value;
      asked = wanted;
      const moved = await withShown(() => judge.call('move', [...wanted]));
      // the person may have gone back to the model's own meanwhile
      if (own === job) store.corrected.value = [asked, store.positions.value].some(sameAsModel) ? null : moved;
    }
  } catch (error) {
    // what is shown is what was scored
    if (store.verdict.value === verdict) resetTransitions();
    if (own === job) fail(error, 'judge');
  } finally {
    moving = false;
  }
}

/** Puts the transitions back where the model found them. */
export function resetTransitions(): void {
  batch(() => {
    store.positions.value = store.verdict.value?.positions ?? [];
    store.corrected.value = null;
    store.evidence.value = null;
  });
}

function sameAsModel(positions: readonly number[]): boolean {
  return store.verdict.value!.positions.every((position, index) => position === positions[index]);
}

/** Computes where in time and image the score comes from. */
export async function lookForEvidence(): Promise<void> {
  if (store.lookingForEvidence.value || !store.verdict.value) return;
  store.lookingForEvidence.value = true;
  const own = job;
  const asked = store.positions.value;
  try {
    const found = await withShown(() => judge.call('saliency', [...asked]));
    if (own === job && asked === store.positions.value) store.evidence.value = found;
  } catch (error) {
    if (own === job) fail(error, 'judge');
  } finally {
    store.lookingForEvidence.value = false;
  }
}

/** What is chosen now. */
function chosenJob(): JudgeJob | null {
  const source = store.source.value;
  if (!source || !store.facts.value) return null;
  const diveNumber = store.diveNumber.value.trim().toLowerCase() || null;
  if (source.kind === 'dive') return { source: { kind: 'dive', id: source.clip.id }, diveNumber };
  return fileJob(source.file, source.name, store.trim.value, store.diveNumber.value);
}

const again = { label: 'Try again', go: () => void judgeNow() };

/** Computes with WebAssembly from now on. */
const useWasm = {
  label: 'Use WebAssembly instead',
  go: () => {
    store.engineChoice.value = 'wasm';
    resetJudge();
    void judgeNow();
  },
};

onLost.call = (reason) => {
  cancel();
  trouble.value = {
    text: 'The graphics device went away while it was needed. What is on the page stays.',
    detail: reason,
    ways: [again, useWasm],
  };
};

function fail(error: unknown, asked: Asked): void {
  if (error instanceof WorkerStopped) return;
  const kind = kindOf(error, asked);
  const engine = store.ready.value?.engine.name;
  // a worker that failed to load or died is gone already
  if (kind === 'memory' || kind === 'engine' || kind === 'weights' || !judge.running) stopJudge();
  const shipped = {
    label: 'Back to the shipped weights',
    go: () => {
      store.ownWeights.value = null;
      resetJudge();
      void judgeNow();
    },
  };
  const ways = {
    memory: [again, ...(engine === 'wasm' ? [] : [useWasm]), ...(store.ownWeights.value ? [shipped] : [])],
    engine: store.engineChoice.value === 'wasm' ? [again] : [again, useWasm],
    weights: store.ownWeights.value ? [shipped] : [again],
    number: [{ label: 'Judge without a number', go: () => unknownNumber() }],
    video: [again],
    other: [again],
  }[kind];
  const detail = (error as Error).message;
  trouble.value = { text: kind === 'video' ? videoSentence(detail) : sentences[kind], detail, ways };
}

function unknownNumber(): void {
  store.diveNumber.value = '';
  void judgeNow();
}
