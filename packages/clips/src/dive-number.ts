import { ArgumentError } from '@mcore/errors';

/** What a dive number says, in the numbering of World Aquatics (formerly FINA). */
export interface DiveNumber {
  /** The number as it was given, in lower case: `'5255b'`. */
  readonly text: string;
  /** Where the diver faces and turns; for twisting and armstand dives it is their second digit. */
  readonly direction: 'forward' | 'back' | 'reverse' | 'inward';
  /** Whether the dive starts in an armstand (group 6). */
  readonly armstand: boolean;
  /** Whether it is a flying somersault (second digit 1 in groups 1 to 4). */
  readonly flying: boolean;
  /** Half somersaults. */
  readonly halfSomersaults: number;
  /** Half twists, 0 in groups 1 to 4. */
  readonly halfTwists: number;
  /** `a` straight, `b` pike, `c` tuck, `d` free. */
  readonly position: 'a' | 'b' | 'c' | 'd';
}

const directions = ['forward', 'back', 'reverse', 'inward'] as const;

/**
 * Reads a dive number: group, somersaults, twists and position.
 *
 * Groups 1 to 4 (forward, back, reverse, inward) have the group, 1 for a flying somersault, then the half somersaults
 * (`109c`, `4011b`); group 5 (twisting) has the direction, half somersaults, half twists (`5255b`); group 6 (armstand) has the
 * direction 1 to 3, half somersaults and, where there are any, half twists (`626c`, `6245d`).
 *
 * Source: World Aquatics, Diving Rules, "Designation of dives".
 *
 * @param text - Such as `'407C'`; case and space around it do not matter.
 * @throws {@link ArgumentError} if it is no dive number.
 */
export function parseDiveNumber(text: string): DiveNumber {
  const number = text.trim().toLowerCase();
  const [, digits = '', position = ''] = /^([1-6]\d{2,4})([a-d])$/.exec(number) ?? [];
  const group = Number(digits[0]);
  const twisting = group === 5 || (group === 6 && digits.length === 4);
  const fits = twisting ? digits.length === 4 : group === 6 ? digits.length === 3 : digits.length >= 3;
  const directionDigit = group >= 5 ? Number(digits[1]) : group;
  const direction = directions[directionDigit - 1];
  if (
    !fits ||
    direction === undefined ||
    (group === 6 && directionDigit === 4) ||
    (group < 5 && Number(digits[1]) > 1)
  ) {
    throw new ArgumentError(
      `parseDiveNumber: wanted a dive number such as 407c or 5255b, got ${JSON.stringify(text)}.`,
    );
  }
  return {
    text: number,
    direction,
    armstand: group === 6,
    flying: group < 5 && digits[1] === '1',
    halfSomersaults: Number(group < 5 ? digits.slice(2) : digits[2]),
    halfTwists: twisting ? Number(digits[3]) : 0,
    position: position as DiveNumber['position'],
  };
}

/** A dive as far as its number and difficulty tell. */
export interface DiveKind {
  readonly diveNumber: string;
  readonly difficulty: number;
}

/**
 * How unlike two dives are, for choosing exemplars where there are none of the same number.
 *
 * The sum of: 3 if only one starts in an armstand; 2 if they turn in different directions; 2 if only one twists; 1 for each half
 * somersault and 0.5 for each half twist between them; 1 if their positions differ (0.5 if one of them is free); 1 if only
 * one is a flying somersault; and the difference of their difficulties. These weights are our judgement, not a published
 * measure: what is seen from outside (start, direction, twisting) counts most.
 *
 * @returns 0 for the same number and difficulty; symmetric.
 * @throws {@link ArgumentError} if a dive number can't be read.
 */
export function diveDistance(a: DiveKind, b: DiveKind): number {
  const first = parseDiveNumber(a.diveNumber);
  const second = parseDiveNumber(b.diveNumber);
  const differs = (key: keyof DiveNumber) => first[key] !== second[key];
  const free = first.position === 'd' || second.position === 'd';
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
