/** One sub-action of a dive: a run of frames with the same label. */
export interface SubAction {
  /** First native frame of the run, from 0. */
  readonly frame: number;
  /** The annotators' name: `'Inward'`, `'3.5 Soms.Tuck'`, `'1.5 Twists'`, `'Entry'`. */
  readonly name: string;
}

/**
 * Transitions between the stages take-off, flight and entry: the first frame of the second run of per-frame labels and the first frame of the
 * last run. A run is a maximal sequence of frames with the same label, so the flight is everything between the first and the last
 * sub-action. Two runs leave the flight empty.
 *
 * The released code of MCoRe takes the first frame of the second distinct label and of the last distinct label to appear. A label comes back in
 * 253 clips of FineDiving, within the flight, and both rules give the same frames in all 3,000 but one
 * (FINAWorldChampionships2019_Women3mSynchronised_final_r1__5, where two frames of the flight are labelled as the entry).
 *
 * @param firstFrames - First frame of every run, at least two, ascending.
 * @returns `[first frame of the flight, first frame of the entry]`.
 */
export function stageTransitions(firstFrames: readonly number[]): [flight: number, entry: number] {
  const last = firstFrames.at(-1) ?? 0;
  return [firstFrames[1] ?? last, last];
}

/**
 * First frame of every run of per-frame labels: `[3, 3, 7, 7, 3]` has the runs that begin at 0, 2 and 4.
 *
 * @param labels - One a frame.
 */
export function runStarts(labels: readonly number[]): number[] {
  return [...labels.keys()].filter((frame) => frame === 0 || labels[frame] !== labels[frame - 1]);
}
