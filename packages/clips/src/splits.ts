import { ArgumentError } from '@mcore/errors';
import { Random } from '@mcore/random';
import type { Clip } from './types.js';

/** Clips by their use. No clip is in two parts. */
export interface ClipSplit {
  readonly train: readonly Clip[];
  /** Empty unless one was carved from the training clips. */
  readonly validation: readonly Clip[];
  readonly test: readonly Clip[];
  /** A description of the split for a report. */
  readonly description: string;
}

/** The data set's own split. */
export function officialSplit(clips: readonly Clip[]): ClipSplit {
  return {
    train: clips.filter(({ split }) => split === 'train'),
    validation: [],
    test: clips.filter(({ split }) => split === 'test'),
    description: 'official split',
  };
}

/**
 * Carves a validation part from the training clips, so that epochs and settings are chosen without the test clips.
 *
 * Stratified by dive number: every number gives its share, rounded so that the total is right. Every number keeps at least one clip in
 * training, so that every validation clip has an exemplar of its number.
 *
 * @param split - The split to divide; its validation part must be empty.
 * @param options - `share` of the training clips, default 0.2 (E2E-Spot took 450 of 2251); `seed`: 0.
 * @throws {@link ArgumentError} if there already is a validation part, or the share is not in (0, 1).
 */
export function carveValidation(
  split: ClipSplit,
  options: { readonly share?: number; readonly seed?: number | string } = {},
): ClipSplit {
  const { share = 0.2, seed = 0 } = options;
  assertShare('carveValidation', share);
  if (split.validation.length > 0) {
    throw new ArgumentError(
      `carveValidation: expected a split without validation clips, got ${split.validation.length}.`,
    );
  }
  const chosen = new Set<string>();
  let due = 0;
  for (const [diveNumber, clips] of groupBy(split.train, (clip) => clip.diveNumber)) {
    due += clips.length * share;
    const taken = Math.max(0, Math.min(Math.round(due), clips.length - 1));
    due -= taken;
    for (const { id } of Random.for(seed, 'validation', diveNumber).sample(clips, taken)) chosen.add(id);
  }
  return {
    train: split.train.filter(({ id }) => !chosen.has(id)),
    validation: split.train.filter(({ id }) => chosen.has(id)),
    test: split.test,
    description: `${split.description}, ${chosen.size} training clips for validation (seed ${seed})`,
  };
}

/**
 * The event of a competition: its name without the round at the end. The rounds of one final have the same divers, so they stay together:
 * `'FINADivingWorldCup2021_Men3m_final_r4'` -> `'FINADivingWorldCup2021_Men3m_final'`.
 */
export function eventOfCompetition(competition: string): string {
  return competition.replace(/_r?\d+$/, '');
}

/**
 * A split whose test clips come from events that are not in training. In the official split, training and test share every competition, so
 * it can't show whether a model knows diving or the pools it was filmed in.
 *
 * Events are shuffled with the seed and go to the test part until it has its share. An event stays in training if it would take the test
 * part further from its share. The clips' `split` is rewritten, so that exemplars come from training only. Dive numbers without training
 * clips get exemplars of the nearest numbers.
 *
 * @param options - `share` of all clips for testing, default 0.25, as in the official split; `seed`: 0; `eventOf`: clips with the same
 *   value stay together, default {@link eventOfCompetition}.
 * @throws {@link ArgumentError} if the share is not in (0, 1), or there is only one event.
 */
export function heldOutEvents(
  clips: readonly Clip[],
  options: {
    readonly share?: number;
    readonly seed?: number | string;
    readonly eventOf?: (competition: string) => string;
  } = {},
): ClipSplit {
  const { share = 0.25, seed = 0, eventOf = eventOfCompetition } = options;
  assertShare('heldOutEvents', share);
  const events = groupBy(clips, (clip) => eventOf(clip.competition));
  if (events.length < 2) throw new ArgumentError(`heldOutEvents: expected at least two events, got ${events.length}.`);
  const expected = clips.length * share;
  const held = new Set<string>();
  let count = 0;
  for (const [event, members] of Random.for(seed, 'events').shuffle(events)) {
    const nearer = Math.abs(count + members.length - expected) < Math.abs(count - expected);
    if (!nearer || held.size === events.length - 1) continue;
    held.add(event);
    count += members.length;
  }
  const isTest = (clip: Clip) => held.has(eventOf(clip.competition));
  return {
    train: clips.filter((clip) => !isTest(clip)).map((clip) => ({ ...clip, split: 'train' as const })),
    validation: [],
    test: clips.filter(isTest).map((clip) => ({ ...clip, split: 'test' as const })),
    description: `${held.size} of ${events.length} events held out (seed ${seed})`,
  };
}

/** Groups sorted by key, so that a draw does not depend on the order of the clips. */
function groupBy(clips: readonly Clip[], keyOf: (clip: Clip) => string): [string, Clip[]][] {
  const groups = new Map<string, Clip[]>();
  for (const clip of clips) {
    const key = keyOf(clip);
    const group = groups.get(key);
    if (group) group.push(clip);
    else groups.set(key, [clip]);
  }
  for (const group of groups.values()) group.sort((a, b) => (a.id < b.id ? -1 : 1));
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function assertShare(caller: string, share: number): void {
  if (!(share > 0 && share < 1)) {
    throw new ArgumentError(`${caller}: share must be more than 0 and less than 1, got ${share}.`);
  }
}
