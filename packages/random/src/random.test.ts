import { ArgumentError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { Random } from './index.js';

describe('Random', () => {
  it('follows the xoshiro128** reference sequence from the state 1, 2, 3, 4', () => {
    // first outputs of the public-domain C reference (xoshiro128starstar.c) with that state, by hand:
    // rotl(2 * 5, 7) * 9 = 11520; then s[1] = 2 ^ 3 ^ 1 = 0, so 0
    const random = Random.fromState([1, 2, 3, 4]);
    expect([random.bits(), random.bits()]).toEqual([11520, 0]);
  });

  it('repeats its sequence for the same seed, differs between seeds, and continues from a saved state', () => {
    const draw = (random: Random) => Array.from({ length: 5 }, () => random.bits());
    expect(draw(new Random('a'))).toEqual(draw(new Random('a')));
    expect(draw(new Random('a'))).not.toEqual(draw(new Random('b')));
    const random = new Random(7);
    draw(random);
    const saved = JSON.parse(JSON.stringify(random.state()));
    expect(draw(Random.fromState(saved))).toEqual(draw(random));
  });

  it('has the mean and variance of its distributions over 100,000 draws', () => {
    const random = new Random(1);
    const draws = Array.from({ length: 100_000 }, () => random.normal(3, 2));
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    // six standard errors each
    expect(Math.abs(mean - 3)).toBeLessThan(6 * (2 / Math.sqrt(100_000)));
    expect(Math.abs(variance - 4)).toBeLessThan(6 * 4 * Math.sqrt(2 / 100_000));
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 30_000; draw++) counts[random.integer(3)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(6 * Math.sqrt(30_000 * (2 / 9)));
  });

  it('shuffles without losing elements and samples without repeats', () => {
    const values = Array.from({ length: 50 }, (_, index) => index);
    const random = new Random(2);
    expect(random.shuffle(values).sort((a, b) => a - b)).toEqual(values);
    expect(new Set(random.sample(values, 10)).size).toBe(10);
    expect(random.sample(values, 100)).toHaveLength(50);
  });

  it('reports invalid arguments', () => {
    expect(() => new Random(1).integer(0)).toThrow(
      new ArgumentError('Random.integer: expected a positive whole number, got 0.'),
    );
    expect(() => Random.fromState([1, 2, 3])).toThrow(
      new ArgumentError('Random.fromState: expected four unsigned 32-bit integers, got [1,2,3].'),
    );
  });
});
