import { useSignal } from '@preact/signals';
import { useCallback, useRef } from 'preact/hooks';
import { describeDive } from '../describe-dive.js';
import type { Picture } from '../pictures/pictures-api.js';
import { lookForEvidence } from '../state/judging.js';
import { showExactly } from '../state/marks.js';
import { playback, playing } from '../state/showing.js';
import {
  evidence,
  facts,
  footage,
  lookingForEvidence,
  overview,
  playheadFootage,
  ready,
  source,
  trim,
  verdict,
} from '../state/store.js';
import { CameraPicture } from './camera.js';
import { FilmMarks, togglePlaying } from './film-marks.js';
import { clock } from './format.js';
import { paintEvidence } from './paint-evidence.js';
import { ReportHead } from './report-head.js';
import { TroubleNote } from './trouble-note.js';
import { paint, useFrameLoop } from './use-frame-loop.js';

/** The dive, playing, with what the score rests on laid over it. */
export function Viewer() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const slider = useRef<HTMLInputElement>(null);
  const time = useRef<HTMLOutputElement>(null);
  const slow = useSignal(false);
  const overlay = useSignal(false);
  const last = useRef('');

  useFrameLoop(
    useCallback((now: number) => {
      playback.tick(now);
      const { seconds } = playback;
      const shown = pictureAt(seconds);
      const heat = overlay.value ? evidence.value : null;
      const key = `${shown?.lane} ${shown?.request} ${shown?.index} ${heat !== null} ${overlay.value}`;
      if (key === last.current || !canvas.current) return;
      last.current = key;
      const placed = paint(canvas.current, shown?.bitmap);
      if (heat && ready.value && verdict.value) {
        paintEvidence(canvas.current, placed, heat, ready.value.view, verdict.value.seconds, seconds);
      }
      if (slider.current) slider.current.value = String(seconds);
      if (time.current) time.current.value = clock(seconds);
    }, []),
  );

  const [from, to] = trim.value;
  return (
    <section class="viewer" aria-label="The dive">
      <ReportHead />
      <div class="screen">
        <canvas ref={canvas} width="960" height="540" role="img" aria-label={pictureWords()} />
        <CameraPicture />
        <TroubleNote />
      </div>
      <div class="transport">
        <button type="button" class="play" onClick={togglePlaying} aria-pressed={playing.value}>
          {playing.value ? 'Pause' : 'Play'}
        </button>
        <input
          ref={slider}
          type="range"
          aria-label="Time"
          min={from}
          max={to}
          step="0.02"
          disabled={!facts.value}
          onInput={({ currentTarget }) => {
            playing.value = false;
            playback.seek(Number(currentTarget.value));
            showExactly();
          }}
        />
        <output ref={time} class="figure">
          0.00 s
        </output>
        <label class="check">
          <input
            type="checkbox"
            checked={slow.value}
            onChange={({ currentTarget }) => {
              slow.value = currentTarget.checked;
              playback.speed = slow.value ? 0.25 : 1;
            }}
          />
          Slow
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={overlay.value}
            disabled={!verdict.value}
            onChange={({ currentTarget }) => {
              overlay.value = currentTarget.checked;
              if (overlay.value && !evidence.value) void lookForEvidence();
            }}
          />
          {lookingForEvidence.value ? 'Looking …' : 'Where it looked'}
        </label>
        <FilmMarks />
      </div>
      {overlay.value && <SaliencyWords />}
    </section>
  );
}

/** What to make of the glow. */
function SaliencyWords() {
  return (
    <p class="saliency-words">
      Bright spots are where a small change of the picture would move the score most. They are not faults, and no proof
      that the judge understood the dive. If they lie off the diver, trust the score less.
    </p>
  );
}

/** The finest picture that is there; of the coarse ones only where nothing nearer is. */
function pictureAt(seconds: number): Picture | undefined {
  const found = [footage, playheadFootage, overview].flatMap((each) => each.at(seconds) ?? []);
  const distance = (picture: Picture) => Math.abs(picture.seconds - seconds);
  return found.reduce<Picture | undefined>(
    (best, each) => (best && distance(best) <= distance(each) + 1e-3 ? best : each),
    undefined,
  );
}

function pictureWords(): string {
  const now = source.value;
  if (now?.kind === 'dive') return `Drawing of a dive: ${describeDive(now.clip.diveNumber)}`;
  return now ? `Video ${now.name}` : 'Nothing yet';
}
