import { useEffect } from 'preact/hooks';
import { markEnd, markStart, stepFrames } from '../state/marks.js';
import { playing } from '../state/showing.js';
import { facts, isFilm, isTooLong, verdict } from '../state/store.js';

/** Plays or pauses. */
export function togglePlaying(): void {
  playing.value = !playing.value;
}

const keys: Record<string, () => void> = {
  i: markStart,
  o: markEnd,
  ',': () => stepFrames(-1),
  '.': () => stepFrames(1),
  k: togglePlaying,
};

/** Steps by frames, and marks where the dive begins and ends: with buttons and with keys. */
export function FilmMarks() {
  useEffect(() => {
    const listeners = new AbortController();
    addEventListener('keydown', onKey, { signal: listeners.signal });
    return () => listeners.abort();
  }, []);
  return (
    <fieldset class="marks" disabled={!facts.value}>
      <legend class="unseen">Frames and marks</legend>
      <button type="button" class="small" title="One frame back (key ,)" onClick={() => stepFrames(-1)}>
        − 1 frame
      </button>
      <button type="button" class="small" title="One frame on (key .)" onClick={() => stepFrames(1)}>
        + 1 frame
      </button>
      {isFilm.value && (
        <>
          <button type="button" class="small" onClick={markStart}>
            Starts here <kbd>I</kbd>
          </button>
          <button type="button" class="small" onClick={markEnd}>
            Ends here <kbd>O</kbd>
          </button>
        </>
      )}
      {isTooLong.value && !verdict.value && (
        <p class="long">
          This film is longer than a dive. Go to where the dive begins, press I; go to where it ends, press O; then
          judge it.
        </p>
      )}
    </fieldset>
  );
}

/** Keys of the page; those that are typed into a field stay there. */
function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const isTyping = target.matches('input:not([type="range"], [type="checkbox"], [type="radio"]), select, textarea');
  const act = keys[event.key.toLowerCase()];
  if (!act || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
}
