import { ArgumentError } from '@mcore/errors';
import { clipOf } from '@mcore/testing/clips';
import { describe, expect, it } from 'vitest';
import { carveValidation, eventOfCompetition, heldOutEvents, officialSplit } from './index.js';

const numbers = ['407c', '107b', '5253b', '205b'];
const clips = Array.from({ length: 20 }, (_, event) =>
  Array.from({ length: 12 }, (_, index) =>
    clipOf(`Cup_Men${event >> 1}_final_r${event % 2}__${index}`, {
      diveNumber: numbers[index % 4]!,
      split: index < 9 ? 'train' : 'test',
    }),
  ),
).flat();
const alone = clipOf('09__1', { diveNumber: '303c' });
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

describe('officialSplit', () => {
  it('follows the `split` of the clips', () => {
    const { train, validation, test } = officialSplit(clips);
    expect([train.length, validation.length, test.length]).toEqual([180, 0, 60]);
  });
});

describe('carveValidation', () => {
  const official = officialSplit([...clips, alone]);
  const split = carveValidation(official, { seed: 1 });

  it('takes its share of every dive number and leaves a lone clip in training', () => {
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([145, 36, 60]);
    for (const number of numbers) {
      const total = official.train.filter((clip) => clip.diveNumber === number).length;
      const taken = split.validation.filter((clip) => clip.diveNumber === number).length;
      expect(Math.abs(taken - total * 0.2)).toBeLessThanOrEqual(1);
    }
    expect(ids(split.train)).toContain(alone.id);
    expect(ids([...split.train, ...split.validation]).sort()).toEqual(ids(official.train).sort());
    expect(split.description).toBe('official split, 36 training clips for validation (seed 1)');
  });

  it('depends on the seed and not on the order of the clips', () => {
    const reversed = carveValidation(officialSplit([...clips, alone].reverse()), { seed: 1 });
    expect(ids(reversed.validation).sort()).toEqual(ids(split.validation).sort());
    expect(ids(carveValidation(official, { seed: 2 }).validation)).not.toEqual(ids(split.validation));
  });

  it('reports invalid arguments', () => {
    expect(() => carveValidation(split)).toThrow(
      new ArgumentError('carveValidation: expected a split without validation clips, got 36.'),
    );
    expect(() => carveValidation(official, { share: 1 })).toThrow(
      new ArgumentError('carveValidation: share must be more than 0 and less than 1, got 1.'),
    );
  });
});

describe('heldOutEvents', () => {
  it('separates events, keeps rounds together, and comes near its share', () => {
    const split = heldOutEvents(clips, { seed: 3 });
    const eventsOf = (part: readonly { competition: string }[]) =>
      new Set(part.map((c) => eventOfCompetition(c.competition)));
    const shared = [...eventsOf(split.test)].filter((event) => eventsOf(split.train).has(event));
    expect(shared).toEqual([]);
    expect(split.train.length + split.test.length).toBe(240);
    // events of 24 clips: 48 or 72 of 240
    expect(Math.abs(split.test.length - 60)).toBeLessThanOrEqual(12);
    expect(
      split.train.every((clip) => clip.split === 'train') && split.test.every((clip) => clip.split === 'test'),
    ).toBe(true);
    expect(split.description).toMatch(/^[23] of 10 events held out \(seed 3\)$/);
    expect(ids(heldOutEvents([...clips].reverse(), { seed: 3 }).test).sort()).toEqual(ids(split.test).sort());
  });

  it('groups by eventOf and needs two groups', () => {
    expect(() => heldOutEvents(clips, { eventOf: () => 'all' })).toThrow(
      new ArgumentError('heldOutEvents: expected at least two events, got 1.'),
    );
  });

  it.each([
    ['FINADivingWorldCup2021_Men3m_final_r4', 'FINADivingWorldCup2021_Men3m_final'],
    ['3mMenSpringboardFinal-EuropeanChampionships2021_3', '3mMenSpringboardFinal-EuropeanChampionships2021'],
    ['FINADivingWorldCup2021_Women3m_final', 'FINADivingWorldCup2021_Women3m_final'],
    ['01', '01'],
  ])('takes %s for a round of %s', (competition, event) => {
    expect(eventOfCompetition(competition)).toBe(event);
  });
});
