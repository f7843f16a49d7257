import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { spearman } from '@mcore/metrics';
import { describe, expect, it } from 'vitest';
import { project } from './camera.js';
import { DiveRenderer, drawFrames, executionOf, planClip, visibleEvents } from './index.js';
import { nodeCanvas } from './node.js';

const mean = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0) / data.length;
const renderer = new DiveRenderer({ canvas: nodeCanvas, height: 64 });

describe('what pixels say about the score', () => {
  it('is nothing before the take-off: another score gives the same pixels', () => {
    for (const clip of fineDivingLabels.filter((_, index) => index % 300 === 7)) {
      const poor = { ...clip, awards: clip.awards.map((award) => award * 0.3) };
      const { takeOff } = visibleEvents(clip, 0);
      const frames = [0, takeOff - 20, takeOff - 8].filter((frame) => frame >= 0 && frame < takeOff - 6);
      const fresh = new DiveRenderer({ canvas: nodeCanvas, height: 64 });
      expect(Buffer.compare(drawFrames(renderer, clip, frames).data, drawFrames(fresh, poor, frames).data)).toBe(0);
    }
  });

  it('is nothing in the brightness before the take-off, by rank within four large competitions', () => {
    // a competition has one light and its own divers: only what differs within it could tell
    const rows = ['01', '04', '17', '26'].flatMap((competition) => {
      const clips = fineDivingLabels.filter((clip) => clip.competition === competition).slice(0, 45);
      const light = clips.map((clip) =>
        mean(drawFrames(renderer, clip, [0, Math.max(0, visibleEvents(clip, 0).takeOff - 2)]).data),
      );
      const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const execution = clips.map(executionOf);
      return clips.map((_, index) => [light[index]! - average(light), execution[index]! - average(execution)] as const);
    });
    const rank = spearman(
      rows.map((row) => row[0]),
      rows.map((row) => row[1]),
    );
    // two standard errors of the rank correlation of 180 unrelated pairs
    expect(Math.abs(rank)).toBeLessThan(2 / Math.sqrt(179));
  });

  it('is much at the splash: a worse dive throws up more white at 64 pixels height', () => {
    const clips = fineDivingLabels.filter((clip, index) => {
      const [shot, ...others] = planClip(clip, 0).shots;
      return index % 40 === 0 && shot!.view.kind !== 'front' && others.length === 0;
    });
    // white pixels in a box of 2.4 by 2.4 m above the place of the entry
    const white = (clip: (typeof clips)[number]) => {
      const plan = planClip(clip, 0);
      const { motion } = plan.divers[0]!;
      const frame = Math.min(motion.events.entry + 6, clip.frameCount - 1);
      const { view, operator } = plan.shots[0]!;
      const [at, framing] = [project(view, motion.entryPoint), operator.framing(frame)];
      const unit = 64 / framing.height;
      const x = (at.u - framing.u) * unit + 57;
      const y = 32 - (at.v - framing.v) * unit;
      const { data, width, height } = drawFrames(new DiveRenderer({ canvas: nodeCanvas, height: 64 }), clip, [frame]);
      let pixels = 0;
      for (let row = Math.max(0, Math.round(y - 2.4 * unit)); row < Math.min(height, y); row++) {
        for (let column = Math.max(0, Math.round(x - 1.2 * unit)); column < Math.min(width, x + 1.2 * unit); column++) {
          const [red, green, blue] = data.subarray((row * width + column) * 3);
          pixels += Math.min(red!, green!, blue!) > 165 ? 1 : 0;
        }
      }
      return pixels;
    };
    const rows = clips.map(
      (clip) => [white(clip), white({ ...clip, awards: clip.awards.map((award) => award * 0.45) })] as const,
    );
    const more = rows.filter(([before, after]) => after > before + 10);
    expect(clips.length).toBeGreaterThan(30);
    expect(more.length / clips.length).toBeGreaterThan(0.85);
  });
});
