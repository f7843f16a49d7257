import { useSignal } from '@preact/signals';
import { useCallback, useRef } from 'preact/hooks';
import { stageNames } from '../stages.js';
import { moveTransition, resetTransitions } from '../state/judging.js';
import { SHORTEST } from '../state/marks.js';
import { playback, setTrim } from '../state/showing.js';
import {
  confirmed,
  corrected,
  evidence,
  facts,
  footage,
  overview,
  source,
  transitionSeconds,
  trim,
  uncertain,
  verdict,
} from '../state/store.js';
import { FilmCurves } from './film-curves.js';
import { clock } from './format.js';
import { Handle } from './handle.js';
import { nearest } from './paint-evidence.js';
import { useFrameLoop } from './use-frame-loop.js';

/** The film strip with its phases, how sure the model is of them, and where its evidence lies; phases and ends can be moved. */
export function Film() {
  const closeUp = useSignal(false);
  const strip = useRef<HTMLDivElement>(null);
  // a video of one frame may last no time at all
  const duration = facts.value?.durationSeconds || 1;
  const [start, end] = trim.value;
  const isFile = source.value?.kind === 'file';
  const isCut = isFile && (start > 0 || end < duration) && end > start;
  const [from, to] = closeUp.value && isCut ? trim.value : [0, duration];
  const place = (seconds: number) => (to > from ? (100 * (seconds - from)) / (to - from) : 0);
  const secondsAt = (clientX: number) => {
    const { left, width } = strip.current!.getBoundingClientRect();
    return from + (to - from) * Math.min(1, Math.max(0, (clientX - left) / width));
  };
  const moved = (index: number, seconds: number) => {
    const now = verdict.value;
    if (now) void moveTransition(index, nearest(now.seconds, seconds));
  };
  return (
    <section class="film" aria-labelledby="film-title">
      <div class="heading">
        <h2 id="film-title">Phases</h2>
        <p>
          {verdict.value
            ? 'Drag a boundary to correct it; the score follows at once.'
            : isFile
              ? 'Move the ends to where the dive begins and ends.'
              : 'Where flight and entry begin, once it is judged.'}
        </p>
        {isCut && (
          <button
            type="button"
            class="small"
            aria-pressed={closeUp.value}
            onClick={() => (closeUp.value = !closeUp.value)}
          >
            Only the dive
          </button>
        )}
        <button
          type="button"
          class="small"
          onClick={resetTransitions}
          disabled={!corrected.value}
          style={{ visibility: verdict.value ? 'visible' : 'hidden' }}
        >
          The model’s own phases
        </button>
      </div>
      <div class="strip" ref={strip}>
        <FilmPictures from={from} to={to} />
        <FilmCurves from={from} to={to} />
        {isFile && facts.value && !(closeUp.value && isCut) && (
          <>
            <i class="shade" style={{ left: 0, width: `${Math.max(0, place(start))}%` }} />
            <i class="shade" style={{ right: 0, width: `${Math.max(0, 100 - place(end))}%` }} />
            <Handle
              class="trim"
              label="Start of the dive"
              left={place(start)}
              now={start}
              min={0}
              max={end - SHORTEST}
              text={clock(start)}
              step={0.04}
              secondsAt={secondsAt}
              onMove={(seconds, settled) => setTrim(Math.max(0, Math.min(seconds, end - SHORTEST)), end, settled)}
            />
            <Handle
              class="trim"
              label="End of the dive"
              left={place(end)}
              now={end}
              min={start + SHORTEST}
              max={duration}
              text={clock(end)}
              step={0.04}
              secondsAt={secondsAt}
              onMove={(seconds, settled) =>
                setTrim(start, Math.min(duration, Math.max(seconds, start + SHORTEST)), settled)
              }
            />
          </>
        )}
        {transitionSeconds.value.map((seconds, index) => {
          const name = stageNames(transitionSeconds.value.length + 1)[index + 1]!;
          const isUncertain = uncertain.value.includes(index);
          const times = verdict.value!.seconds;
          return (
            <Handle
              key={name}
              class={`transition stage-${index + 1}${isUncertain ? ' uncertain' : ''}`}
              label={`Beginning of ${name.toLowerCase()}`}
              left={place(seconds)}
              now={seconds}
              min={times[0]!}
              max={times.at(-1)!}
              text={isUncertain ? `${clock(seconds)} ?` : clock(seconds)}
              words={isUncertain ? `${clock(seconds)}, uncertain` : clock(seconds)}
              step={(times.at(-1)! - times[0]!) / Math.max(1, times.length - 1)}
              secondsAt={secondsAt}
              onMove={(to) => moved(index, to)}
            />
          );
        })}
        <Playhead place={place} />
      </div>
      <Uncertain />
      <p class="key">
        <span>Curves: how likely each phase begins there.</span>
        <span class="evidence-key" style={{ visibility: evidence.value ? 'visible' : 'hidden' }}>
          Bars: how much a small change of a frame would move the score. A high bar is neither a fault nor a merit: look
          at the frame yourself.
        </span>
      </p>
    </section>
  );
}

/** Asks for a look at the transitions that the model is not sure of. */
function Uncertain() {
  const names = stageNames(transitionSeconds.value.length + 1);
  if (uncertain.value.length === 0) return null;
  return (
    <div class="uncertain-note">
      {uncertain.value.map((index) => {
        const name = names[index + 1]!.toLowerCase();
        return (
          <p key={name}>
            Dashed: the judge is unsure where {name} begins. Look at it; move it if it is wrong.{' '}
            <button type="button" class="small" onClick={() => playback.seek(transitionSeconds.value[index]!)}>
              Show {name}
            </button>{' '}
            <button
              type="button"
              class="small"
              onClick={() => {
                confirmed.value = new Set([...confirmed.value, index]);
              }}
            >
              It is right
            </button>
          </p>
        );
      })}
    </div>
  );
}

function Playhead({ place }: { place(seconds: number): number }) {
  const line = useRef<HTMLElement>(null);
  const latest = useRef(place);
  latest.current = place;
  useFrameLoop(
    useCallback(() => {
      if (line.current) line.current.style.left = `${latest.current(playback.seconds)}%`;
    }, []),
  );
  return <i class="playhead" ref={line} aria-hidden="true" />;
}

function FilmPictures({ from, to }: { from: number; to: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useRef('');
  useFrameLoop(
    useCallback(() => {
      const target = canvas.current;
      if (!target) return;
      const width = Math.round(target.clientWidth * devicePixelRatio);
      const height = Math.round(target.clientHeight * devicePixelRatio);
      const lane = from > 0 || to < (facts.value?.durationSeconds ?? 0) ? footage : overview;
      const key = `${from} ${to} ${width} ${height} ${lane === footage} ${lane.version.value}`;
      if (key === drawn.current || width === 0) return;
      drawn.current = key;
      target.width = width;
      target.height = height;
      const context = target.getContext('2d')!;
      const sample = lane.at(from)?.bitmap;
      if (!sample) return;
      const count = Math.max(1, Math.round(width / ((height * sample.width) / sample.height)));
      for (let index = 0; index < count; index++) {
        const bitmap = lane.at(from + ((to - from) * (index + 0.5)) / count)?.bitmap;
        if (bitmap) cover(context, bitmap, (width * index) / count, width / count, height);
      }
    }, [from, to]),
  );
  return (
    <div aria-hidden="true">
      <canvas class="pictures" ref={canvas} />
    </div>
  );
}

/** Fills a part of the strip with the middle of a picture. */
function cover(
  context: CanvasRenderingContext2D,
  bitmap: ImageBitmap,
  left: number,
  width: number,
  height: number,
): void {
  const scale = Math.max(width / bitmap.width, height / bitmap.height);
  const [w, h] = [width / scale, height / scale];
  context.drawImage(bitmap, (bitmap.width - w) / 2, (bitmap.height - h) / 2, w, h, left, 0, width, height);
}
