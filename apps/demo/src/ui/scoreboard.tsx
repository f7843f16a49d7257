import { executionOf } from '../execution.js';
import type { Verdict } from '../judge/judge-api.js';
import { partNames } from '../stages.js';
import { resetTransitions } from '../state/judging.js';
import {
  areDives,
  corrected,
  facts,
  isStale,
  knowsDrawingsOnly,
  phase,
  ready,
  shown,
  source,
  standing,
  trueScore,
  verdict,
} from '../state/store.js';
import { signed } from './format.js';
import { SaveMenu } from './save-menu.js';

/** How the comparison clips were found, for people. */
const matchWords = {
  'same dive number': 'all of this number',
  'same class': 'all of this class',
  'nearest dive number': 'of the most similar numbers',
  'nearest by features': 'those that look most alike',
  'none needed': 'none of which is needed',
} as const;

/** Fewer frames than this show no dive. */
const FEWEST = 12;

/** The score, what it means, and how sure it is. */
export function Scoreboard() {
  const now = shown.value;
  return (
    <section class="scoreboard" aria-labelledby="score-title" aria-busy={phase.value !== null}>
      <h2 id="score-title">{corrected.value ? 'Score with your phases' : 'Score'}</h2>
      <div role="status" aria-live="polite" class="live">
        <StandingNote />
        <p class={`digits figure${now ? '' : ' empty'}${isMuted() ? ' muted' : ''}${isStale.value ? ' stale' : ''}`}>
          {now ? now.scored.score.toFixed(1) : '––.–'}
        </p>
        <p class="beneath">{phase.value ?? (now ? intervalWords(now) : 'Choose a dive to have it judged.')}</p>
      </div>
      <Ruler verdict={now} />
      {now ? <Meaning verdict={now} /> : <div class="meaning" />}
      <SaveMenu />
      <p class="rendered">{weightsWords()}</p>
    </section>
  );
}

/** What may be said of the number, before the number. */
function StandingNote() {
  const now = standing.value;
  if (!now) return <p class="standing">{'\u00a0'}</p>;
  return (
    <div class={`standing ${now.kind}`}>
      <p>
        <b>{now.headline}</b>
      </p>
      {now.reasons.map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
    </div>
  );
}

/** Whether the number is shown without its full colour, because little can be built on it. */
function isMuted(): boolean {
  const { kind } = standing.value ?? {};
  return isStale.value || kind === 'unlike' || kind === 'film';
}

function intervalWords({ scored: { interval, level } }: Verdict): string {
  if (isStale.value) return 'The score of what was chosen before. Judge again.';
  const { frameCount } = facts.value!;
  if (frameCount < FEWEST) return `From ${frameCount} frame${frameCount === 1 ? '' : 's'}: too few to mean anything.`;
  if (!interval || standing.value?.kind !== 'trusted') return 'No interval: nobody knows how far off this is.';
  const [low, high] = interval;
  const words = `${Math.round(level! * 100)} % interval ${Math.max(0, low).toFixed(1)} to ${high.toFixed(1)}`;
  if (trueScore.value === null) return words;
  const inside = trueScore.value >= low && trueScore.value <= high;
  return `${words}. The judges’ score is ${inside ? 'in' : 'outside'} it.`;
}

/** The end of the scale: 120 for dives, and for other sports a round number above all scores. */
function rulerEnd({ scored, exemplars }: Verdict): number {
  const most = Math.max(scored.score, scored.interval?.[1] ?? 0, ...exemplars.map(({ score }) => score), 1);
  const step = 10 ** Math.floor(Math.log10(most));
  return areDives.value ? 120 : step * Math.ceil(most / step);
}

/** From 0 points on: interval, exemplars, the score and the judges' own. */
function Ruler({ verdict: now }: { verdict: Verdict | null }) {
  const most = now ? rulerEnd(now) : 120;
  const at = (points: number) => `${(100 * Math.min(most, Math.max(0, points))) / most}%`;
  const interval = standing.value?.kind === 'trusted' ? now?.scored.interval : null;
  const truth = now && trueScore.value;
  return (
    <div class="ruler" aria-hidden="true">
      <div class="scale">
        {interval && <i class="interval" style={{ left: at(interval[0]), right: `calc(100% - ${at(interval[1])})` }} />}
        {now?.exemplars.map(({ id, score }) => (
          <i key={id} class="exemplar" style={{ left: at(score) }} />
        ))}
        {now && <i class="score" style={{ left: at(now.scored.score) }} />}
        {typeof truth === 'number' && <i class="truth" style={{ left: at(truth) }} />}
      </div>
      <div class="ticks figure">
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{Number((part * most).toFixed(1))}</span>
        ))}
      </div>
    </div>
  );
}

function Meaning({ verdict: now }: { verdict: Verdict }) {
  const { scored, exemplars } = now;
  return (
    <div class="meaning">
      <Execution verdict={now} />
      {exemplars.length > 0 && <Parts verdict={now} />}
      <p class="quiet compared">
        {exemplars.length > 0
          ? `Points against ${exemplars.length} comparison ${areDives.value ? 'dives' : 'clips'}, ${matchWords[scored.match]}.`
          : 'These weights give the score itself and compare with no other clips.'}
        {trueScore.value !== null && (
          <>
            {' '}
            The judges gave <b class="figure truth-word">{trueScore.value.toFixed(2)}</b>.
          </>
        )}
        {corrected.value && (
          <>
            {' '}
            Its own phases: <b class="figure">{verdict.value!.scored.score.toFixed(1)}</b>.{' '}
            <button type="button" class="link" onClick={resetTransitions}>
              Back to them
            </button>
          </>
        )}
      </p>
    </div>
  );
}

/** The score as execution times difficulty, where the difficulty is known. */
function Execution({ verdict: { scored, exemplars } }: { verdict: Verdict }) {
  const labelled = source.value?.kind === 'dive' ? source.value.clip.difficulty : null;
  const found = executionOf(scored.score, labelled, exemplars, scored.match === 'same dive number');
  if (!found || !areDives.value) return null;
  const where = {
    label: '',
    'same number': ' The difficulty is that of the number.',
    'similar dives': ' The difficulty is the median of the comparison dives.',
  }[found.from];
  return (
    <>
      <p class="product">
        <span>
          <b class="figure">{found.execution.toFixed(1)}</b> execution
        </span>
        <span aria-hidden="true">×</span>
        <span>
          <b class="figure">{found.difficulty.toFixed(1)}</b> difficulty
        </span>
      </p>
      <p class="quiet">
        As if each of the three judges who count had given <b class="figure">{found.award.toFixed(1)}</b> of 10.{where}
      </p>
    </>
  );
}

/** What every stage adds, in the mean over exemplars. */
function Parts({ verdict: { scored } }: { verdict: Verdict }) {
  const names = partNames(ready.value);
  const means = names.map(
    (_, stage) => scored.exemplars.reduce((sum, vote) => sum + vote.stageDeltas[stage]!, 0) / scored.exemplars.length,
  );
  const largest = Math.max(5, ...means.map(Math.abs));
  return (
    <dl class="parts" aria-label="What each phase adds against the mean comparison dive, in points">
      {names.map((name, stage) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="figure">{signed(means[stage]!)}</dd>
          <dd class="bar" aria-hidden="true">
            <i
              class={`stage-${stage}`}
              style={{
                left: `${means[stage]! < 0 ? 50 - (50 * -means[stage]!) / largest : 50}%`,
                width: `${(50 * Math.abs(means[stage]!)) / largest}%`,
              }}
            />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What these weights are worth, plainly. */
function weightsWords(): string {
  if (!knowsDrawingsOnly.value) return `Weights trained on ${ready.value!.weights.trainedOn}.`;
  return 'These weights were trained on rendered dives. They cannot judge real ones.';
}
