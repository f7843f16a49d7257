import { mix, smoothstep } from './vector.js';

/** Joint angles in radians; all 0 is standing with the arms hanging. */
export interface Pose {
  /** Curling of the upper body against the hips, forward positive. */
  spine: number;
  neck: number;
  /** Thighs lifted to the front. */
  hip: number;
  /** Bent knees. */
  knee: number;
  /** Feet stretched (0) or at a right angle to the shins, as in standing (1). */
  flex: number;
  /** Half the angle between the thighs, to the sides. */
  split: number;
  /** Arms lifted to the front: pi / 2 is level, pi above the head. */
  leftArm: number;
  rightArm: number;
  /** Arms away from the body to the sides. */
  spread: number;
  leftElbow: number;
  rightElbow: number;
}

const straightPose: Pose = {
  spine: 0,
  neck: 0,
  hip: 0,
  knee: 0,
  flex: 0,
  split: 0.02,
  leftArm: 0.1,
  rightArm: 0.1,
  spread: 0.06,
  leftElbow: 0.1,
  rightElbow: 0.1,
};

const pose = (changes: Partial<Pose> & { arms?: number; elbows?: number }): Pose => {
  const { arms, elbows, ...rest } = changes;
  const both = {
    ...(arms === undefined ? {} : { leftArm: arms, rightArm: arms }),
    ...(elbows === undefined ? {} : { leftElbow: elbows, rightElbow: elbows }),
  };
  return { ...straightPose, ...both, ...rest };
};

/** The positions a dive passes through. */
export const poses = {
  standing: pose({ flex: 1 }),
  standingArmsUp: pose({ flex: 1, arms: 3, spread: 0.15 }),
  standingArmsWide: pose({ flex: 1, arms: 1.5, spread: 0.5 }),
  /** Knees bent, arms swung back: the press before a jump. */
  crouch: pose({ flex: 1, spine: 0.35, hip: 1.05, knee: 1.35, arms: -0.55, elbows: 0.1 }),
  /** The press of a jump out of a run, the arms already on their way up. */
  press: pose({ flex: 1, spine: 0.3, hip: 1.05, knee: 1.35, arms: 0.5, elbows: 0.3 }),
  backCrouch: pose({ flex: 0.8, spine: 0.3, hip: 0.95, knee: 1.3, arms: -0.4, elbows: 0.2 }),
  hurdle: pose({ arms: 1.9, hip: 0.5, knee: 1, spread: 0.25 }),
  stepLeft: pose({ flex: 0.7, hip: 0.12, knee: 0.25, arms: 0.3, spread: 0.1 }),
  stepRight: pose({ flex: 0.7, hip: 0.25, knee: 0.45, arms: -0.2, spread: 0.1 }),
  takeOff: pose({ arms: 3, flex: 0, spread: 0.12 }),
  handstand: pose({ arms: Math.PI, elbows: 0, spread: 0.08 }),
  handstandBent: pose({ arms: 2.6, elbows: 0, spread: 0.08, hip: 0.25, spine: 0.1 }),
  tuck: pose({ spine: 0.75, neck: 0.45, hip: 2.15, knee: 2.45, arms: 1, elbows: 0.15, spread: 0.22, split: 0.06 }),
  pike: pose({ spine: 0.8, neck: 0.3, hip: 2.35, knee: 0.03, arms: 2.25, elbows: 0.6 }),
  straight: pose({ arms: 0.15, spread: 0.08 }),
  straightArmsOut: pose({ arms: 1.5, spread: 0.9 }),
  /** One arm behind the head, the other across the chest. */
  twist: pose({ leftArm: 2.7, leftElbow: 1.7, rightArm: 0.9, rightElbow: 1.8, spread: 0.22 }),
  comeOut: pose({ arms: 2, spread: 0.55, hip: 0.35, spine: 0.1 }),
  headEntry: pose({ arms: Math.PI, elbows: 0, spread: 0.01, split: 0.01 }),
  feetEntry: pose({ arms: 0.05, elbows: 0, spread: 0.04 }),
} as const;

const fields = Object.keys(straightPose) as (keyof Pose)[];

/** Between two poses, joint by joint. */
export function mixPoses(from: Pose, to: Pose, share: number): Pose {
  const mixed = { ...from };
  for (const field of fields) {
    mixed[field] = mix(from[field], to[field], share);
  }
  return mixed;
}

/** A pose and the time at which it is reached. */
export type Key = readonly [time: number, pose: Pose];

/** The pose at a time, moving from key to key with a soft start and end; keys are sorted by time. */
export function poseAt(keys: readonly Key[], time: number): Pose {
  let index = 0;
  while (index < keys.length - 1 && keys[index + 1]![0] <= time) {
    index++;
  }
  const [start, from] = keys[index]!;
  const next = keys[index + 1];
  if (next === undefined || time <= start) {
    return from;
  }
  return mixPoses(from, next[1], smoothstep(start, next[0], time));
}
