import { type Clip, sampleIndices } from '@mcore/clips';
import type { Random } from '@mcore/random';

/** The kinds of {@link drawTimeWarp}, with the share of clips that get each. */
export const timeWarps = {
  /** As the clip is: evenly sampled. */
  plain: 0.25,
  /** Cut closer: begins later, ends sooner; both transitions stay inside. */
  trimmed: 0.2,
  /** Played at a speed that changes smoothly, between half and double. */
  uneven: 0.1,
  /** Slow motion, 2 to 6 times, from some moment around the take-off until after the entry. */
  slowed: 0.12,
  /** A replay: begins at the take-off or in the air and ends soon after the entry, so nearly all of it is flight. */
  replay: 0.18,
  /** The approach is held for 0.4 to 4 times the length of the clip. */
  held: 0.1,
  /** The water is shown for 0.4 to 2 times the length of the clip. */
  lingering: 0.05,
} as const satisfies Record<string, number>;

/** A kind of {@link drawTimeWarp}. */
export type TimeWarp = keyof typeof timeWarps;

/** Share of clips in which frames are shown two to four times, as where film of fewer frames a second was converted. */
const REPEATED = 0.15;
/** Frames that a held approach wanders over, so that it is not a still picture. */
const SWAY = 4;

/**
 * Draws which native frames a clip is shown by, as if it had been filmed, cut or played otherwise. Frames only leave, repeat and change their
 * share of the clip; their order stays, except that a held approach sways over its first frames.
 *
 * @param clip - A clip with two transitions; every kind keeps the last one inside the clip, so that a splash is seen.
 * @param count - Frames to show.
 * @param kind - One of {@link timeWarps}; drawn unless given.
 * @returns `count` native indices. `sampleTransitions` of them gives the transitions of the new clip: 0 where it begins in the air.
 */
export function drawTimeWarp(
  clip: Pick<Clip, 'frameCount' | 'transitions' | 'start'>,
  count: number,
  random: Random,
  kind: TimeWarp = drawKind(random),
): number[] {
  const { frameCount, transitions, start } = clip;
  const [takeOff = 0, entry = takeOff] = [transitions[0], transitions.at(-1)];
  const last = frameCount - 1;
  // nothing to change where a label leaves no room on a side
  const isWhole = takeOff >= 2 && entry > takeOff && entry < last - 1;
  if (!isWhole || kind === 'plain') return repeated(sampleIndices(frameCount, count, start), random);
  const timing = timingOf(kind, { takeOff, entry, last }, random);
  return repeated(spread(timing, count, random), random);
}

/** How long each native frame is shown, and how long the first and the last are held. */
interface Timing {
  first: number;
  last: number;
  /** Relative length of native frames `first` to `last`. */
  lengths: Float64Array;
  holdFirst: number;
  holdLast: number;
  /** Frames after `first` that a hold may sway over. */
  sway: number;
}

function timingOf(
  kind: Exclude<TimeWarp, 'plain'>,
  { takeOff, entry, last: final }: { takeOff: number; entry: number; last: number },
  random: Random,
): Timing {
  const flight = entry - takeOff;
  let first = 0;
  let last = final;
  let holdFirst = 0;
  let holdLast = 0;
  let lengthOf: (frame: number) => number = () => 1;
  if (kind === 'trimmed') {
    first = random.integer(takeOff);
    last = entry + 1 + random.integer(final - entry);
  }
  if (kind === 'uneven') {
    const phases = [0, 1, 2].map(() => random.uniform(0, 2 * Math.PI));
    lengthOf = (frame) =>
      2 ** phases.reduce((sum, phase, at) => sum + Math.sin((2 * Math.PI * (at + 1) * frame) / final + phase) / 3, 0);
  }
  if (kind === 'slowed') {
    const slowness = random.uniform(2, 6);
    const from = takeOff + Math.round(flight * random.uniform(-0.3, 0.6));
    const to = entry + random.integer(Math.max(1, final - entry));
    first = random.integer(takeOff);
    lengthOf = (frame) => (frame >= from && frame <= to ? slowness : 1);
  }
  if (kind === 'replay') {
    first = Math.max(0, takeOff + Math.round(flight * random.uniform(-0.15, 0.35)));
    last = Math.min(final, entry + 2 + Math.round(flight * random.uniform(0, 0.3)));
  }
  if (kind === 'held') {
    first = random.integer(Math.max(1, takeOff - SWAY));
    holdFirst = final * random.uniform(0.4, random.chance(0.3) ? 4 : 1.5);
  }
  if (kind === 'lingering') holdLast = final * random.uniform(0.4, 2);
  const lengths = Float64Array.from({ length: last - first + 1 }, (_, at) => lengthOf(first + at));
  return { first, last, lengths, holdFirst, holdLast, sway: Math.max(0, Math.min(SWAY, takeOff - 1 - first)) };
}

/** The native frames shown at `count` moments, evenly from the first to the last. */
function spread({ first, lengths, holdFirst, holdLast, sway }: Timing, count: number, random: Random): number[] {
  const ends: number[] = [];
  let end = holdFirst;
  for (const length of lengths) {
    end += length;
    ends.push(end);
  }
  const total = end + holdLast;
  const pace = random.uniform(0.05, 0.5);
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    const moment = (index / Math.max(1, count - 1)) * (total - 1e-9);
    if (moment < holdFirst) return first + Math.round((sway * (1 - Math.cos((holdFirst - moment) * pace))) / 2);
    while (at < ends.length - 1 && ends[at]! <= moment) at++;
    return first + at;
  });
}

/** Sometimes shows only every second to fourth frame, as often. */
function repeated(indices: number[], random: Random): number[] {
  if (!random.chance(REPEATED)) return indices;
  const every = 2 + random.integer(3);
  const phase = random.integer(every);
  return indices.map((_, at) => indices[Math.max(0, at - ((at + phase) % every))]!);
}

function drawKind(random: Random): TimeWarp {
  let left = random.uniform();
  for (const [kind, share] of Object.entries(timeWarps) as [TimeWarp, number][]) {
    left -= share;
    if (left < 0) return kind;
  }
  return 'plain';
}
