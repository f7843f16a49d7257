import { describe, expect, it } from 'vitest';
import { pairEvents } from './pair-events.js';

const rate = 10;

/** Probabilities of a film in which these dives are certain. */
function film(seconds: number, dives: readonly { takeOff: number; entry: number; replay?: number; sure?: number }[]) {
  const probabilities = new Float32Array(seconds * rate * 4);
  for (const { takeOff, entry, replay = 0, sure = 1 } of dives) {
    const [from, to] = [takeOff * rate, entry * rate];
    probabilities[from * 4] = sure;
    probabilities[to * 4 + 1] = sure;
    for (let frame = from; frame <= to; frame++) {
      probabilities[frame * 4 + 2] = sure;
      probabilities[frame * 4 + 3] = replay;
    }
  }
  return probabilities;
}

const options = { framesPerSecond: rate, threshold: 0.4 };

describe('pairEvents', () => {
  it('finds every dive with its events, in the order of time', () => {
    const found = pairEvents(
      film(60, [
        { takeOff: 5, entry: 6.5 },
        { takeOff: 40, entry: 41.2 },
      ]),
      options,
    );
    expect(found.map(({ takeOff, entry, replay }) => [takeOff, entry, replay])).toEqual([
      [5, 6.5, false],
      [40, 41.2, false],
    ]);
    expect(found.map(({ confidence }) => confidence)).toEqual([1, 1].map((one) => expect.closeTo(one, 5)));
  });

  it('puts an event between two frames that share its probability', () => {
    const probabilities = film(20, [{ takeOff: 5, entry: 6.5 }]);
    probabilities[50 * 4] = 0.6;
    probabilities[51 * 4] = 0.6;
    expect(pairEvents(probabilities, options)[0]!.takeOff).toBeCloseTo(5.05, 6);
  });

  it('takes the geometric mean of take-off, entry and flight as confidence', () => {
    const [dive] = pairEvents(film(20, [{ takeOff: 5, entry: 6.5, sure: 0.5 }]), options);
    expect(dive!.confidence).toBeCloseTo(0.5, 5);
    expect(pairEvents(film(20, [{ takeOff: 5, entry: 6.5, sure: 0.39 }]), options)).toEqual([]);
  });

  it('marks replays: where the spotter says so, in slow motion, and too soon after a dive', () => {
    const found = pairEvents(
      film(80, [
        { takeOff: 5, entry: 6.5 },
        { takeOff: 12, entry: 13.5 }, // a live dive does not follow within ten seconds
        { takeOff: 30, entry: 33 }, // no live flight takes three seconds
        { takeOff: 50, entry: 51.5, replay: 0.9 },
        { takeOff: 70, entry: 71.5 },
      ]),
      options,
    );
    expect(found.map(({ replay }) => replay)).toEqual([false, true, true, true, false]);
  });

  it('leaves out events without their partner, and flights that are too short or too long', () => {
    const probabilities = film(60, [
      { takeOff: 20, entry: 20.3 },
      { takeOff: 30, entry: 39 },
    ]);
    probabilities[10 * 4] = 1; // a take-off alone
    probabilities[550 * 4 + 1] = 1; // an entry alone
    expect(pairEvents(probabilities, options)).toEqual([]);
  });

  it('keeps the surer of two dives that overlap', () => {
    const probabilities = film(20, [{ takeOff: 5, entry: 6.5 }]);
    probabilities[44 * 4] = 0.5; // an earlier take-off that would fit the same entry
    const found = pairEvents(probabilities, options);
    expect(found.map(({ takeOff }) => takeOff)).toEqual([5]);
  });
});
