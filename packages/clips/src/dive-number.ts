import { ArgumentError } from '@mcore/errors';

/** The four ways to leave the board; an armstand dive has one of the first three. */
export type Direction = 'forward' | 'back' | 'reverse' | 'inward';

/** Position of the body in the flight: `a`, `b`, `c` and `d` after the number. */
export type Position = 'straight' | 'pike' | 'tuck' | 'free';

/** The parts of a dive number. */
export interface DiveNumber {
  /** The number in lower case: `'5253b'`. */
  readonly text: string;
  /** 1 forward, 2 back, 3 reverse, 4 inward, 5 twisting, 6 armstand. */
  readonly group: 1 | 2 | 3 | 4 | 5 | 6;
  readonly direction: Direction;
  /** Starts in a handstand. */
  readonly armstand: boolean;
  /** Groups 1 to 4 with a second digit of 1. */
  readonly flying: boolean;
  /** 0 .. 11; 0 for a jump, as in `'100b'`. */
  readonly halfSomersaults: number;
  /** 0 .. 9. */
  readonly halfTwists: number;
  readonly position: Position;
}

const directions: Record<string, Direction> = { 1: 'forward', 2: 'back', 3: 'reverse', 4: 'inward' };
const positions: Record<string, Position> = { a: 'straight', b: 'pike', c: 'tuck', d: 'free' };

/**
 * Parses a dive number in the notation of World Aquatics.
 *
 * Groups 1 to 4 (forward, back, reverse, inward): the group, 0 (1 for a flying dive), half somersaults: `407c` is an
 * inward dive of 3 1/2 somersaults in tuck, `300b` a reverse jump in pike (27 clips of MTL-AQA are jumps). Group 5 (twisting): 5, the group of the take-off, half somersaults, half twists:
 * `5253b` is back, 2 1/2 somersaults, 1 1/2 twists. Group 6 (armstand): 6, direction, half somersaults and, in four
 * digits, half twists. The letter is the position: a straight, b pike, c tuck, d free.
 *
 * Source: World Aquatics, Competition Regulations, part four (diving), section on the designation of dives.
 *
 * @param text - For example `'407C'`; case and surrounding space are ignored.
 * @throws `ArgumentError` naming the part of the number that is invalid.
 */
export function parseDiveNumber(text: string): DiveNumber {
  const match = /^([1-6])(\d{2,3})([a-d])$/.exec(text.trim().toLowerCase());
  if (match === null) {
    throw wrong(text, 'three or four digits, the first 1 to 6, and a position a, b, c or d, such as 407c');
  }
  const group = Number(match[1]) as DiveNumber['group'];
  const rest = match[2]!;
  const number = { text: text.trim().toLowerCase(), group, position: positions[match[3]!]! };
  return group <= 4 ? plain(text, rest, number) : turned(text, rest, number);
}

/** Whether {@link parseDiveNumber} accepts a text. */
export function isDiveNumber(text: string): boolean {
  try {
    parseDiveNumber(text);
    return true;
  } catch {
    return false;
  }
}

type Start = Pick<DiveNumber, 'text' | 'group' | 'position'>;

function plain(text: string, rest: string, start: Start): DiveNumber {
  if (rest[0] !== '0' && rest[0] !== '1') {
    throw wrong(text, 'a second digit of 0 (or 1 for a flying dive) in groups 1 to 4');
  }
  const halfSomersaults = Number(rest.slice(1));
  const flying = rest[0] === '1';
  if (halfSomersaults < (flying ? 1 : 0) || halfSomersaults > 11) {
    throw wrong(text, `${flying ? '1' : '0'} to 11 half somersaults${flying ? ' in a flying dive' : ''}`);
  }
  const direction = directions[start.group]!;
  return { ...start, direction, armstand: false, flying, halfSomersaults, halfTwists: 0 };
}

function turned(text: string, rest: string, start: Start): DiveNumber {
  const armstand = start.group === 6;
  const direction = directions[rest[0]!];
  if (direction === undefined || (armstand && direction === 'inward')) {
    throw wrong(text, `a second digit of 1 to ${armstand ? 3 : 4} (the direction) in group ${start.group}`);
  }
  if (!armstand && rest.length !== 3) {
    throw wrong(text, 'four digits in group 5, the last the half twists');
  }
  const halfSomersaults = Number(rest[1]);
  if (halfSomersaults < 1) {
    throw wrong(text, 'at least 1 half somersault');
  }
  return { ...start, direction, armstand, flying: false, halfSomersaults, halfTwists: Number(rest[2] ?? 0) };
}

function wrong(text: string, expected: string): ArgumentError {
  return new ArgumentError(`parseDiveNumber: expected ${expected}, got ${JSON.stringify(text)}.`);
}
