import type { DiveNumber } from '@mcore/clips';
import { type Deductions, legFault, openingDelay } from './execution.js';
import { type Key, type Pose, poseAt, poses } from './pose.js';
import { clamp, mix, smoothstep } from './vector.js';

/** Body in the flight as a function of the share of the flight that has passed. */
export interface Flight {
  pose(share: number): Pose;
  /** Radians turned about the somersault axis since the take-off, always growing. */
  somersault(share: number): number;
  /** Radians turned about the body's own axis. */
  twist(share: number): number;
}

/** A sub-action in shares of the flight. */
export interface SubAction {
  readonly start: number;
  readonly end: number;
  readonly twisting: boolean;
}

/** Steps of the table of the somersault; fine enough for less than half a degree. */
const steps = 96;

/**
 * Plans the flight: the position the number asks for, twists where the labels have them, opening before the entry. The somersault turns faster the
 * smaller the body makes itself, as angular momentum stays what it was at the take-off.
 *
 * @param lean - Radians by which the dive is turned too far (positive) or not far enough.
 */
export function planFlight(
  dive: DiveNumber,
  deductions: Deductions,
  subActions: readonly SubAction[],
  lean: number,
): Flight {
  const twists = twistingParts(dive, subActions);
  const open = openingTime(dive, deductions);
  const keys = flightKeys(dive, deductions, twists, open);
  // divers who open in time hold their line for the rest of the flight
  const held = Math.max(open, twists.at(-1)?.end ?? 0);
  const turned = [0];
  for (let step = 0; step < steps; step++) {
    const share = (step + 0.5) / steps;
    const turning = 1 - 0.92 * smoothstep(held + 0.02, held + 0.17, share);
    turned.push(turned[step]! + turning / inertia(poseAt(keys, share)));
  }
  const total = dive.halfSomersaults * Math.PI + lean;
  const twistTime = twists.reduce((sum, part) => sum + part.end - part.start, 0);
  return {
    pose: (share) => poseAt(keys, share),
    somersault: (share) => {
      const at = clamp(share, 0, 1) * steps;
      const index = Math.min(steps - 1, Math.floor(at));
      return (total * mix(turned[index]!, turned[index + 1]!, at - index)) / turned[steps]!;
    },
    twist: (share) => {
      const passed = twists.reduce((sum, { start, end }) => sum + clamp(share, start, end) - start, 0);
      const part = twistTime > 0 ? passed / twistTime : 0;
      return dive.halfTwists * Math.PI * (part - (0.5 * Math.sin(2 * Math.PI * part)) / (2 * Math.PI));
    },
  };
}

/** Moment of inertia against that of the stretched body. */
function inertia(pose: Pose): number {
  const folded = clamp(pose.hip / 2.1, 0, 1);
  return 1 - folded * (0.5 + 0.16 * clamp(pose.knee / 2.4, 0, 1));
}

/** When the body turns about its own axis: where the labels say so, and otherwise early in the flight. */
function twistingParts(dive: DiveNumber, subActions: readonly SubAction[]): SubAction[] {
  if (dive.halfTwists === 0) {
    return [];
  }
  const labelled = subActions.filter((part) => part.twisting && part.end - part.start > 0.15);
  const parts = labelled.length > 0 ? labelled : [{ start: 0.1, end: 0.5, twisting: true }];
  return parts.map(({ start, end }) => ({ start: Math.max(0.07, start), end: Math.min(0.84, end), twisting: true }));
}

/** Share of the flight at which the body opens; late in poor dives. */
function openingTime(dive: DiveNumber, deductions: Deductions): number {
  const usual = dive.halfSomersaults >= 5 ? 0.74 : dive.halfSomersaults >= 3 ? 0.7 : 0.55;
  return clamp(usual + openingDelay(deductions.opening), 0.4, 0.93);
}

function flightKeys(dive: DiveNumber, deductions: Deductions, twists: readonly SubAction[], open: number): Key[] {
  const fault = legFault(deductions.legs);
  const faulty = (pose: Pose, share: number): Pose => ({
    ...pose,
    knee: pose.knee + 1.1 * fault * share,
    hip: pose.hip + 0.45 * fault * share,
    split: pose.split + 0.5 * fault * share,
  });
  const position =
    dive.position === 'tuck'
      ? { ...poses.tuck, split: 0.06 + 0.4 * fault }
      : faulty(poses.pike, dive.halfTwists ? 0.5 : 0.7);
  const flown = dive.position === 'straight' ? faulty(poses.straightArmsOut, 0.8) : position;
  const start = dive.armstand ? poses.handstand : poses.takeOff;
  const keys: Key[] = [[0, start]];
  const quick = dive.halfSomersaults <= 1 ? 0.3 : 0.13;
  let from = quick;
  for (const { start: twistStart, end } of twists) {
    if (twistStart > from + 0.16) {
      keys.push([from, flown], [twistStart - 0.05, flown]);
    }
    const begin = Math.max(twistStart + 0.04, keys.at(-1)![0] + 0.05);
    keys.push([begin, faulty(poses.twist, 0.8)], [Math.max(begin + 0.02, end - 0.05), faulty(poses.twist, 0.8)]);
    from = end + 0.06;
  }
  if (from < open - 0.04) {
    keys.push([from, flown], [open, flown]);
  }
  const headFirst = (dive.halfSomersaults % 2 === 1) !== dive.armstand;
  const entry = faulty(headFirst ? poses.headEntry : poses.feetEntry, 1);
  const opened = Math.max(open, keys.at(-1)![0]);
  keys.push([opened + 0.1, faulty(poses.comeOut, 0.6)], [opened + 0.19, entry]);
  return keys;
}
