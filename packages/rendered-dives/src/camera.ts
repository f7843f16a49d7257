import { Random } from '@mcore/random';
import type { Motion } from './motion.js';
import { centreOfMass } from './skeleton.js';
import { clamp, dot, mix, smoothstep, subtract, type Vector } from './vector.js';

/**
 * A camera that looks level: what a real one does by turning, this one does by moving its picture, so that still things can be drawn once and shifted.
 */
export interface Viewpoint {
  readonly kind: 'side' | 'front' | 'low' | 'high' | 'underwater';
  readonly position: Vector;
  /** Unit vectors to the right of the picture and into the scene, both level. */
  readonly right: Vector;
  readonly into: Vector;
  /** Metres from the camera to the diver. */
  readonly distance: number;
  /** Metres of the diver's plane that fill the height of the picture when the zoom is 1. */
  readonly viewHeight: number;
}

/** A point in the diver's plane, in metres, and the scale there (1 at the diver's distance, more before it). */
export interface Projected {
  readonly u: number;
  readonly v: number;
  readonly scale: number;
}

/** Where the picture is: the middle in the diver's plane and its height, metres. */
export interface Framing {
  readonly u: number;
  readonly v: number;
  readonly height: number;
}

export function project(view: Viewpoint, point: Vector): Projected {
  const from = subtract(point, view.position);
  const depth = Math.max(0.5, dot(from, view.into));
  const factor = view.distance / depth;
  return { u: dot(from, view.right) * factor, v: from[1] * factor, scale: factor };
}

/** Picture height of something `height` metres above the water and `behind` metres behind the diver. */
export function elevation(view: Viewpoint, height: number, behind: number): number {
  return ((height - view.position[1]) * view.distance) / (view.distance + behind);
}

/** The camera that most of a competition's dives are seen from; every clip of one competition and seed has the same. */
export function mainViewpoint(competition: string, seed: number | string, springboard: boolean): Viewpoint {
  const random = Random.for(seed, 'camera', competition, springboard ? 3 : 10);
  const kind = random.pick(['side', 'side', 'side', 'low', 'high', 'front'] as const);
  return viewpoint(kind, random, springboard);
}

/** A second camera of the competition, for the cuts. */
export function replayViewpoint(
  competition: string,
  seed: number | string,
  springboard: boolean,
  index: number,
): Viewpoint {
  const random = Random.for(seed, 'replay camera', competition, springboard ? 3 : 10, index);
  return viewpoint(random.pick(['front', 'low', 'high', 'underwater', 'side'] as const), random, springboard);
}

function viewpoint(kind: Viewpoint['kind'], random: Random, springboard: boolean): Viewpoint {
  const top = springboard ? 3 : 10;
  const azimuth = kind === 'front' ? random.uniform(0.75, 1.05) : random.uniform(-0.2, 0.5);
  const turned = random.chance(0.5) ? azimuth : Math.PI - azimuth;
  const distance = kind === 'underwater' ? random.uniform(6.5, 9) : random.uniform(17, 30);
  const heights = {
    side: random.uniform(0.45, 0.75) * top + 1.2,
    front: random.uniform(0.4, 0.9) * top + 1,
    low: random.uniform(1, 1.7),
    high: top + random.uniform(2, 4),
    underwater: random.uniform(-1.9, -1.2),
  };
  const viewHeight = kind === 'underwater' ? random.uniform(3, 3.7) : random.uniform(3.5, 4.3);
  const into: Vector = [-Math.sin(turned), 0, -Math.cos(turned)];
  return {
    kind,
    position: [1 + distance * Math.sin(turned), heights[kind], distance * Math.cos(turned)],
    right: [Math.cos(turned), 0, -Math.sin(turned)],
    into,
    distance,
    viewHeight,
  };
}

/** Follows a dive: late, softly and with a shaking hand. */
export interface Operator {
  framing(frame: number): Framing;
}

/** How camera people work: most follow, some are late, stay wide or are still elsewhere when the clip begins. */
const habits = [
  'follow',
  'follow',
  'follow',
  'follow',
  'follow',
  'follow',
  'late',
  'wide',
  'wide',
  'elsewhere',
] as const;

/** Plans how the camera of one shot of one clip moves. */
export function planOperator(view: Viewpoint, motion: Motion, random: Random): Operator {
  const habit = random.pick(habits);
  const lag = habit === 'late' ? random.uniform(0.12, 0.3) : random.uniform(-0.02, 0.08);
  const elsewhere: readonly [u: number, v: number] = [random.uniform(-3, 3), random.uniform(-5, 1)];
  const arrives = random.uniform(0.35, 0.9) * Math.max(6, motion.events.takeOff);
  const softness = random.uniform(0.04, 0.12);
  const wide = random.uniform(0.92, 1.14) * (habit === 'wide' ? 1.3 : 1);
  const zoomFrom = random.uniform(0.94, 1.12);
  const zoomTo = random.uniform(0.88, 1.08);
  const offU = random.normal(0, 0.07);
  const offV = random.normal(0, 0.05);
  const shake = random.uniform(0.002, 0.012) * (random.chance(0.2) ? 2 : 1);
  const phases = Array.from({ length: 4 }, () => random.uniform(0, 2 * Math.PI));
  const water = project(view, motion.entryPoint);
  const { takeOff, entry } = motion.events;
  const under = view.kind === 'underwater';
  const below = under ? -0.3 : view.kind === 'high' ? 0.02 : 0.17;

  return {
    framing: (frame) => {
      const zoom = mix(zoomFrom, zoomTo, smoothstep(takeOff - 8, entry + 4, frame));
      const height = view.viewHeight * wide * zoom;
      const lowest = water.v + below * height;
      const time = motion.seconds(frame) - lag;
      let [u, v] = [0, 0];
      for (const part of [-1, 0, 1]) {
        const at = time + part * softness;
        // the body's centre, but steady over the hurdle and once the diver is under water
        const centre = centreOfMass(motion.body(clamp(at, -4, motion.flightSeconds)));
        const seen = project(view, centre);
        u += seen.u / 3;
        v += (under ? lowest : Math.max(seen.v, lowest)) / 3;
      }
      const away = habit === 'elsewhere' ? 1 - smoothstep(arrives * 0.4, arrives, frame) : 0;
      const settle = smoothstep(0, 0.7, motion.seconds(frame) - motion.flightSeconds);
      const hand = (phase: number, speed: number) => Math.sin(frame * speed + phases[phase]!);
      return {
        u:
          mix(u, water.u, settle * 0.5) +
          away * elsewhere[0] +
          height * (offU + shake * (hand(0, 0.31) + 0.6 * hand(1, 0.83))),
        v: v + away * elsewhere[1] + height * (offV * (1 - settle) + shake * (hand(2, 0.37) + 0.6 * hand(3, 0.71))),
        height,
      };
    },
  };
}
