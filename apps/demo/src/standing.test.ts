import { describe, expect, it } from 'vitest';
import { standingOf } from './standing.js';

const drawing = { isFilm: false, knowsDrawingsOnly: true };
const film = { isFilm: true, knowsDrawingsOnly: true };
const within = (value: number, limit: number) => ({ value, limit, within: value <= limit });

function known(featureDistance: number, transitionFlatness: number, voteSpread: number) {
  const parts = {
    featureDistance: within(featureDistance, 2),
    transitionFlatness: within(transitionFlatness, 0.5),
    voteSpread: within(voteSpread, 10),
  };
  return { value: Object.values(parts).every((part) => part.within), parts };
}

describe('standingOf', () => {
  it('trusts a drawing within all limits', () => {
    const standing = standingOf({ inDistribution: known(1, 0.1, 3), interval: [60, 80] }, drawing);
    expect(standing).toEqual({ kind: 'trusted', headline: 'Like the clips this judge knows.', reasons: [] });
  });

  it('abstains with every limit that is exceeded, and by how much', () => {
    const standing = standingOf({ inDistribution: known(5, 0.1, 12), interval: null }, drawing);
    expect(standing.kind).toBe('unlike');
    expect(standing.reasons).toEqual([
      'It looks unlike all the clips that this judge learned from (2.5 times the limit).',
      'The comparison clips contradict each other about it (1.2 times the limit).',
    ]);
  });

  it('warns of film with weights of drawings even where no limit is exceeded', () => {
    expect(standingOf({ inDistribution: known(1, 0.1, 3), interval: [60, 80] }, film)).toMatchObject({
      kind: 'film',
      headline: 'Don’t rely on this number.',
    });
    const both = standingOf({ inDistribution: known(5, 0.1, 3), interval: null }, film);
    expect(both.kind).toBe('unlike');
    expect(both.reasons.at(-1)).toContain('drawings of dives');
  });

  it('says that nothing is known of weights without a calibration', () => {
    expect(standingOf({ inDistribution: null, interval: null }, { isFilm: true, knowsDrawingsOnly: false }).kind).toBe(
      'unknown',
    );
  });
});
