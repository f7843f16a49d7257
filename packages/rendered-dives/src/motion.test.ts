import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { describe, expect, it } from 'vitest';
import { entryLean } from './execution.js';
import { deductionsOf, isSpringboard, planClip } from './index.js';
import { planMotion } from './motion.js';
import { dot, subtract, type Vector } from './vector.js';

const firstOf = (diveNumber: string) => fineDivingLabels.find((label) => label.diveNumber === diveNumber)!;
const motionOf = (diveNumber: string) => {
  const clip = firstOf(diveNumber);
  return planMotion(clip, 0, { springboard: isSpringboard(clip), partner: 0, side: 0 });
};
const numbers = [...new Set(fineDivingLabels.map((label) => label.diveNumber))].sort();
const unit = (from: Vector, to: Vector): Vector => {
  const [x, y, z] = subtract(to, from);
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
};

describe('planMotion', () => {
  it.each(numbers)('turns %s as often as its number says, about both axes', (text) => {
    const motion = motionOf(text);
    const { dive, flightSeconds } = motion;
    const steps = 600;
    const half = Math.PI;
    let somersault = 0;
    let before: Vector | undefined;
    let flips = 0;
    let side: Vector | undefined;
    for (let step = 0; step <= steps; step++) {
      const body = motion.body((flightSeconds * step) / steps);
      // the pelvis' side and the line from it to the waist turn with the body whatever the limbs do
      const right = unit(body.hips[0], body.hips[1]);
      const spine = unit(body.pelvis, body.chest);
      if (before !== undefined) {
        const cross = before[0] * spine[1] - before[1] * spine[0];
        somersault += Math.atan2(cross, before[0] * spine[0] + before[1] * spine[1]);
      }
      before = spine;
      if (side === undefined || dot(side, right) < -0.2) {
        flips += side === undefined ? 0 : 1;
        side = right;
      } else if (Math.abs(right[2]) > 0.9 && dot(side, right) > 0) {
        side = right;
      }
    }
    const direction = dive.direction === 'forward' || dive.direction === 'back' ? -1 : 1;
    expect(Math.sign(somersault)).toBe(direction);
    // the lean at the entry and the curl of the spine are less than a third of a half somersault for these dives
    expect(Math.abs(Math.abs(somersault) / half - dive.halfSomersaults)).toBeLessThan(0.34);
    expect(flips).toBe(dive.halfTwists);
  });

  it.each(numbers)('lets %s leave the board at the take-off and reach the water at the entry', (text) => {
    const motion = motionOf(text);
    const start = motion.body(0);
    const anchors = motion.dive.armstand ? start.hands : start.toes;
    const lowest = Math.min(...anchors.map((joint) => joint[1]));
    expect(Math.abs(lowest - motion.boardHeight)).toBeLessThan(0.12);
    const end = motion.body(motion.flightSeconds);
    const joints = [...end.hands, ...end.toes, ...end.knees, end.head];
    expect(Math.abs(Math.min(...joints.map((joint) => joint[1])))).toBeLessThan(0.25);
    expect(motion.seconds(motion.events.takeOff)).toBeGreaterThan(0);
    expect(motion.seconds(motion.events.takeOff - 1)).toBeLessThan(0);
    expect(motion.seconds(motion.events.entry)).toBeCloseTo(motion.flightSeconds + motion.frameSeconds / 2, 9);
  });

  it('moves without jumps: no joint faster than 28 m/s', () => {
    for (const text of ['107b', '205c', '307c', '407c', '5156b', '626c', '6245d']) {
      const motion = motionOf(text);
      for (let time = -3; time < motion.flightSeconds + 1; time += 0.01) {
        const [a, b] = [motion.body(time), motion.body(time + 0.01)];
        for (const part of ['hands', 'toes', 'knees'] as const) {
          const moved = Math.hypot(...subtract(b[part][0], a[part][0]));
          expect(moved, `${text} ${part} at ${time.toFixed(2)} s`).toBeLessThan(0.28);
        }
      }
    }
  });

  it('leans at the entry by what the cue says', () => {
    for (const clip of fineDivingLabels.filter((_, index) => index % 60 === 0)) {
      const motion = planMotion(clip, 0, { springboard: false, partner: 0, side: 0 });
      // after the opening, however late, the trunk follows the lean up to the faults of the legs
      const body = motion.body(motion.flightSeconds * 1.2);
      const tilt = Math.acos(Math.abs(unit(body.pelvis, body.neck)[1]));
      expect(Math.abs(tilt - entryLean(deductionsOf(clip, 0).entryAngle)), clip.id).toBeLessThan(0.12);
    }
  });

  it('keeps the bones as long as they are', () => {
    const motion = motionOf('5337d');
    for (let time = -2; time < 2; time += 0.07) {
      const body = motion.body(time);
      expect(Math.hypot(...subtract(body.knees[0], body.hips[0]))).toBeCloseTo(0.42, 9);
      expect(Math.hypot(...subtract(body.elbows[1], body.shoulders[1]))).toBeCloseTo(0.29, 9);
    }
  });
});

describe('planClip', () => {
  it('knows springboards and partners from the events', () => {
    const share = (label: string) =>
      planClip(fineDivingLabels.find(({ competition }) => competition.includes(label))!, 0);
    expect(share('Men3mSynchronised')).toMatchObject({ springboard: true, divers: [{}, {}] });
    expect(share('Women10m_final')).toMatchObject({ springboard: false, divers: [{}] });
    expect(fineDivingLabels.filter(isSpringboard)).toHaveLength(1177);
  });
});
