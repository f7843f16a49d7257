import { project } from './camera.js';
import { type ClipPlan, planClip, type Shot } from './clip-plan.js';
import { add, scale, type Vector } from './vector.js';
import type { RenderableClip } from './visible-events.js';

/**
 * What can be told from a single frame. `tilt`: angle between the body and the vertical of the picture; `upright`: whether the head is above
 * the knees; `lean`, `legs`, `opening`, `splash`: points off for the entry's angle, the legs, the opening and the splash; `splashHeight`: how tall
 * the splash is in the picture; `flown`, `entered`: whether the take-off and the entry have been.
 */
export const frameReadings = [
  'tilt',
  'upright',
  'lean',
  'legs',
  'opening',
  'splashHeight',
  'splash',
  'flown',
  'entered',
] as const;

/** One of {@link frameReadings}. */
export type FrameReading = (typeof frameReadings)[number];

/** What frames show, frames x {@link frameReadings}, row after row. */
export interface FrameTruth {
  /** About -1 to 1. */
  readonly values: Float32Array;
  /** How much a value counts: 0 where it can't be seen, more where it shows best. */
  readonly weights: Float32Array;
}

/**
 * What frames of a dive show, from the plan they are drawn by: exact labels for single frames, which no data set of real dives has. They
 * are for teaching a backbone to look before it is trained on scores, and only on training clips: `lean`, `legs`, `opening` and `splash` are what scores are read from.
 *
 * @param frames - Native frame indices, in any order.
 * @param seed - Seed that the clip is drawn with.
 */
export function frameTruth(
  clip: RenderableClip,
  { frames, seed = 0 }: { readonly frames: readonly number[]; readonly seed?: number | string },
): FrameTruth {
  const plan = planClip(clip, seed);
  const width = frameReadings.length;
  const values = new Float32Array(frames.length * width);
  const weights = new Float32Array(frames.length * width);
  for (const [row, frame] of frames.entries()) {
    for (const [reading, [value, weight]] of Object.entries(readFrame(plan, frame))) {
      const at = row * width + frameReadings.indexOf(reading as FrameReading);
      values[at] = value;
      weights[at] = weight;
    }
  }
  return { values, weights };
}

type Readings = Partial<Record<FrameReading, readonly [value: number, weight: number]>>;

function readFrame(plan: ClipPlan, frame: number): Readings {
  const shot = plan.shots.findLast(({ from }) => from <= frame)!;
  const { motion } = plan.divers.at(-1)!;
  const seconds = motion.seconds(frame);
  const sinceEntry = seconds - motion.flightSeconds;
  const events: Readings = {
    flown: [seconds >= 0 ? 1 : -1, 0.3],
    entered: [sinceEntry >= 0 ? 1 : -1, 0.3],
  };
  // under water there is nothing to be seen of a dive but the bubbles that its splash leaves
  if (shot.view.kind === 'underwater') {
    return isWithin(sinceEntry, 0.08, 1.2) ? { ...events, splash: [points(motion.deductions.splash), 0.5] } : events;
  }
  return {
    ...events,
    ...(seconds > 0 && sinceEntry < 0.03 ? readBody(plan, shot, frame) : {}),
    ...readDeductions(plan, sinceEntry),
    ...(isWithin(sinceEntry, 0.08, 1.2) ? readSplash(plan, shot, frame) : {}),
  };
}

/** How the body lies in the picture, told from the line between knees and neck; above all shortly before the entry. */
function readBody(plan: ClipPlan, shot: Shot, frame: number): Readings {
  const { motion } = plan.divers.at(-1)!;
  const seconds = motion.seconds(frame);
  const { knees, neck } = motion.body(seconds);
  const [u, v] = inPicture(shot, frame, scale(add(knees[0], knees[1]), 0.5));
  const [neckU, neckV] = inPicture(shot, frame, neck);
  const across = neckU - u;
  const up = neckV - v;
  const sinceEntry = seconds - motion.flightSeconds;
  const weight = sinceEntry > -0.2 ? 3 : sinceEntry > -0.4 ? 2 : 0.5;
  return {
    tilt: [Math.atan2(Math.abs(across), Math.abs(up)) * 2 - 1, weight],
    upright: [up / (Math.hypot(across, up) + 0.02), Math.min(2, weight)],
  };
}

/** Points off, around the moments that show them. */
function readDeductions(plan: ClipPlan, sinceEntry: number): Readings {
  const { deductions } = plan.divers.at(-1)!.motion;
  return {
    ...(isWithin(sinceEntry, -0.2, 0.5) ? { lean: [points(deductions.entryAngle), 3] } : {}),
    ...(isWithin(sinceEntry, -0.4, 0.2) ? { legs: [points(deductions.legs), 0.7] } : {}),
    ...(isWithin(sinceEntry, -0.5, 0.2) ? { opening: [points(deductions.opening), 0.7] } : {}),
  };
}

function readSplash(plan: ClipPlan, shot: Shot, frame: number): Readings {
  const { motion, splash } = plan.divers.at(-1)!;
  const tall = (splash.height * inPicture(shot, frame, motion.entryPoint)[2]) / shot.operator.framing(frame).height;
  return { splashHeight: [tall * 7 - 1.5, 0.7], splash: [points(motion.deductions.splash), 2] };
}

/** A point in shares of the picture's height, from its middle of the world, and the scale there. */
function inPicture(shot: Shot, frame: number, point: Vector): [across: number, up: number, scale: number] {
  const { u, v, scale: size } = project(shot.view, point);
  const { height } = shot.operator.framing(frame);
  return [u / height, v / height, size];
}

/** Points of deduction on the scale of the other readings. */
const points = (deduction: number): number => (deduction - 3) / 2;

const isWithin = (value: number, low: number, high: number): boolean => value > low && value < high;
