import { loadPictures } from './pictures.js';
import { playback, playing, setTrim } from './showing.js';
import * as store from './store.js';

/** The shortest part that can be judged, in seconds. */
export const SHORTEST = 0.2;

/** Lets the dive begin at the picture that is shown; its end follows where it would lie before. */
export function markStart(): void {
  const facts = store.facts.value;
  if (!store.isFilm.value || !facts) return;
  const from = Math.max(0, Math.min(playback.seconds, facts.durationSeconds - SHORTEST));
  const end = store.trim.value[1];
  setTrim(from, end > from + SHORTEST ? end : facts.durationSeconds, true);
}

/** Lets the dive end at the picture that is shown; its start follows where it would lie behind. */
export function markEnd(): void {
  const facts = store.facts.value;
  if (!store.isFilm.value || !facts) return;
  const to = Math.min(facts.durationSeconds, Math.max(playback.seconds, SHORTEST));
  const start = store.trim.value[0];
  setTrim(start < to - SHORTEST ? start : 0, to, true);
}

/** Shows the next or an earlier frame of the video. */
export function stepFrames(count: number): void {
  const facts = store.facts.value;
  if (!facts) return;
  playing.value = false;
  playback.seek(playback.seconds + (count * facts.durationSeconds) / Math.max(1, facts.frameCount));
  showExactly();
}

let settling: ReturnType<typeof setTimeout> | undefined;

/** Decodes the frame at the playhead once it rests, where only coarser pictures of a long film are there. */
export function showExactly(): void {
  clearTimeout(settling);
  settling = setTimeout(() => {
    const { value: facts } = store.facts;
    const { value: source } = store.source;
    if (!facts || source?.kind !== 'file' || playing.value) return;
    const { seconds } = playback;
    const frame = facts.durationSeconds / Math.max(1, facts.frameCount);
    const shown = store.footage.at(seconds);
    if (shown && Math.abs(shown.seconds - seconds) <= frame) return;
    void loadPictures('playhead', source, [seconds - frame / 2, seconds + frame / 2]).catch(() => {});
  }, 120);
}
