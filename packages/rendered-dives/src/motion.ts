import { type DiveNumber, parseDiveNumber } from '@mcore/clips';
import { Random } from '@mcore/random';
import { approach } from './approach.js';
import { type Deductions, deductionsOf, entryLean, rise, travel } from './execution.js';
import { planFlight, type SubAction } from './flight.js';
import type { Pose } from './pose.js';
import { bodyFrame, centreOfMass, placeBody, type Skeleton } from './skeleton.js';
import {
  aboutX,
  aboutY,
  aboutZ,
  add,
  clamp,
  multiply,
  type Rotation,
  scale,
  smoothstep,
  type Vector,
} from './vector.js';
import { labelledFlight, type RenderableClip, type VisibleEvents, visibleEvents } from './visible-events.js';

const gravity = 9.81;

/** Seconds of a flight of middling height. */
const usualFlight = { springboard: 1.45, platform: 1.85 } as const;

/** Everything about one dive that does not depend on cameras or canvases. */
export interface Motion {
  readonly dive: DiveNumber;
  readonly deductions: Deductions;
  readonly events: VisibleEvents;
  readonly springboard: boolean;
  /** Height of the board above the water, metres: 3 or 10. */
  readonly boardHeight: number;
  /** Length of the flight in seconds. */
  readonly flightSeconds: number;
  /** Seconds between two frames. */
  readonly frameSeconds: number;
  /** Where the body meets the water. */
  readonly entryPoint: Vector;
  /** Seconds since the take-off of a frame's middle; also for fractions of frames. */
  seconds(frame: number): number;
  /** The body at a time in seconds since the take-off. */
  body(seconds: number): Skeleton;
  /** How far the springboard's tip is below its rest, metres. */
  press(seconds: number): number;
}

/** Options of {@link planMotion}. */
export interface MotionOptions {
  readonly springboard: boolean;
  /** 0, or the number of the partner in a synchronised dive, who dives beside and almost alike. */
  readonly partner: number;
  /** Metres to the side of the board's middle. */
  readonly side: number;
}

/** Plans a dive from its labels; the same for the same clip, seed and options. */
export function planMotion(clip: RenderableClip, seed: number | string, options: MotionOptions): Motion {
  const dive = parseDiveNumber(clip.diveNumber);
  const random = Random.for(seed, 'motion', clip.id);
  const over = random.chance(0.5);
  const leanSide = random.uniform(-0.65, 0.65);
  const twistSide = random.chance(0.5) ? 1 : -1;
  const slant = Random.for(seed, 'partner', clip.id, options.partner);
  const slip = options.partner > 0 ? slant.normal(0, 0.025) : 0;
  const deductions = deductionsOf(clip, seed);
  const lean = entryLean(deductions.entryAngle) + (options.partner > 0 ? slant.normal(0, 0.03) : 0);
  const leanForward = lean * Math.cos(leanSide) * (over ? 1 : -1);
  const leanSideways = lean * Math.sin(leanSide);
  const events = visibleEvents(clip, seed);
  const { springboard } = options;
  const boardHeight = springboard ? 3 : 10;
  const flight = planFlight(dive, deductions, subActions(clip), leanForward);

  const facing = dive.direction === 'back' || dive.direction === 'inward' ? Math.PI : 0;
  const sense = dive.direction === 'forward' || dive.direction === 'back' ? 1 : -1;
  const upside = dive.armstand ? Math.PI : 0;
  const turn = (somersault: number, twist: number, sideways: number): Rotation =>
    multiply(
      multiply(aboutX(sideways), aboutZ(-(upside + somersault))),
      multiply(aboutY(facing), multiply(aboutX(0.16 * Math.sin(twist)), aboutY(twist * twistSide))),
    );

  const onBoard = (seconds: number): Skeleton => {
    const stance = approach(dive, springboard, seconds);
    const body = bodyFrame(stance.pose);
    const place: Vector = [stance.x, boardHeight - stance.press + stance.lift, options.side];
    return placeBody(body, turn(stance.tilt, 0, 0), dive.armstand ? palms(body) : soles(body), place);
  };

  const start = centreOfMass(onBoard(0));
  const reach = entryReach(flight.pose(1), upside + dive.halfSomersaults * Math.PI + leanForward);
  const up = Math.sqrt(2 * gravity * rise(deductions.height, springboard));
  const flightSeconds = (up + Math.sqrt(up * up + 2 * gravity * (start[1] - reach))) / gravity;
  const entryX = travel(deductions.distance);
  const along = (entryX - start[0]) / flightSeconds;
  const frameSeconds = flightSeconds / (events.entry - events.takeOff);
  // before the take-off nothing may depend on how the dive will go
  const usualFrameSeconds =
    (springboard ? usualFlight.springboard : usualFlight.platform) / (events.entry - events.takeOff);

  const centre = (seconds: number): Vector => {
    const time = Math.min(seconds, flightSeconds);
    const x = start[0] + along * time;
    const y = start[1] + up * time - (gravity * time * time) / 2;
    const under = seconds - flightSeconds;
    if (under <= 0) {
      return [x, y, options.side];
    }
    const depth = (Math.hypot(up - gravity * flightSeconds, along) / 3.6) * (1 - Math.exp(-3.6 * under));
    const forward = Math.sin(leanForward) * sense;
    return [x + depth * forward * -0.5, y - depth * Math.cos(leanForward), options.side];
  };

  return {
    dive,
    deductions,
    events,
    springboard,
    boardHeight,
    flightSeconds,
    frameSeconds,
    entryPoint: [entryX, 0, options.side],
    seconds: (frame) => {
      const frames = frame - events.takeOff + 0.5;
      return frames * (frames < 0 ? usualFrameSeconds : frameSeconds);
    },
    body: (seconds) => {
      const time = seconds - slip;
      if (time <= 0) {
        return onBoard(time);
      }
      const share = time / flightSeconds;
      const body = bodyFrame(flight.pose(share));
      const lasting = 0.13 * (dive.armstand ? 1.6 : 1) * (1 - smoothstep(0, 1, share));
      const somersault = sense * flight.somersault(share) + lasting;
      const rotation = turn(somersault, flight.twist(share), leanSideways * clamp(share, 0, 1) ** 2);
      return placeBody(body, rotation, centreOfMass(body), centre(time));
    },
    press: (seconds) => {
      const time = seconds - slip;
      if (!springboard) {
        return 0;
      }
      return time <= 0 ? approach(dive, true, time).press : 0.3 * Math.sin(time * 17) * Math.exp(-time * 2.2);
    },
  };
}

/** The sub-actions of the flight as fractions of it. */
function subActions(clip: RenderableClip): SubAction[] {
  const [first, last] = labelledFlight(clip);
  const fraction = (frame: number) => clamp((frame - first) / (last - first), 0, 1);
  const labelled = clip.subActions ?? [];
  return labelled.slice(1, -1).map(({ frame, name }, index) => ({
    start: fraction(frame),
    end: fraction(labelled[index + 2]!.frame),
    twisting: name.includes('Twist'),
  }));
}

/** Between the feet, at the height of the soles. */
function soles(body: Skeleton): Vector {
  const toe = scale(add(body.toes[0], body.toes[1]), 0.5);
  const ankle = (body.ankles[0][1] + body.ankles[1][1]) / 2;
  return [toe[0], Math.min(toe[1], ankle - 0.07), 0];
}

function palms(body: Skeleton): Vector {
  return scale(add(body.hands[0], body.hands[1]), 0.5);
}

/** Height of the centre of mass above the lowest joint when the body touches the water. */
function entryReach(pose: Pose, somersault: number): number {
  const body = bodyFrame(pose);
  const turned = placeBody(body, aboutZ(-somersault), centreOfMass(body), [0, 0, 0]);
  return Math.max(0.3, ...[...turned.hands, ...turned.toes, turned.head].map((joint) => -joint[1]));
}
