import { type DiveNumber, parseDiveNumber } from './dive-number.js';

/** The number and difficulty of a dive. */
export interface DiveKind {
  readonly diveNumber: string;
  readonly difficulty: number;
}

/**
 * How much two dives differ. Used to choose exemplars if no clip has the same number.
 *
 * The sum of: 3 if only one starts in an armstand; 2 if they turn in different directions; 2 if only one twists; 1 for each half
 * somersault and 0.5 for each half twist between them; 1 if their positions differ (0.5 if one of them is free); 1 if only
 * one is a flying somersault; and the difference of their difficulties. These weights are our judgement, not a published measure. What a
 * spectator sees (start, direction, twisting) counts most.
 *
 * @returns 0 for the same number and difficulty; symmetric.
 * @throws {@link ArgumentError} if a dive number can't be read.
 */
export function diveDistance(a: DiveKind, b: DiveKind): number {
  const first = parseDiveNumber(a.diveNumber);
  const second = parseDiveNumber(b.diveNumber);
  const differs = (key: keyof DiveNumber) => first[key] !== second[key];
  const free = first.position === 'free' || second.position === 'free';
  return (
    (differs('armstand') ? 3 : 0) +
    (differs('direction') ? 2 : 0) +
    (first.halfTwists > 0 !== second.halfTwists > 0 ? 2 : 0) +
    Math.abs(first.halfSomersaults - second.halfSomersaults) +
    0.5 * Math.abs(first.halfTwists - second.halfTwists) +
    (differs('position') ? (free ? 0.5 : 1) : 0) +
    (differs('flying') ? 1 : 0) +
    Math.abs(a.difficulty - b.difficulty)
  );
}
