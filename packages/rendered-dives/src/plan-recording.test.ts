import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { describe, expect, it } from 'vitest';
import { planRecording, recordingLabels } from './plan-recording.js';

const labels = recordingLabels(fineDivingLabels).get('FINADivingWorldCup2021_Men10m_final_r1')!;

describe('planRecording', () => {
  it('puts every dive where the label has it in the real recording', () => {
    const plan = planRecording(labels, { seed: 3 });
    expect(plan.dives.map(({ start, end }) => ({ start, end }))).toEqual(labels.map(({ recording }) => recording));
  });

  it('shows something in every frame, and nothing twice', () => {
    for (const maxGapSeconds of [1, 10, 40, undefined]) {
      const plan = planRecording(labels, { seed: 'holes', ...(maxGapSeconds && { maxGapSeconds }) });
      expect(plan.scenes[0]!.from).toBe(0);
      expect(plan.scenes.at(-1)!.to).toBe(plan.frameCount);
      expect(plan.scenes.filter(({ from }, at) => at > 0 && from !== plan.scenes[at - 1]!.to)).toEqual([]);
    }
  });

  it('cuts gaps down to the length that is asked for', () => {
    const plan = planRecording(labels, { maxGapSeconds: 12, dives: 5 });
    const gaps = plan.dives.slice(1).map(({ start }, at) => start - plan.dives[at]!.end - 1);
    expect(gaps).toEqual([300, 300, 300, 300]);
  });

  it('has replays between dives, most of them slow, and says when they show the events', () => {
    const { replays, dives } = planRecording(labels, { seed: 1 });
    expect(replays.length).toBeGreaterThan(8);
    expect(replays.filter(({ rate }) => rate <= 0.6).length).toBeGreaterThan(replays.length / 2);
    for (const { clip, takeOff, entry, rate } of replays) {
      const dive = dives.find((candidate) => candidate.clip === clip)!;
      expect(entry - takeOff).toBeCloseTo((dive.entry - dive.takeOff) / rate, 6);
    }
  });

  it('refuses labels of several competitions', () => {
    expect(() => planRecording(fineDivingLabels)).toThrow(
      'planRecording: expected labels of one competition, got 135.',
    );
  });
});
