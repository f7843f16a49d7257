import { computed, signal } from '@preact/signals';
import type { Item } from '../library/item.js';
import { changeItem, currentId, fileOf, items, setThumbnail, thumbnails } from '../library/library.js';
import { WorkerStopped } from '../worker-link.js';
import { pictures } from './footage.js';
import { fileJob, inTurn, judgeClip, judgeName, startJudge } from './judge-link.js';
import { longestDive } from './store.js';
import { kindOf, sentences, videoSentence } from './trouble.js';

/** Whether videos of the library are judged one after the other. */
export const judgingAll = signal(false);
/** Videos that wait for the judge. */
export const waiting = computed(() => items.value.filter(({ status }) => status === 'waiting'));

let stopped = false;

/** Judges all videos that wait, one after the other; what a person looks at comes before them. */
export async function judgeWaiting(): Promise<void> {
  if (judgingAll.value) return;
  judgingAll.value = true;
  stopped = false;
  try {
    await preparePictures();
    for (let next = nextWaiting(); next && !stopped; next = nextWaiting()) await judgeItem(next);
  } finally {
    judgingAll.value = false;
  }
}

/** Ends after the video that is judged now. */
export function stopJudgingAll(): void {
  stopped = true;
}

/** Lets all videos that have a verdict wait for another one, as after other weights were chosen. */
export function judgeAllAgain(): void {
  for (const { id, status } of items.value) {
    if (status === 'judged' || status === 'failed') changeItem(id, { status: 'waiting', trouble: null });
  }
  void judgeWaiting();
}

/** The one that is looked at is judged where it is shown. */
function nextWaiting(): Item | undefined {
  return waiting.value.find(({ id }) => id !== currentId.value);
}

/** Small pictures and lengths of all videos, before any is judged. */
async function preparePictures(): Promise<void> {
  for (const { id } of items.value) {
    if (stopped) return;
    if (thumbnails.value.has(id)) continue;
    await prepare(id).catch((error: Error) => {
      if (!(error instanceof WorkerStopped)) failItem(id, error, 'pictures');
    });
  }
}

async function prepare(id: string): Promise<void> {
  const item = items.value.find((each) => each.id === id);
  const file = item && (await fileOf(id));
  if (!file) return;
  const { facts, picture } = await pictures.call('thumbnail', { file, name: item.name });
  const { durationSeconds, frameCount } = facts;
  const isTooLong = durationSeconds > longestDive && item.trim === null;
  changeItem(id, {
    durationSeconds,
    frameCount,
    ...(isTooLong && item.status === 'waiting' && { status: 'too-long' as const }),
  });
  await setThumbnail(id, picture);
}

async function judgeItem({ id, name }: Item): Promise<void> {
  changeItem(id, { status: 'judging' });
  try {
    const file = await fileOf(id);
    if (!file) throw new Error('The video is no longer here.');
    await inTurn(async () => {
      const item = items.value.find((each) => each.id === id);
      if (!item) return;
      await startJudge();
      const trim = item.trim ?? [0, item.durationSeconds ?? Number.POSITIVE_INFINITY];
      const verdict = await judgeClip(fileJob(file, name, trim, item.className));
      const kept = { verdict, corrected: null, className: item.className, trim, judge: judgeName()!, at: Date.now() };
      changeItem(id, { status: 'judged', trouble: null, kept });
    });
  } catch (error) {
    // it was stopped for something else: it is judged after that
    if (error instanceof WorkerStopped) changeItem(id, { status: 'waiting' });
    else failItem(id, error as Error, 'judge');
  }
}

function failItem(id: string, error: Error, asked: 'judge' | 'pictures'): void {
  const kind = kindOf(error, asked);
  const trouble = asked === 'pictures' || kind === 'video' ? videoSentence(error.message) : sentences[kind];
  changeItem(id, { status: 'failed', trouble });
}
