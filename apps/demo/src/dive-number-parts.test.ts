import { describe, expect, it } from 'vitest';
import { completionsOf } from './dive-number-parts.js';

describe('completionsOf', () => {
  it('offers the positions of a number without one', () => {
    expect(completionsOf('205')).toEqual(['205a', '205b', '205c']);
    expect(completionsOf(' 5253 ')).toEqual(['5253a', '5253b', '5253c', '5253d']);
  });

  it('offers nothing for a whole number, words or numbers of no dive', () => {
    for (const text of ['205b', '', 'inward', '99', '999']) expect(completionsOf(text)).toEqual([]);
  });
});
