import { ArgumentError } from '@mcore/errors';
import type { FineDivingLabel } from '@mcore/finediving-loader/labels';
import { Random } from '@mcore/random';
import { byCompetition } from './by-competition.js';
import { fillGap } from './fill-gap.js';
import { RECORDING_FRAMES_PER_SECOND, type Scene } from './recording-scene.js';
import { visibleEvents } from './visible-events.js';

/** A dive of a recording, in frames of the recording; events are those that can be seen. */
export interface RecordedDive {
  readonly clip: FineDivingLabel;
  /** First frame of the labelled clip. */
  readonly start: number;
  /** First frame in the air. */
  readonly takeOff: number;
  /** First frame in which the diver touches the water. */
  readonly entry: number;
  /** Last frame of the labelled clip. */
  readonly end: number;
}

/** A replay of a dive, in frames of the recording. */
export interface RecordedReplay {
  readonly clip: FineDivingLabel;
  readonly from: number;
  /** The frame after its last one. */
  readonly to: number;
  /** Where the take-off is shown; before `from` in replays that begin in the air. */
  readonly takeOff: number;
  readonly entry: number;
  /** Speed: 0.25 is four times slower than life. */
  readonly rate: number;
}

/** What a recording shows, frame by frame, without any pixel. */
export interface RecordingPlan {
  /** FineDiving's name of the competition. */
  readonly competition: string;
  readonly seed: number | string;
  readonly frameCount: number;
  readonly framesPerSecond: number;
  /** What is shown, ascending, without holes. */
  readonly scenes: readonly Scene[];
  readonly dives: readonly RecordedDive[];
  readonly replays: readonly RecordedReplay[];
}

/** Options of {@link planRecording}. */
export interface PlanRecordingOptions {
  readonly seed?: number | string;
  /** Cuts gaps between dives down to this length; without it dives lie where they lie in the real recording. */
  readonly maxGapSeconds?: number;
  /** Only the first dives of the competition. */
  readonly dives?: number;
}

/** Seconds that a recording goes on after its last dive. */
const CLOSING = 25;

/** The labels of each of FineDiving's recordings, in the order of the dives. */
export function recordingLabels(labels: readonly FineDivingLabel[]): Map<string, FineDivingLabel[]> {
  const groups = byCompetition(labels);
  for (const group of groups.values()) group.sort((a, b) => a.recording.start - b.recording.start);
  return groups;
}

/**
 * Plans a recording of one competition: its dives where the labels have them, and between them what broadcasts show there: replays in
 * slow motion from other sides, score boards, the crowd, faces, divers who wait. 25 frames a second.
 *
 * @param labels - Of one competition, in any order.
 * @throws `ArgumentError` if the list is empty or has labels of several competitions.
 */
export function planRecording(labels: readonly FineDivingLabel[], options: PlanRecordingOptions = {}): RecordingPlan {
  const { seed = 0, maxGapSeconds = Number.POSITIVE_INFINITY, dives: count = labels.length } = options;
  const sorted = [...labels].sort((a, b) => a.recording.start - b.recording.start).slice(0, count);
  const [first] = sorted;
  if (!first || labels.some(({ competition }) => competition !== first.competition)) {
    throw new ArgumentError(
      `planRecording: expected labels of one competition, got ${new Set(labels.map(({ competition }) => competition)).size}.`,
    );
  }
  const maxGap = Math.round(maxGapSeconds * RECORDING_FRAMES_PER_SECOND);
  const scenes: Scene[] = [];
  const dives: RecordedDive[] = [];
  let position = 0;
  let realEnd = 0;
  for (const [index, clip] of sorted.entries()) {
    const before = sorted[index - 1];
    const random = Random.for(seed, 'recording', clip.id);
    const gap = Math.min(clip.recording.start - realEnd, maxGap);
    scenes.push(...fillGap({ from: position, to: position + gap, before, after: clip, random, seed }));
    const start = position + gap;
    const events = visibleEvents(clip, seed);
    scenes.push({ kind: 'dive', from: start, to: start + clip.frameCount, clip, start: 0, rate: 1, camera: 'own' });
    dives.push({
      clip,
      start,
      takeOff: start + events.takeOff,
      entry: start + events.entry,
      end: start + clip.frameCount - 1,
    });
    position = start + clip.frameCount;
    realEnd = clip.recording.start + clip.frameCount;
  }
  const closing = Math.min(CLOSING * RECORDING_FRAMES_PER_SECOND, maxGap);
  const random = Random.for(seed, 'recording', first.competition, 'end');
  scenes.push(
    ...fillGap({ from: position, to: position + closing, before: sorted.at(-1), after: undefined, random, seed }),
  );
  return {
    competition: first.competition,
    seed,
    frameCount: position + closing,
    framesPerSecond: RECORDING_FRAMES_PER_SECOND,
    scenes,
    dives,
    replays: scenes.flatMap((scene) => (scene.kind === 'replay' ? [replayOf(scene, seed)] : [])),
  };
}

function replayOf({ clip, from, to, start, rate }: Scene, seed: number | string): RecordedReplay {
  const { takeOff, entry } = visibleEvents(clip, seed);
  const shown = (frame: number) => from + (frame - start) / rate;
  return { clip, from, to, takeOff: shown(takeOff), entry: shown(entry), rate };
}
