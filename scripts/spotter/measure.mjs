/** How well found dives fit the true ones of recordings. */

/** Seconds that both events may be off for a dive to count as found. */
const TOLERANCE = 1;

/** Sums over recordings; `summary` makes percentages of them. */
export function emptyCounts() {
  return {
    recordings: 0,
    hours: 0,
    dives: 0,
    found: 0,
    correct: 0,
    replays: 0,
    replaysMarked: 0,
    replaysAsDives: 0,
    takeOff: [],
    entry: [],
  };
}

/**
 * Adds one recording.
 *
 * @param found - Dives of `pairEvents` or `judge.find`: `takeOff` and `entry` in seconds, `replay`.
 */
export function addRecording(counts, found, plan) {
  const rate = plan.framesPerSecond;
  const live = found.filter(({ replay }) => !replay);
  const free = new Set(live);
  counts.recordings++;
  counts.hours += plan.frameCount / rate / 3600;
  counts.dives += plan.dives.length;
  counts.found += live.length;
  for (const dive of plan.dives) {
    const match = [...free].find((candidate) => fits(candidate, dive, rate));
    if (!match) continue;
    free.delete(match);
    counts.correct++;
    counts.takeOff.push(match.takeOff * rate - dive.takeOff);
    counts.entry.push(match.entry * rate - dive.entry);
  }
  // a replay counts where both of its events are shown
  for (const replay of plan.replays.filter(({ from, takeOff }) => takeOff > from + 4)) {
    counts.replays++;
    if (found.some((candidate) => candidate.replay && fits(candidate, replay, rate))) counts.replaysMarked++;
  }
  for (const extra of free) {
    const { takeOff } = extra;
    if (plan.replays.some(({ from, to }) => takeOff * rate >= from - rate && takeOff * rate < to + rate))
      counts.replaysAsDives++;
  }
}

const fits = (candidate, truth, rate) =>
  Math.abs(candidate.takeOff - truth.takeOff / rate) <= TOLERANCE &&
  Math.abs(candidate.entry - truth.entry / rate) <= TOLERANCE;

/** Percentages, medians and quantiles of the sums. */
export function summary(counts) {
  const percent = (part, of) => (of === 0 ? Number.NaN : Math.round((1000 * part) / of) / 10);
  const errors = (list) => {
    const sizes = list.map(Math.abs).sort((a, b) => a - b);
    const at = (share) =>
      Math.round(10 * (sizes[Math.min(sizes.length - 1, Math.floor(share * sizes.length))] ?? Number.NaN)) / 10;
    const within = percent(sizes.filter((size) => size <= 3).length, sizes.length);
    const bias = Math.round((10 * list.reduce((sum, value) => sum + value, 0)) / list.length) / 10;
    return { median: at(0.5), p90: at(0.9), within3: within, bias };
  };
  return {
    recordings: counts.recordings,
    hours: Math.round(counts.hours * 100) / 100,
    dives: counts.dives,
    recall: percent(counts.correct, counts.dives),
    precision: percent(counts.correct, counts.found),
    falseDives: counts.found - counts.correct,
    missed: counts.dives - counts.correct,
    replays: counts.replays,
    replaysMarked: percent(counts.replaysMarked, counts.replays),
    replaysAsDives: counts.replaysAsDives,
    takeOff: errors(counts.takeOff),
    entry: errors(counts.entry),
  };
}
