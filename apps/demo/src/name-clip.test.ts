import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { describe, expect, it } from 'vitest';
import { nameClip } from './name-clip.js';

describe('nameClip', () => {
  it.each([
    ['01', 139, 'Event 01, dive 139'],
    ['FINADivingWorldCup2021_Men3m_final_r1', 12, 'World Cup 2021 Men 3 m final round 1, dive 12'],
    [
      'FINAWorldChampionships2019_Women10mSynchronised_final_r5',
      3,
      'World Championships 2019 Women 10 m synchronised final round 5, dive 3',
    ],
    [
      '3mMenSpringboardFinal-EuropeanChampionships2021_2',
      7,
      '3 m Men springboard final European Championships 2021 part 2, dive 7',
    ],
    [
      'FullMenSynchronised10mPlatform_Tokyo2020Replays_1',
      14,
      'Men synchronised 10 m platform Tokyo 2020 part 1, dive 14',
    ],
    [
      'Diving_FullWomenSynchronised3mSpringboard-final_Tokyo2020Replays_4',
      1,
      'Women synchronised 3 m Springboard final Tokyo 2020 part 4, dive 1',
    ],
    ['Budapest2021Diving10mPlatformWomenFinal_1', 2, 'Budapest 2021 10 m platform Women final part 1, dive 2'],
  ])('says %s as people do', (competition, diveIndex, expected) => {
    expect(nameClip({ competition, diveIndex })).toBe(expected);
  });

  it('gives every dive a name of its own', () => {
    expect(new Set(fineDivingLabels.map(nameClip)).size).toBe(fineDivingLabels.length);
  });
});
