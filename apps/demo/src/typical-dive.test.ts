import { describe, expect, it } from 'vitest';
import { typicalDive } from './typical-dive.js';

const dive = (id: string, diveNumber: string, score: number) => ({ id, diveNumber, score });

describe('typicalDive', () => {
  it('takes the median score of the most frequent dive number', () => {
    const dives = [dive('a', '107b', 99), dive('b', '407c', 70), dive('c', '407c', 50), dive('d', '407c', 60)];
    expect(typicalDive(dives).id).toBe('d');
  });

  it('takes the lower middle, the first number and the first id where there are several', () => {
    const dives = [dive('d', '407c', 60), dive('c', '407c', 60), dive('b', '107b', 50), dive('a', '107b', 80)];
    expect(typicalDive(dives).id).toBe('b');
    expect(typicalDive([dive('z', '1', 5), dive('y', '1', 5)]).id).toBe('y');
  });
});
