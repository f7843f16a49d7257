import type { DiveNumber } from '@mcore/clips';
import { type Key, type Pose, poseAt, poses } from './pose.js';
import { clamp, mix, smoothstep } from './vector.js';

/** The diver on the board, some time before the take-off. */
export interface Stance {
  readonly pose: Pose;
  /** Where the toes (or hands) are along the board; 0 is its edge, negative behind it. */
  readonly x: number;
  /** Metres above the board, in the hurdle. */
  readonly lift: number;
  /** How far the springboard's tip is pressed down, metres. */
  readonly press: number;
  /** Radians the body leans towards the water. */
  readonly tilt: number;
}

const edge = -0.06;

const running = (step: number, hurdle: number, landing: number): Key[] => {
  const keys: Key[] = [[hurdle - 5 * step, poses.standing]];
  for (let index = 4; index >= 1; index--) {
    keys.push([hurdle - index * step + 0.02, index % 2 === 0 ? poses.stepLeft : poses.stepRight]);
  }
  return [...keys, [hurdle, poses.crouch], [(hurdle + landing) / 2, poses.hurdle], [landing, poses.standingArmsWide]];
};

const springboardRun: Key[] = [...running(0.36, -1.1, -0.45), [-0.22, poses.press], [0, poses.takeOff]];
const platformRun: Key[] = [...running(0.27, -0.62, -0.28), [-0.15, poses.press], [0, poses.takeOff]];
const backwards: Key[] = [
  [-2, poses.standing],
  [-1.5, poses.standingArmsWide],
  [-0.95, poses.standingArmsUp],
  [-0.32, poses.backCrouch],
  [0, poses.takeOff],
];
const armstand: Key[] = [
  [-0.9, poses.handstand],
  [-0.3, poses.handstandBent],
  [0, poses.handstand],
];

/** @param seconds - Before the take-off, so 0 or less. */
export function approach(dive: DiveNumber, springboard: boolean, seconds: number): Stance {
  const time = Math.min(0, seconds);
  const leaning = 0.13 * smoothstep(-0.3, 0, time);
  if (dive.armstand) {
    const sway = 0.02 * Math.sin(time * 2.1);
    return { pose: poseAt(armstand, time), x: edge, lift: 0, press: 0, tilt: sway + leaning * 1.6 };
  }
  if (dive.direction === 'back' || dive.direction === 'inward') {
    const press = springboard ? 0.35 * bump(time, -0.55, -0.3, 0) - 0.08 * bump(time, -1.2, -0.9, -0.6) : 0;
    return { pose: poseAt(backwards, time), x: edge, lift: 0, press, tilt: leaning };
  }
  const [start, hurdle, landing] = springboard ? [-2.9, -1.1, -0.45] : [-1.97, -0.62, -0.28];
  const [from, before] = springboard ? [-3.4, -1.35] : [-4.2, -1.1];
  const walked = mix(from, before, clamp((time - start) / (hurdle - start), 0, 1));
  const jumped = clamp((time - hurdle) / (landing - hurdle), 0, 1);
  const x = time < hurdle ? walked : mix(before, edge, jumped);
  const lift = (springboard ? 0.55 : 0.22) * 4 * jumped * (1 - jumped);
  const press = springboard
    ? 0.5 * bump(time, landing, -0.22, 0) + 0.06 * Math.sin(time * 9) * (time < hurdle ? 1 : 0)
    : 0;
  return { pose: poseAt(springboard ? springboardRun : platformRun, time), x, lift, press, tilt: leaning };
}

function bump(time: number, start: number, peak: number, end: number): number {
  return time < peak ? smoothstep(start, peak, time) : 1 - smoothstep(peak, end, time);
}
