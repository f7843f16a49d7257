import type { FineDivingLabel } from '@mcore/finediving-loader/labels';
import type { Random } from '@mcore/random';
import { RECORDING_FRAMES_PER_SECOND, type Scene, type SceneKind } from './recording-scene.js';
import { visibleEvents } from './visible-events.js';

/** What lies between two dives, or before the first and after the last. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly before: FineDivingLabel | undefined;
  readonly after: FineDivingLabel | undefined;
  readonly random: Random;
  readonly seed: number | string;
}

/** Replays after a dive, each as likely as it stands here. */
const replayCounts = [0, 1, 1, 1, 1, 2, 2] as const;

/** What fills the rest of a gap, each as likely as it stands here. */
const fillers: readonly SceneKind[] = ['waiting', 'waiting', 'approach', 'pan', 'crowd', 'scores', 'portrait'];

/** How many cameras other than the main one a competition has. */
const OTHER_CAMERAS = 4;

/** Scenes that fill a gap without holes: the water after a dive, replays, what broadcasts show, and the next diver getting ready. */
export function fillGap({ from, to, before, after, random, seed }: Gap): Scene[] {
  const scenes: Scene[] = [];
  let position = from;
  const frames = (least: number, most: number) => Math.round(random.uniform(least, most) * RECORDING_FRAMES_PER_SECOND);
  const lead = after ? Math.min(to - from, frames(1, 14)) : 0;
  const end = to - lead;
  const add = (scene: Omit<Scene, 'from' | 'to'>, length: number) => {
    const until = Math.min(end, position + Math.max(1, Math.round(length)));
    if (until <= position) return;
    scenes.push({ ...scene, from: position, to: until });
    position = until;
  };
  const fill = (least: number, most: number) => {
    const kind = random.pick(fillers);
    const clip = kind === 'portrait' ? (before ?? after)! : (after ?? before)!;
    const camera = random.chance(0.5) ? 'own' : random.integer(OTHER_CAMERAS);
    if (kind === 'approach') {
      // ends before the take-off, however long it lasts
      const length = frames(least, Math.min(most, 4));
      const stop = visibleEvents(clip, seed).takeOff - frames(0.5, 1.2);
      add({ kind, clip, start: stop - length, rate: 1, camera }, length);
      return;
    }
    // whoever waits stands still long before the take-off
    add({ kind, clip, start: -frames(12, 60), rate: 1, camera }, frames(least, most));
  };
  if (before) {
    add({ kind: 'dive', clip: before, start: before.frameCount, rate: 1, camera: 'own' }, frames(0.3, 2.5));
    for (let left = random.pick(replayCounts); left > 0; left--) {
      if (random.chance(0.6)) fill(1, 4);
      const replay = planReplay(before, random, seed);
      // a replay that the gap would cut short is left out
      if (position + replay.length <= end) add(replay.scene, replay.length);
    }
  }
  while (end - position > 2 * RECORDING_FRAMES_PER_SECOND) fill(2, 8);
  while (end > position) fill(2, 2);
  if (after && lead > 0)
    scenes.push({ kind: 'dive', from: end, to, clip: after, start: -lead, rate: 1, camera: 'own' });
  return scenes;
}

/** A replay from another side: mostly slow, sometimes begun in the air. */
function planReplay(clip: FineDivingLabel, random: Random, seed: number | string) {
  const { takeOff, entry } = visibleEvents(clip, seed);
  const rate = random.chance(0.12) ? 1 : random.uniform(0.25, 0.6);
  const start = takeOff + random.uniform(-30, 10);
  const end = entry + random.uniform(8, 30);
  const scene = { kind: 'replay', clip, start, rate, camera: random.integer(OTHER_CAMERAS) } as const;
  return { scene, length: (end - start) / rate };
}
