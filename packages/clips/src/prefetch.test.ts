import { setTimeout as delay } from 'node:timers/promises';
import { ArgumentError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { type PrefetchJob, prefetch } from './index.js';

/** Jobs that take longer the earlier they come, and what was running or held at most. */
function recorded(count: number, bytes: (index: number) => number = () => 1) {
  const state = { started: 0, settled: 0, aborted: 0, running: 0, mostRunning: 0, heldBytes: 0, mostBytes: 0 };
  function* jobs(): Generator<PrefetchJob<number>> {
    for (let index = 0; index < count; index++) {
      yield {
        bytes: bytes(index),
        run: async (signal) => {
          state.started++;
          state.mostRunning = Math.max(state.mostRunning, ++state.running);
          state.heldBytes += bytes(index);
          state.mostBytes = Math.max(state.mostBytes, state.heldBytes);
          await delay(Math.max(1, 12 - 3 * index));
          if (signal.aborted) state.aborted++;
          state.running--;
          state.settled++;
          return index;
        },
      };
    }
  }
  return { jobs: jobs(), state };
}

describe('prefetch', () => {
  it('keeps the order of the jobs and never runs more than `ahead` of them', async () => {
    const { jobs, state } = recorded(8);
    const results: number[] = [];
    for await (const result of prefetch(jobs, { ahead: 3 })) results.push(result);
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(state.mostRunning).toBe(3);
  });

  it('never holds more than maxBytes, the result in use included, but lets a bigger job run alone', async () => {
    const { jobs, state } = recorded(9, (index) => (index === 4 ? 50 : 10));
    let results = 0;
    for await (const result of prefetch(jobs, { ahead: 8, maxBytes: 30 })) {
      await delay(2);
      expect(state.heldBytes).toBeLessThanOrEqual(result === 4 ? 50 : 30);
      state.heldBytes -= result === 4 ? 50 : 10;
      results++;
    }
    expect(results).toBe(9);
    expect(state.mostBytes).toBe(50);
  });

  it('loads while the result is in use', async () => {
    const { jobs, state } = recorded(4);
    const iterator = prefetch(jobs, { ahead: 2 });
    await iterator.next();
    await delay(30);
    expect(state.settled).toBe(3);
    await iterator.return();
  });

  it('starts nothing more after the loop is left, and waits for what runs', async () => {
    const { jobs, state } = recorded(100);
    for await (const result of prefetch(jobs, { ahead: 4 })) if (result === 1) break;
    expect(state.running).toBe(0);
    expect(state.settled).toBe(state.started);
    expect(state.started).toBeLessThanOrEqual(6);
    expect(jobs.next()).toEqual({ done: true, value: undefined });
    await delay(10);
    expect(state.started).toBeLessThanOrEqual(6);
  });

  it('throws a failure when its turn comes, after the results before it', async () => {
    const results: number[] = [];
    const job = (run: () => Promise<number>) => ({ bytes: 1, run });
    const jobs = [
      job(() => delay(15, 1)),
      job(async () => Promise.reject(new Error('no frame'))),
      job(() => {
        throw new Error('never looked at');
      }),
    ];
    await expect(async () => {
      for await (const result of prefetch(jobs, { ahead: 3 })) results.push(result);
    }).rejects.toThrow('no frame');
    expect(results).toEqual([1]);
  });

  it("ends with the signal's reason, even while a job is waited for", async () => {
    const stop = new AbortController();
    const { jobs, state } = recorded(100);
    const results: number[] = [];
    await expect(async () => {
      for await (const result of prefetch(jobs, { ahead: 2, signal: stop.signal })) {
        results.push(result);
        if (result === 2) stop.abort(new Error('stopped by the user'));
      }
    }).rejects.toThrow('stopped by the user');
    expect(results).toEqual([0, 1, 2]);
    expect(state.running).toBe(0);
  });

  it('names options out of range', async () => {
    await expect(prefetch([], { ahead: 0 }).next()).rejects.toThrow(
      new ArgumentError('prefetch: ahead must be a whole number of at least 1, got 0.'),
    );
    await expect(prefetch([], { maxBytes: -1 }).next()).rejects.toThrow(
      new ArgumentError('prefetch: maxBytes must be more than 0, got -1.'),
    );
  });
});
