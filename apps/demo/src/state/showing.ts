import type { FineDivingLabel } from '@mcore/finediving-loader/labels';
import { batch, effect, signal } from '@preact/signals';
import { Playback } from '../playback.js';
import { WorkerStopped } from '../worker-link.js';
import { pictures } from './footage.js';
import { cancel, clearVerdict, judgeNow } from './judging.js';
import { loadPictures, pictureSource } from './pictures.js';
import * as store from './store.js';
import { kindOf, sentences, trouble } from './trouble.js';

/** Plays what is judged. */
export const playback = new Playback();
/** Whether it plays. */
export const playing = signal(false);
effect(() => {
  playback.playing = playing.value;
});

let opening = 0;

/** Looks at a rendered dive and judges it. */
export function showDive(clip: FineDivingLabel): void {
  void show({ kind: 'dive', clip }, clip.diveNumber, 0);
  history.replaceState(null, '', `${location.search}#${clip.id}`);
}

/** Looks at a video and, if it is not too long to be one dive, judges it; of what number it is, nobody has said yet. */
export function showFile(file: Blob, name: string, recorded = false): void {
  void show({ kind: 'file', file, name, recorded }, '', store.longestDive);
  history.replaceState(null, '', location.pathname + location.search);
}

async function show(source: store.Source, diveNumber: string, longest: number): Promise<void> {
  const own = ++opening;
  if (store.phase.value !== null || store.lookingForEvidence.value) cancel();
  clearVerdict();
  batch(() => {
    store.source.value = source;
    store.facts.value = null;
    store.trim.value = [0, 0];
    store.diveNumber.value = diveNumber;
    trouble.value = null;
  });
  store.overview.clear();
  store.footage.clear();
  playback.setRange(0, 0);
  try {
    const facts = await pictures.call('open', pictureSource(source));
    if (own !== opening) return;
    batch(() => {
      store.facts.value = facts;
      store.trim.value = [0, facts.durationSeconds];
    });
    playback.setRange(0, facts.durationSeconds);
    playback.seek(0);
    const isShort = longest === 0 || facts.durationSeconds <= longest;
    if (isShort) void judgeNow();
    await loadPictures('overview', source, [0, facts.durationSeconds]);
    if (own === opening && isShort) await loadPictures('footage', source, store.trim.value);
  } catch (error) {
    if (own !== opening || error instanceof WorkerStopped) return;
    // pictures that don't come, as from a huge video on a slow machine, are no reason to end what is computed
    if (store.phase.value !== null || store.verdict.value) return;
    cancel();
    const sample = { label: 'Show a rendered dive', go: () => showDive(store.firstDive) };
    const kind = kindOf(error, 'pictures');
    trouble.value = {
      text: sentences[kind === 'other' ? 'video' : kind],
      detail: (error as Error).message,
      ways: [sample],
    };
  }
}

/** Marks the part to judge; its pictures are loaded when `settled`. */
export function setTrim(from: number, to: number, settled: boolean): void {
  store.trim.value = [from, to];
  playback.setRange(from, to);
  const source = store.source.value;
  if (settled && source && to - from <= store.longestDive)
    void loadPictures('footage', source, [from, to]).catch(() => {});
}
