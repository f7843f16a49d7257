import type { Pose } from './pose.js';
import { aboutX, aboutZ, add, mix, type Rotation, rotate, scale, smoothstep, type Vector } from './vector.js';

/** Joints in metres, left and right in pairs. */
export interface Skeleton {
  readonly pelvis: Vector;
  readonly chest: Vector;
  readonly neck: Vector;
  readonly head: Vector;
  readonly shoulders: readonly [Vector, Vector];
  readonly elbows: readonly [Vector, Vector];
  readonly hands: readonly [Vector, Vector];
  readonly hips: readonly [Vector, Vector];
  readonly knees: readonly [Vector, Vector];
  readonly ankles: readonly [Vector, Vector];
  readonly toes: readonly [Vector, Vector];
  /** Unit vectors of the upper body: where the chest faces, and towards the head. */
  readonly front: Vector;
  readonly up: Vector;
  /** Unit vector in which the face looks. */
  readonly face: Vector;
}

/** Lengths in metres of an adult of about 1.68 m. */
const size = {
  lowerTorso: 0.24,
  upperTorso: 0.27,
  neck: 0.1,
  head: 0.13,
  shoulder: 0.185,
  hip: 0.09,
  upperArm: 0.29,
  forearm: 0.27,
  hand: 0.12,
  thigh: 0.42,
  shin: 0.42,
  foot: 0.2,
} as const;

/** Share of the body's mass carried by each part, after Winter, "Biomechanics and Motor Control of Human Movement". */
const mass = { head: 0.08, torso: 0.5, arm: 0.05, thigh: 0.1, shin: 0.06 } as const;

/** In the plane x, y of the body: `angle` from straight down towards the front. */
const down = (angle: number): Vector => [Math.sin(angle), -Math.cos(angle), 0];

/** Joints of a pose in the body's own frame: x to the front, y to the head, z to the right, the pelvis at the origin. */
export function bodyFrame(pose: Pose): Skeleton {
  const bend = aboutZ(-pose.spine);
  const waist: Vector = [0, size.lowerTorso, 0];
  const chest = add(waist, rotate(bend, [0, size.upperTorso * 0.6, 0]));
  const neck = add(waist, rotate(bend, [0, size.upperTorso, 0]));
  const nod = aboutZ(-pose.spine - pose.neck);
  const head = add(neck, rotate(nod, [0.02, size.neck + size.head * 0.75, 0]));
  const arms = [-1, 1].map((side) => arm(pose, side, neck, bend));
  const legs = [-1, 1].map((side) => leg(pose, side));
  const pair = (list: Vector[][], index: number): [Vector, Vector] => [list[0]![index]!, list[1]![index]!];
  return {
    pelvis: [0, 0, 0],
    chest,
    neck,
    head,
    shoulders: pair(arms, 0),
    elbows: pair(arms, 1),
    hands: pair(arms, 2),
    hips: pair(legs, 0),
    knees: pair(legs, 1),
    ankles: pair(legs, 2),
    toes: pair(legs, 3),
    front: rotate(bend, [1, 0, 0]),
    up: rotate(bend, [0, 1, 0]),
    face: rotate(nod, [1, 0, 0]),
  };
}

function arm(pose: Pose, side: number, neck: Vector, bend: Rotation): Vector[] {
  const lift = side < 0 ? pose.leftArm : pose.rightArm;
  const elbowBend = side < 0 ? pose.leftElbow : pose.rightElbow;
  const away = Math.sin(pose.spread);
  const shoulder = add(neck, rotate(bend, [0, -0.035, side * size.shoulder]));
  // hands meet above the head: there the arms lean inwards as far as the shoulders are wide
  const inwards = lift > 2 ? -0.27 * Math.min(1, (lift - 2) / 1.1) * Math.max(0, 1 - pose.spread * 8) : 0;
  const sideways = side * (away + inwards);
  const flat = Math.sqrt(Math.max(0, 1 - sideways * sideways));
  const upper = add(scale(down(lift), flat), [0, 0, sideways]);
  const across = mix(sideways, -side * 0.55, smoothstep(0.7, 1.6, elbowBend));
  const lower = add(scale(down(lift + elbowBend), Math.sqrt(Math.max(0, 1 - across * across))), [0, 0, across]);
  const elbow = add(shoulder, rotate(bend, scale(upper, size.upperArm)));
  return [shoulder, elbow, add(elbow, rotate(bend, scale(lower, size.forearm + size.hand)))];
}

function leg(pose: Pose, side: number): Vector[] {
  const part = aboutX(-side * pose.split);
  const hip: Vector = [0, 0, side * size.hip];
  const knee = add(hip, rotate(part, scale(down(pose.hip), size.thigh)));
  const ankle = add(knee, rotate(part, scale(down(pose.hip - pose.knee), size.shin)));
  const toe = rotate(part, scale(down(pose.hip - pose.knee + pose.flex * 1.5), size.foot));
  return [hip, knee, ankle, add(ankle, toe)];
}

/** Centre of mass. */
export function centreOfMass(body: Skeleton): Vector {
  const parts: [number, Vector][] = [
    [mass.head, body.head],
    [mass.torso * 0.55, body.chest],
    [mass.torso * 0.45, scale(add(body.pelvis, add(body.pelvis, body.chest)), 1 / 3)],
  ];
  for (const side of [0, 1] as const) {
    parts.push([mass.arm, body.elbows[side]]);
    parts.push([mass.thigh, scale(add(body.hips[side], body.knees[side]), 0.5)]);
    parts.push([mass.shin, scale(add(body.knees[side], body.ankles[side]), 0.5)]);
  }
  return parts.reduce((sum, [share, at]) => add(sum, scale(at, share)), [0, 0, 0] as Vector);
}

/** Turns the body by `rotation` and puts its point `anchor` (in the body's frame) at `place`. */
export function placeBody(body: Skeleton, rotation: Rotation, anchor: Vector, place: Vector): Skeleton {
  const shift = add(place, scale(rotate(rotation, anchor), -1));
  const move = (at: Vector): Vector => add(rotate(rotation, at), shift);
  const both = (pair: readonly [Vector, Vector]): [Vector, Vector] => [move(pair[0]), move(pair[1])];
  return {
    pelvis: move(body.pelvis),
    chest: move(body.chest),
    neck: move(body.neck),
    head: move(body.head),
    shoulders: both(body.shoulders),
    elbows: both(body.elbows),
    hands: both(body.hands),
    hips: both(body.hips),
    knees: both(body.knees),
    ankles: both(body.ankles),
    toes: both(body.toes),
    front: rotate(rotation, body.front),
    up: rotate(rotation, body.up),
    face: rotate(rotation, body.face),
  };
}
