import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { describe, expect, it } from 'vitest';
import { nodeCanvas } from './node-surface.js';
import { planRecording, recordingLabels } from './plan-recording.js';
import { RecordingRenderer } from './recording-renderer.js';

const labels = recordingLabels(fineDivingLabels).get('FINADivingWorldCup2021_Men10m_final_r1')!;
const plan = planRecording(labels, { seed: 'test', maxGapSeconds: 30, dives: 2 });
const renderer = () => new RecordingRenderer(plan, { canvas: nodeCanvas, height: 48 });

describe('RecordingRenderer', () => {
  it('draws a frame alike whatever was drawn before it', () => {
    const frames = plan.scenes.map(({ from, to }) => (from + to) >> 1);
    const shared = renderer();
    const forwards = frames.map((frame) => Buffer.from(shared.draw(frame).pixels()));
    for (const [at, frame] of [...frames.entries()].reverse()) {
      expect(Buffer.compare(Buffer.from(shared.draw(frame).pixels()), forwards[at]!)).toBe(0);
    }
    expect(Buffer.compare(Buffer.from(renderer().draw(frames[5]!).pixels()), forwards[5]!)).toBe(0);
  });

  it('leaves no pixel of another scene: every frame is opaque and unlike the scene before', () => {
    const drawn = renderer();
    let before: Buffer | undefined;
    for (const { from, to } of plan.scenes) {
      const pixels = Buffer.from(drawn.draw((from + to) >> 1).pixels());
      for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 255) expect.fail(`pixel ${at >> 2} at ${from}`);
      if (before) expect(Buffer.compare(before, pixels)).not.toBe(0);
      before = pixels;
    }
  });

  it('refuses frames that are not there', () => {
    expect(() => renderer().draw(plan.frameCount)).toThrow(
      `RecordingRenderer.draw: expected a frame of ${plan.competition} from 0 to ${plan.frameCount - 1}, got ${plan.frameCount}.`,
    );
  });
});
