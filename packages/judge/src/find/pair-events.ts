import { spotterOutputs } from './spotter.js';

/** A dive in a film: two events that belong together. */
export interface SpottedDive {
  /** In seconds from the first frame looked at; between frames where the probabilities say so. */
  readonly takeOff: number;
  /** In the same seconds. */
  readonly entry: number;
  /** Probability of both events and the flight between them, their geometric mean, in [0, 1]. */
  readonly confidence: number;
  /** Whether the dive is shown again, in slow motion or not. */
  readonly replay: boolean;
}

/** Options of {@link pairEvents}. */
export interface PairOptions {
  /** Of the probabilities. */
  readonly framesPerSecond: number;
  /** The least confidence of a dive. */
  readonly threshold: number;
}

/** A frame that is likelier an event than those around it. */
interface Peak {
  /** In frames, between two of them. */
  readonly at: number;
  readonly probability: number;
}

/** The least probability of an event. */
const LEAST = 0.05;

/** Two events of one kind are at least this far apart, in seconds. */
const APART = 0.5;

/**
 * Seconds of a flight. In FineDiving's 3,000 labels all but one in a hundred have 0.96 to 1.76, so what takes longer than `most` is slow motion,
 * up to about four times as slow; what takes longer than `long` may be.
 */
const FLIGHT = { least: 0.5, long: 2.05, most: 2.6, mostOfReplays: 8 } as const;

/** Mean probability of a replay from which a flight is one: of the usual length, and of a long one. */
const REPLAY = { usual: 0.5, long: 0.15 } as const;

/** Seconds between the take-offs of two dives; in FineDiving's recordings at least 11. What follows sooner shows the dive again. */
const SOONEST = 10;

/**
 * Makes dives of probabilities: each take-off with the entry that fits it best, no two of which overlap.
 *
 * @param probabilities - Frames x {@link spotterOutputs}.
 * @returns In the order of time.
 */
export function pairEvents(probabilities: Float32Array, { framesPerSecond, threshold }: PairOptions): SpottedDive[] {
  const track = (name: (typeof spotterOutputs)[number]) => outputOf(probabilities, name);
  const takeOffs = peaks(track('takeOff'), framesPerSecond);
  const entries = peaks(track('entry'), framesPerSecond);
  const [flight, replay] = [runningSum(track('flight')), runningSum(track('replay'))];
  const candidates: SpottedDive[] = [];
  let first = 0;
  for (const takeOff of takeOffs) {
    while (first < entries.length && entries[first]!.at <= takeOff.at) first++;
    for (let index = first; index < entries.length; index++) {
      const entry = entries[index]!;
      const seconds = (entry.at - takeOff.at) / framesPerSecond;
      if (seconds > FLIGHT.mostOfReplays) break;
      if (seconds < FLIGHT.least) continue;
      const isReplay =
        seconds > FLIGHT.most ||
        meanBetween(replay, takeOff.at, entry.at) > (seconds > FLIGHT.long ? REPLAY.long : REPLAY.usual);
      const flown = meanBetween(flight, takeOff.at, entry.at);
      const confidence = Math.cbrt(takeOff.probability * entry.probability * flown);
      if (confidence < threshold) continue;
      const [from, to] = [takeOff.at / framesPerSecond, entry.at / framesPerSecond];
      candidates.push({ takeOff: from, entry: to, confidence, replay: isReplay });
    }
  }
  return markSoonReplays(withoutOverlaps(candidates));
}

/** What follows a dive too soon to be another one is a replay. */
function markSoonReplays(dives: readonly SpottedDive[]): SpottedDive[] {
  let last = Number.NEGATIVE_INFINITY;
  return dives.map((dive) => {
    const replay = dive.replay || dive.takeOff - last < SOONEST;
    if (!replay) last = dive.takeOff;
    return replay === dive.replay ? dive : { ...dive, replay };
  });
}

/** The surest first; what overlaps one that was taken is left out. */
function withoutOverlaps(candidates: readonly SpottedDive[]): SpottedDive[] {
  const taken: SpottedDive[] = [];
  for (const dive of [...candidates].sort((a, b) => b.confidence - a.confidence || a.takeOff - b.takeOff)) {
    if (taken.every((other) => dive.entry < other.takeOff || dive.takeOff > other.entry)) taken.push(dive);
  }
  return taken.sort((a, b) => a.takeOff - b.takeOff);
}

function outputOf(probabilities: Float32Array, name: (typeof spotterOutputs)[number]): Float32Array {
  const width = spotterOutputs.length;
  const column = spotterOutputs.indexOf(name);
  return Float32Array.from(
    { length: probabilities.length / width },
    (_, frame) => probabilities[frame * width + column]!,
  );
}

/** Local maxima, the most likely first chosen, with the centre of the probability around each. */
function peaks(track: Float32Array, framesPerSecond: number): Peak[] {
  const apart = APART * framesPerSecond;
  const maxima: number[] = [];
  for (let frame = 0; frame < track.length; frame++) {
    const value = track[frame]!;
    if (value >= LEAST && value >= (track[frame - 1] ?? 0) && value > (track[frame + 1] ?? 0)) maxima.push(frame);
  }
  maxima.sort((a, b) => track[b]! - track[a]! || a - b);
  const kept: number[] = [];
  for (const frame of maxima) if (kept.every((other) => Math.abs(other - frame) >= apart)) kept.push(frame);
  return kept.sort((a, b) => a - b).map((frame) => ({ at: centre(track, frame), probability: track[frame]! }));
}

function centre(track: Float32Array, frame: number): number {
  let [sum, weighted] = [0, 0];
  for (const at of [frame - 1, frame, frame + 1]) {
    const value = track[at] ?? 0;
    sum += value;
    weighted += value * at;
  }
  return weighted / sum;
}

function runningSum(track: Float32Array): Float64Array {
  const sums = new Float64Array(track.length + 1);
  for (let frame = 0; frame < track.length; frame++) sums[frame + 1] = sums[frame]! + track[frame]!;
  return sums;
}

/** Mean of the frames between two positions. */
function meanBetween(sums: Float64Array, from: number, to: number): number {
  const [first, last] = [Math.ceil(from), Math.max(Math.ceil(from), Math.floor(to))];
  return (sums[last + 1]! - sums[first]!) / (last + 1 - first);
}
