import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fineDivingLabels } from './labels.js';

const byId = new Map(fineDivingLabels.map((label) => [label.id, label]));
const ids = (labels: typeof fineDivingLabels) => labels.map(({ id }) => id).sort();

describe('fineDivingLabels', () => {
  it('has the official split and sizes, in a file under 250 kB', () => {
    expect(fineDivingLabels).toHaveLength(3000);
    expect(byId.size).toBe(3000);
    expect(fineDivingLabels.filter((label) => label.split === 'train')).toHaveLength(2251);
    expect(fineDivingLabels.filter((label) => label.split === 'test')).toHaveLength(749);
    expect(fineDivingLabels.filter((label) => label.portion === 'val')).toHaveLength(450);
    expect(new Set(fineDivingLabels.map((label) => label.diveNumber)).size).toBe(52);
    expect(new Set(fineDivingLabels.map((label) => label.competition)).size).toBe(135);
    expect(fineDivingLabels.reduce((sum, label) => sum + label.frameCount, 0)).toBe(312_256);
    expect(statSync(new URL('./data/labels.json', import.meta.url)).size).toBeLessThan(250_000);
  });

  it('reads a record as the authors annotated it', () => {
    expect(byId.get('06__36')).toEqual({
      id: '06__36',
      competition: '06',
      diveIndex: 36,
      diveNumber: '6243d',
      score: 86.4,
      difficulty: 3.2,
      awards: [9.5, 9, 9, 9, 9, 9, 9],
      frameCount: 94,
      width: 455,
      height: 256,
      transitions: [24, 58],
      subActions: [
        { frame: 0, name: 'Arm.Back' },
        { frame: 24, name: '1.5 Twists' },
        { frame: 44, name: '2 Soms.Pike' },
        { frame: 58, name: 'Entry' },
      ],
      recording: { start: 61_661, end: 61_754 },
      split: 'train',
      portion: 'val',
    });
  });

  it('fills every clip with sub-actions and three stages, none of them empty', () => {
    for (const { id, subActions, transitions, frameCount, recording } of fineDivingLabels) {
      const frames = subActions.map(({ frame }) => frame);
      const ascending = frames.every((frame, index) => (index === 0 ? frame === 0 : frame > frames[index - 1]!));
      expect(ascending && frames.length >= 3 && frames.length <= 5 && frames.at(-1)! < frameCount, id).toBe(true);
      expect(transitions, id).toEqual([frames[1], frames.at(-1)]);
      expect(recording.end - recording.start + 1, id).toBe(frameCount);
    }
  });

  it('has the flights and the order that an earlier conversion had lost', () => {
    const transitions = (id: string) => byId.get(id)!.transitions;
    expect(['01__121', '03__24', '04__72', '07__20', '26__68'].map(transitions)).toEqual([
      [1, 38],
      [9, 48],
      [1, 40],
      [1, 35],
      [1, 40],
    ]);
    expect(['03__67', '03__71', '14__3'].map(transitions)).toEqual([
      [15, 52],
      [13, 52],
      [24, 63],
    ]);
    expect(byId.get('17__164')).toMatchObject({ diveNumber: '5154b', difficulty: 2, transitions: [51, 81] });
  });

  it('gives the same transitions as first frames of distinct labels in all but one of 253 clips where a label recurs', () => {
    const repeated = fineDivingLabels.filter(
      ({ subActions }) => new Set(subActions.map(({ name }) => name)).size < subActions.length,
    );
    expect(repeated).toHaveLength(253);
    const different = repeated.filter(({ subActions, transitions }) => {
      const firsts = new Map([...subActions].reverse().map(({ name, frame }) => [name, frame]));
      const ascending = [...firsts.values()].sort((a, b) => a - b);
      return ascending[1] !== transitions[0] || ascending.at(-1) !== transitions[1];
    });
    expect(different.map(({ id, transitions }) => [id, transitions])).toEqual([
      ['FINAWorldChampionships2019_Women3mSynchronised_final_r1__5', [42, 64]],
    ]);
  });

  it('ends with the entry in all but 14 armstand dives', () => {
    const others = fineDivingLabels.filter(({ subActions }) => subActions.at(-1)!.name !== 'Entry');
    expect(others).toHaveLength(14);
    expect(others.every(({ subActions }) => subActions.at(-1)!.name === '3.5 Twists')).toBe(true);
    expect(others.every(({ subActions }) => subActions[0]!.name === 'Arm.Forward')).toBe(true);
  });

  it('has awards of 7, 3 or 5 judges in halves, but for three misprints', () => {
    const counts = [7, 3, 5].map((count) => fineDivingLabels.filter(({ awards }) => awards.length === count).length);
    expect(counts).toEqual([1369, 1024, 607]);
    const misprinted = fineDivingLabels.filter(({ awards }) => awards.some((award) => award > 10 || award % 0.5 !== 0));
    expect(ids(misprinted)).toEqual([
      '04__49',
      'FINADivingWorldCup2021_Men3mSynchronised_final_r2__7',
      'FINAWorldChampionships2019_Women3m_final_r3__1',
    ]);
  });

  it('lays dives of one recording one after the other', () => {
    const sorted = [...fineDivingLabels].sort((a, b) => a.recording.start - b.recording.start);
    const ends = new Map<string, number>();
    for (const { id, competition, recording } of sorted) {
      expect(recording.start, id).toBeGreaterThan(ends.get(competition) ?? -1);
      ends.set(competition, recording.end);
    }
  });
});
