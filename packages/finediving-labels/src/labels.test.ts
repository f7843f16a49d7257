import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fineDivingLabels, stageTransitions } from './index.js';

const byId = new Map(fineDivingLabels.map((label) => [label.id, label]));

describe('fineDivingLabels', () => {
  it('has the official split and sizes, in a file under 700 kB', () => {
    expect(fineDivingLabels).toHaveLength(3000);
    expect(byId.size).toBe(3000);
    expect(fineDivingLabels.filter((label) => label.split === 'train')).toHaveLength(2251);
    expect(fineDivingLabels.filter((label) => label.split === 'test')).toHaveLength(749);
    expect(fineDivingLabels.filter((label) => label.portion === 'val')).toHaveLength(450);
    expect(new Set(fineDivingLabels.map((label) => label.diveNumber)).size).toBe(52);
    expect(fineDivingLabels.reduce((sum, label) => sum + label.frameCount, 0)).toBe(312_256);
    expect(statSync(new URL('./data/labels.json', import.meta.url)).size).toBeLessThan(700_000);
  });

  it('reads a record as the source has it', () => {
    expect(byId.get('01__10')).toEqual({
      id: '01__10',
      competition: '01',
      diveIndex: 10,
      diveNumber: '407c',
      score: 81.6,
      difficulty: 3.2,
      frameCount: 111,
      width: 455,
      height: 256,
      transitions: [23, 63],
      events: [
        { frame: 23, label: 'Som(s).Tuck', comment: 'Inward -> 3.5 Soms.Tuck' },
        { frame: 63, label: 'Entry', comment: '3.5 Soms.Tuck -> Entry' },
      ],
      declaredEvents: 2,
      split: 'train',
      portion: 'train',
    });
  });

  it('keeps every transition inside its clip and in order', () => {
    for (const { id, transitions, frameCount } of fineDivingLabels) {
      const [flight, entry] = transitions;
      expect(flight > 0 && flight <= entry && entry < frameCount, id).toBe(true);
    }
  });

  it('sorts the three clips whose events are out of order and keeps their list', () => {
    const unsorted = fineDivingLabels.filter(({ events }) =>
      events.some((event, i) => i > 0 && event.frame < events[i - 1]!.frame),
    );
    expect(unsorted.map((label) => [label.id, label.transitions])).toEqual([
      ['03__67', [35, 51]],
      ['03__71', [33, 51]],
      ['14__3', [50, 62]],
    ]);
    expect(byId.get('03__67')!.events.map((event) => event.frame)).toEqual([51, 35]);
  });

  it('leaves the middle stage of five clips empty: four begin in the flight, one has a single event', () => {
    const empty = fineDivingLabels
      .filter(({ transitions }) => transitions[0] === transitions[1])
      .map((label) => label.id);
    expect(empty.sort()).toEqual(['01__121', '03__24', '04__72', '07__20', '26__68']);
    expect(byId.get('03__24')!.events).toHaveLength(1);
    expect(byId.get('03__24')!.declaredEvents).toBe(2);
  });
});

describe('stageTransitions', () => {
  it('takes the first and the last change, however they are listed', () => {
    expect(stageTransitions([{ frame: 30 }, { frame: 12 }, { frame: 50 }])).toEqual([12, 50]);
    expect(stageTransitions([{ frame: 0 }, { frame: 40 }])).toEqual([40, 40]);
    expect(stageTransitions([{ frame: 47 }])).toEqual([47, 47]);
  });
});
