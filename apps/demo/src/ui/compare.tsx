import { useSignal } from '@preact/signals';
import { useCallback, useRef } from 'preact/hooks';
import { describeDive } from '../describe-dive.js';
import { nameClip } from '../name-clip.js';
import { frameRate, Playback } from '../playback.js';
import { stageNames, stageSpans } from '../stages.js';
import { rival } from '../state/rival.js';
import { playing as mainPlaying } from '../state/showing.js';
import {
  chosenExemplar,
  exemplarFootage,
  footage,
  labelOf,
  overview,
  ready,
  rivalId,
  shown,
  source,
  transitionSeconds,
  verdict,
} from '../state/store.js';
import { signed } from './format.js';
import { paint, useFrameLoop } from './use-frame-loop.js';

/** How long a whole dive takes to go by here, in seconds. */
const ALL = 4;

/** Query and exemplar side by side, one stage at a time, played in step. */
export function Compare() {
  const stage = useSignal(-1);
  const playing = useSignal(mainPlaying.value);
  const player = useRef(new Playback());
  const canvases = [useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null)] as const;
  const now = shown.value;
  const vote = now?.scored.exemplars[chosenExemplar.value];
  const exemplar = now?.exemplars[chosenExemplar.value];
  const label = exemplar && labelOf(exemplar.id);
  const names = stageNames(ready.value?.stages ?? 3);

  const query = spansOf(verdict.value?.seconds[0] ?? 0, verdict.value?.seconds.at(-1) ?? 0, transitionSeconds.value);
  const own = rival.value;
  const other = own
    ? spansOf(own.from, own.to, own.scored.transitionSeconds)
    : label
      ? spansOf(
          0,
          (label.frameCount - 1) / frameRate,
          label.transitions.map((frame) => frame / frameRate),
        )
      : [];
  const parts = useRef({ query, other });
  parts.current = { query, other };

  useFrameLoop(
    useCallback((seconds: number) => {
      const { query, other } = parts.current;
      const [mine, theirs] = [span(query, stage.value), span(other, stage.value)];
      player.current.setRange(0, mine ? Math.max(0.3, mine.to - mine.from) : ALL);
      player.current.playing = playing.value;
      player.current.speed = 0.5;
      player.current.tick(seconds);
      const { progress } = player.current;
      const at = (part: { from: number; to: number } | undefined) =>
        part ? part.from + progress * (part.to - part.from) : 0;
      const left = footage.at(at(mine)) ?? overview.at(at(mine));
      const right = theirs && exemplarFootage.at(at(theirs));
      for (const [canvas, picture] of [
        [canvases[0].current, left],
        [canvases[1].current, right],
      ] as const) {
        const key = `${picture?.lane} ${picture?.request} ${picture?.index}`;
        if (!canvas || canvas.dataset.shown === key) continue;
        canvas.dataset.shown = key;
        paint(canvas, picture?.bitmap);
      }
    }, []),
  );

  // whole clips have no part for a single stage
  const stageDeltas = vote?.stageDeltas.length === names.length ? vote.stageDeltas : [];
  const pairDelta = stage.value < 0 ? vote?.delta : stageDeltas[stage.value];
  // two videos were not compared with each other: there is only the difference of their scores
  const delta = own ? (now && stage.value < 0 ? now.scored.score - own.scored.score : undefined) : pairDelta;
  const left = own ? now?.scored.score : vote && vote.score + vote.delta;
  const right = own ? own.scored.score : exemplar?.score;
  return (
    <section class="compare" aria-labelledby="compare-title">
      <div class="heading">
        <h2 id="compare-title">Side by side</h2>
        <fieldset class="tabs">
          <legend class="unseen">Phase to compare</legend>
          {['Whole dive', ...names].map((name, index) => (
            <label key={name}>
              <input
                type="radio"
                name="stage"
                checked={stage.value === index - 1}
                onChange={() => (stage.value = index - 1)}
              />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
        <button
          type="button"
          class="small"
          aria-pressed={playing.value}
          onClick={() => (playing.value = !playing.value)}
        >
          {playing.value ? 'Pause' : 'Play in step'}
        </button>
      </div>
      <div class="sides">
        <figure>
          <canvas ref={canvases[0]} width="640" height="360" role="img" aria-label="This dive" />
          <figcaption>
            <span>
              This dive
              <small>
                {own
                  ? source.value?.kind === 'file'
                    ? source.value.name
                    : ''
                  : vote
                    ? 'by this comparison alone'
                    : ''}
              </small>
            </span>
            <b class="figure">{left === undefined ? '–' : left.toFixed(1)}</b>
          </figcaption>
        </figure>
        <p class="between">
          <b class="figure">{delta === undefined ? '–' : signed(delta)}</b>
          <span>{stage.value < 0 ? 'in all' : names[stage.value]!.toLowerCase()}</span>
        </p>
        <figure>
          <canvas
            ref={canvases[1]}
            width="640"
            height="360"
            role="img"
            aria-label={
              own ? `Your video ${own.item.name}` : exemplar ? `Comparison dive ${exemplar.id}` : 'Comparison dive'
            }
          />
          <figcaption>
            <span>
              {own
                ? own.item.name
                : exemplar
                  ? `${label ? nameClip(label) : exemplar.id}, ${exemplar.diveNumber.toUpperCase()}${label ? '' : ': no pictures of it here'}`
                  : 'A comparison dive'}
              {own ? (
                <button
                  type="button"
                  class="link"
                  onClick={() => {
                    rivalId.value = null;
                  }}
                >
                  Back to the comparison dives
                </button>
              ) : (
                label && <small>{describeDive(label.diveNumber)}</small>
              )}
            </span>
            <b class="figure">{right === undefined ? '–' : right.toFixed(1)}</b>
          </figcaption>
        </figure>
      </div>
    </section>
  );
}

function spansOf(from: number, to: number, transitions: readonly number[]) {
  return transitions.length > 0 || to > from ? stageSpans(from, to, transitions) : [];
}

function span(spans: readonly { from: number; to: number }[], stage: number) {
  if (spans.length === 0) return undefined;
  return stage < 0 ? { from: spans[0]!.from, to: spans.at(-1)!.to } : spans[stage];
}
