import type { FineDivingLabel } from '@mcore/finediving-loader/labels';
import { batch, effect, signal } from '@preact/signals';
import type { Item } from '../library/item.js';
import { addFiles, changeItem, currentId, fileOf, removeItem } from '../library/library.js';
import { Playback } from '../playback.js';
import { WorkerStopped } from '../worker-link.js';
import { pictures } from './footage.js';
import { judgeWaiting } from './judge-all.js';
import { judgeName } from './judge-link.js';
import { cancel, clearVerdict, judgeNow, showKept } from './judging.js';
import { loadPictures, pictureSource } from './pictures.js';
import * as store from './store.js';
import { kindOf, sentences, trouble, videoSentence } from './trouble.js';

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
  void show({ kind: 'dive', clip }, null);
  history.replaceState(null, '', `${location.search}#${clip.id}`);
}

/** Adds videos to the library, looks at the first and has the others judged in their turn. */
export async function addVideos(added: readonly { file: Blob; name: string }[]): Promise<void> {
  const [first] = await addFiles(added);
  if (first) {
    showItem(first);
    // on a phone the score would be below the screen
    if (matchMedia('(max-width: 44rem)').matches) document.querySelector('.arena')?.scrollIntoView();
  }
  void judgeWaiting();
}

/** Looks at a video of the library and, if it is not too long to be one dive, judges it, unless this judge did so before. */
export function showItem(item: Item): void {
  const own = ++opening;
  void fileOf(item.id).then((file) => {
    if (own !== opening) return;
    if (file) return show({ kind: 'file', file, name: item.name }, item);
    trouble.value = {
      text: 'This video is no longer here: the browser has removed it to free space.',
      detail: item.name,
      ways: [{ label: 'Remove it from the list', go: () => removeItem(item.id) }],
    };
  });
  history.replaceState(null, '', location.pathname + location.search);
}

async function show(source: store.Source, item: Item | null): Promise<void> {
  const own = ++opening;
  if (store.phase.value !== null || store.lookingForEvidence.value) cancel();
  clearVerdict();
  batch(() => {
    currentId.value = item?.id ?? null;
    store.source.value = source;
    store.facts.value = null;
    store.trim.value = [0, 0];
    store.diveNumber.value = source.kind === 'dive' ? source.clip.diveNumber : (item?.className ?? '');
    trouble.value = null;
  });
  for (const each of [store.overview, store.footage, store.playheadFootage]) each.clear();
  playback.setRange(0, 0);
  try {
    const facts = await pictures.call('open', pictureSource(source));
    if (own !== opening) return;
    const trim = item?.trim ?? ([0, facts.durationSeconds] as const);
    batch(() => {
      store.facts.value = facts;
      store.trim.value = trim;
    });
    playback.setRange(...trim);
    playback.seek(trim[0]);
    judgeOrShow(item);
    await loadPictures('overview', source, [0, facts.durationSeconds]);
    if (own === opening && !store.isTooLong.value) await loadPictures('footage', source, store.trim.value);
  } catch (error) {
    if (own !== opening || error instanceof WorkerStopped) return;
    // pictures that don't come, as from a huge video on a slow machine, are no reason to end what is computed
    if (store.phase.value !== null || store.verdict.value) return;
    cancel();
    showTrouble(error as Error, item);
  }
}

/** Judges what is shown, unless there is a verdict of this judge already or the film is too long. */
function judgeOrShow(item: Item | null): void {
  const kept = item?.kept;
  const name = judgeName();
  if (kept && (name === null || kept.judge === name)) showKept(kept);
  else if (!store.isTooLong.value) void judgeNow();
  else if (item) changeItem(item.id, { status: 'too-long' });
}

function showTrouble(error: Error, item: Item | null): void {
  const sample = { label: 'Show a rendered dive', go: () => showDive(store.firstDive) };
  const kind = kindOf(error, 'pictures');
  const text = kind === 'other' || kind === 'video' ? videoSentence(error.message) : sentences[kind];
  trouble.value = { text, detail: error.message, ways: [sample] };
  if (item) changeItem(item.id, { status: 'failed', trouble: text });
}

/** Marks the part to judge; its pictures are loaded when `settled`. */
export function setTrim(from: number, to: number, settled: boolean): void {
  store.trim.value = [from, to];
  playback.setRange(from, to);
  if (settled && currentId.value) changeItem(currentId.value, { trim: [from, to] });
  const source = store.source.value;
  if (settled && source && to - from <= store.longestDive)
    void loadPictures('footage', source, [from, to]).catch(() => {});
}
