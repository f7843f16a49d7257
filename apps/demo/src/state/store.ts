import { isDiveNumber } from '@mcore/clips';
import type { EngineChoice } from '@mcore/engines';
import { type FineDivingLabel, fineDivingLabels } from '@mcore/finediving-loader/labels';
import type { Saliency } from '@mcore/judge';
import { computed, signal } from '@preact/signals';
import { completionsOf } from '../dive-number-parts.js';
import type { Costs, JudgeReady, OwnWeights, Verdict } from '../judge/judge-api.js';
import type { FootageFacts } from '../pictures/pictures-api.js';
import { standingOf } from '../standing.js';
import { typicalDive } from '../typical-dive.js';
import { Footage } from './footage.js';

/** A transition with less confidence should be checked; as `UNCERTAIN` of @mcore/judge, whose code the page leaves to its worker. */
const UNCERTAIN = 0.5;

/** What is being looked at: a drawing of a label, or a video of one's own. */
export type Source = { kind: 'dive'; clip: FineDivingLabel } | { kind: 'file'; file: Blob; name: string };

/** Dives the shipped weights have never seen. */
export const testDives: readonly FineDivingLabel[] = fineDivingLabels.filter(({ split }) => split === 'test');

/** The dive that is shown when nothing else is asked for: {@link typicalDive} of those of one diver (synchronised dives have five awards). */
export const firstDive: FineDivingLabel = typicalDive(testDives.filter(({ awards }) => awards.length !== 5));

const labels = new Map(fineDivingLabels.map((label) => [label.id, label]));

/** A label by its id; exemplars of other data sets have none. */
export function labelOf(id: string): FineDivingLabel | undefined {
  return labels.get(id);
}

/** A dive is over within a few seconds; a longer film has to be marked first. */
export const longestDive = 15;

export const source = signal<Source | null>(null);
export const facts = signal<FootageFacts | null>(null);
/** The part of the video that is judged, in seconds. */
export const trim = signal<readonly [number, number]>([0, 0]);
/** As typed; empty for unknown. */
export const diveNumber = signal('');
export const engineChoice = signal<EngineChoice>('auto');
export const ownWeights = signal<OwnWeights | null>(null);

export const ready = signal<JudgeReady | null>(null);
/** What the judge is doing. */
export const phase = signal<string | null>(null);
export const verdict = signal<(Verdict & { costs: Costs }) | null>(null);
/** The part and number that the verdict is of, and when it was given. */
export const judged = signal<{ trim: readonly [number, number]; diveNumber: string; at: Date } | null>(null);
/** The verdict with transitions moved by hand. */
export const corrected = signal<Verdict | null>(null);
/** Where the transitions are shown, moved or not, in sampled frames. */
export const positions = signal<readonly number[]>([]);
export const evidence = signal<(Saliency & { milliseconds: number }) | null>(null);
export const lookingForEvidence = signal(false);
export const chosenExemplar = signal(0);
/** A video of one's own that is shown beside the one that is looked at, instead of a comparison dive. */
export const rivalId = signal<string | null>(null);
/** Transitions that a person looked at and found right, by their index. */
export const confirmed = signal<ReadonlySet<number>>(new Set());

/** Pictures of the whole video, few and small, for the film strip. */
export const overview = new Footage('overview');
/** Pictures of the part that is judged, to play. */
export const footage = new Footage('footage');
/** The one picture at the playhead, where the others are too coarse. */
export const playheadFootage = new Footage('playhead');
/** Pictures of the exemplar that is compared with. */
export const exemplarFootage = new Footage('exemplar');

/** Whole numbers that an incomplete one may become; while there are any, nothing is judged. */
export const completions = computed(() => (areDives.value ? completionsOf(diveNumber.value) : []));
/** Names of the classes that the weights know. */
export const classes = computed(() => ready.value?.classes.map(({ name }) => name) ?? []);
/** Whether these are dive numbers. */
export const areDives = computed(() => classes.value.every(isDiveNumber));

/** What is shown: the verdict with corrections, where there are any. */
export const shown = computed(() => corrected.value ?? verdict.value);
/** Whether the verdict is of something else than what is chosen now. */
export const isStale = computed(() => {
  const of = judged.value;
  if (!of || !verdict.value) return false;
  const [from, to] = trim.value;
  return of.trim[0] !== from || of.trim[1] !== to || of.diveNumber !== diveNumber.value.trim().toLowerCase();
});
/** Where the later stages begin, in seconds of the video. */
export const transitionSeconds = computed(() => {
  const seconds = verdict.value?.seconds ?? [];
  return positions.value.map((position) => seconds[position] ?? 0);
});
/** Transitions that somebody should look at: the model is not sure of them and nobody moved or confirmed them. */
export const uncertain = computed(() => {
  const { scored, positions: own } = verdict.value ?? {};
  if (!scored || !own) return [];
  return scored.transitionConfidence.flatMap((confidence, index) =>
    confidence < UNCERTAIN && own[index] === positions.value[index] && !confirmed.value.has(index) ? [index] : [],
  );
});
/** Whether a file or a recording is looked at, not a drawing. */
export const isFilm = computed(() => source.value?.kind === 'file');
/** Whether the weights were trained on drawings, and on nothing else. */
export const knowsDrawingsOnly = computed(() => {
  return ready.value?.weights.rendered ?? true;
});
/** How far the score that is shown can be relied on. */
export const standing = computed(() => {
  const now = shown.value;
  return now && standingOf(now.scored, { isFilm: isFilm.value, knowsDrawingsOnly: knowsDrawingsOnly.value });
});
/** Whether the film is too long to be one dive and its ends are not marked. */
export const isTooLong = computed(() => isFilm.value && trim.value[1] - trim.value[0] > longestDive);
/** The judges' score, where the dive is drawn from a label. */
export const trueScore = computed(() => (source.value?.kind === 'dive' ? source.value.clip.score : null));
