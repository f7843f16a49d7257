import { describe, expect, it } from 'vitest';
import { makeInput, readers, tryInput } from '../scripts/fuzz/readers.mjs';

/** Seconds that each reader is fed for, most of them; the long campaigns are `node scripts/fuzz.mjs`. */
const SECONDS = 2;
/** Inputs at most, so that a fast machine doesn't try others than a slow one by far. */
const INPUTS = 400;

describe('damaged input is read or refused, within time and memory (a short part of scripts/fuzz.mjs)', () => {
  it.each(readers)('$name: $reads', { timeout: 120_000 }, async (reader) => {
    const problems: string[] = [];
    const end = performance.now() + 1000 * SECONDS;
    let tried = 0;
    for (; tried < INPUTS && (tried < 20 || performance.now() < end); tried++) {
      const { problem } = await tryInput(reader, makeInput(reader, 'npm test', tried));
      // a machine under load is slow; what hangs is found by the time limit of the test
      if (problem !== undefined && !/^took /.test(problem)) problems.push(`input ${tried}: ${problem}`);
    }
    expect(problems).toEqual([]);
    expect(tried).toBeGreaterThanOrEqual(20);
  });

  it('the same seed gives the same inputs, another one others', () => {
    for (const reader of readers) {
      expect(makeInput(reader, 1, 3)).toEqual(makeInput(reader, 1, 3));
      const same = Array.from({ length: 5 }, (_, index) => makeInput(reader, 1, index));
      expect(Array.from({ length: 5 }, (_, index) => makeInput(reader, 2, index))).not.toEqual(same);
    }
  });
});
