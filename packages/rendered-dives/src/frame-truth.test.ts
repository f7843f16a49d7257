import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { pearson } from '@mcore/metrics';
import { describe, expect, it } from 'vitest';
import { project } from './camera.js';
import { type FrameReading, frameReadings, frameTruth } from './frame-truth.js';
import { deductionsOf, planClip } from './index.js';

const clips = fineDivingLabels.filter((_, index) => index % 25 === 0);
const [first] = clips;

/** One reading of one frame. */
function reading(clip: (typeof clips)[number], frame: number, name: FrameReading, seed = 0) {
  const { values, weights } = frameTruth(clip, { frames: [frame], seed });
  const column = frameReadings.indexOf(name);
  return { value: values[column]!, weight: weights[column]! };
}

const eventsOf = (clip: (typeof clips)[number]) => planClip(clip, 0).divers.at(-1)!.motion.events;
const uncut = clips.filter((clip) => planClip(clip, 0).shots.length === 1);

describe('frameTruth', () => {
  it('has a row for every frame, in the order asked for', () => {
    const { entry } = eventsOf(first!);
    const one = frameTruth(first!, { frames: [entry, 0, entry] });
    const width = frameReadings.length;
    expect(one.values).toHaveLength(3 * width);
    expect(one.values.slice(0, width)).toEqual(one.values.slice(2 * width));
    expect(one.values.slice(width, 2 * width)).toEqual(frameTruth(first!, { frames: [0] }).values);
  });

  it('tells the take-off and the entry to the frame', () => {
    for (const clip of clips) {
      const { takeOff, entry } = eventsOf(clip);
      for (const [name, event] of [
        ['flown', takeOff],
        ['entered', entry],
      ] as const) {
        expect(reading(clip, event, name).value, clip.id).toBe(1);
        expect(reading(clip, event - 1, name).value, clip.id).toBe(-1);
      }
    }
  });

  it('has the deductions of the clip and seed, where they can be seen and nowhere else', () => {
    for (const clip of uncut) {
      const { takeOff, entry } = eventsOf(clip);
      const drawn = deductionsOf(clip, 0);
      for (const [name, cue] of [
        ['lean', drawn.entryAngle],
        ['legs', drawn.legs],
        ['opening', drawn.opening],
      ] as const) {
        expect(reading(clip, entry, name).value).toBeCloseTo((cue - 3) / 2, 5);
        expect(reading(clip, takeOff, name).weight).toBe(0);
      }
      expect(reading(clip, entry, 'splash').weight).toBe(0);
      expect(reading(clip, entry + 6, 'splash').value).toBeCloseTo((drawn.splash - 3) / 2, 5);
    }
    const other = reading(first!, eventsOf(first!).entry, 'lean', 1);
    expect(other.value).not.toBe(reading(first!, eventsOf(first!).entry, 'lean').value);
  });

  it('measures the splash as high as its tallest drop stands in the picture, within 15 %', () => {
    for (const clip of uncut) {
      const plan = planClip(clip, 0);
      const { motion, splash } = plan.divers.at(-1)!;
      const frame = motion.events.entry + 5;
      const { view, operator } = plan.shots[0]!;
      const [x, y, z] = motion.entryPoint;
      const [foot, top] = [project(view, [x, y, z]), project(view, [x, y + splash.height, z])];
      const shown = (top.v - foot.v) / operator.framing(frame).height;
      expect(Math.abs((reading(clip, frame, 'splashHeight').value + 1.5) / 7 / shown - 1), clip.id).toBeLessThan(0.15);
    }
  });

  it('sees bodies head down before entries head first, and tilted as they lean: r > 0.6 from the side', () => {
    const seen = uncut.flatMap((clip) => {
      const { view } = planClip(clip, 0).shots[0]!;
      const { dive, events } = planClip(clip, 0).divers.at(-1)!.motion;
      const headFirst = (dive.halfSomersaults % 2 === 1) !== dive.armstand;
      const upright = reading(clip, events.entry - 1, 'upright');
      if (upright.weight > 0) expect(Math.sign(upright.value), clip.id).toBe(headFirst ? -1 : 1);
      const { value, weight } = reading(clip, events.entry - 1, 'tilt');
      return view.kind === 'side' && weight > 0 ? [[value, deductionsOf(clip, 0).entryAngle] as const] : [];
    });
    expect(seen.length).toBeGreaterThan(30);
    expect(
      pearson(
        seen.map(([tilt]) => tilt),
        seen.map(([, lean]) => lean),
      ),
    ).toBeGreaterThan(0.6);
  });

  it('knows of nothing but events and bubbles under water', () => {
    const under = fineDivingLabels
      .map((clip) => ({ clip, shot: planClip(clip, 0).shots[1] }))
      .find(({ shot }) => shot?.view.kind === 'underwater')!;
    const { weights } = frameTruth(under.clip, { frames: [under.shot!.from + 1] });
    const known = frameReadings.filter((_, column) => weights[column]! > 0);
    expect(known.filter((name) => name !== 'splash')).toEqual(['flown', 'entered']);
  });
});
