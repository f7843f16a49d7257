import { DataError } from '@mcore/errors';
import { expect, it } from 'vitest';
import { withinTime } from './deadline.js';

it('gives what comes in time, value or error', async () => {
  expect(await withinTime(Promise.resolve(3), 1, 'late')).toBe(3);
  await expect(withinTime(Promise.reject(new Error('broken')), 1, 'late')).rejects.toThrow('broken');
});

it('throws its message when the time is over, and takes a later failure in silence', async () => {
  const failing = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('later')), 30));
  await expect(withinTime(failing, 0.01, 'expected it sooner')).rejects.toThrow(new DataError('expected it sooner'));
  // an unhandled rejection would fail the run
  await new Promise((resolve) => setTimeout(resolve, 40));
});

it("throws the signal's reason at once, before and during the wait", async () => {
  const never = new Promise<never>(() => {});
  await expect(withinTime(never, 1, 'late', AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
  await expect(withinTime(never, 9, 'late', AbortSignal.timeout(5))).rejects.toThrow(/aborted due to timeout/);
});
