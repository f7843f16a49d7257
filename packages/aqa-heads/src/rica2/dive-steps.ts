import { parseDiveNumber } from '@mcore/clips';

const directions = ['Forward', 'Back', 'Reverse', 'Inward', 'Armstand forward', 'Armstand back', 'Armstand reverse'];
const pike = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4.5];
const tuck = [1.5, 2, 2.5, 3, 3.5, 4.5];
const twists = [0.5, 1, 1.5, 2, 2.5, 3, 3.5];

/**
 * The steps that dives of FineDiving are made of, in the order of the released code of RICA2: 7 take-offs, 14 somersaults, 7 twists and the
 * entry.
 */
export const DIVE_STEPS: readonly string[] = [
  ...directions,
  ...pike.map((turns) => `${turns} somersaults, pike`),
  ...tuck.map((turns) => `${turns} somersaults, tuck`),
  ...twists.map((turns) => `${turns} twists`),
  'Entry',
];

/** The three nodes of the rubric, slots of each: take-off, flight, entry. */
export const DIVE_STEP_GROUPS: readonly (readonly number[])[] = [
  slotsFrom(0, directions.length),
  slotsFrom(directions.length, DIVE_STEPS.length - 1),
  [DIVE_STEPS.length - 1],
];

/**
 * The steps of a dive by its number: take-off, somersaults, twists if there are any, and entry. No label of the clip is used.
 *
 * Somersaults in the free position count as pike, as in FineDiving's labels, as do straight ones, for which there is no slot; a number of turns
 * without a slot takes the nearest. Of the 749 test clips of FineDiving 735 have exactly these steps as labels.
 *
 * @param diveNumber - Such as `'5253b'`.
 * @returns Slots in `DIVE_STEPS`, ascending.
 * @throws ArgumentError if it is no dive number.
 */
export function diveSteps(diveNumber: string): number[] {
  const { armstand, direction, halfSomersaults, halfTwists, position } = parseDiveNumber(diveNumber);
  const start = ['forward', 'back', 'reverse', 'inward'].indexOf(direction) + (armstand ? 4 : 0);
  const isTuck = position === 'tuck' && halfSomersaults > 1;
  const turns = nearest(isTuck ? tuck : pike, halfSomersaults / 2);
  const somersault = directions.length + (isTuck ? pike.length : 0) + turns;
  const twist = directions.length + pike.length + tuck.length + nearest(twists, halfTwists / 2);
  return [start, somersault, ...(halfTwists > 0 ? [twist] : []), DIVE_STEPS.length - 1];
}

/** Index of the value that is nearest; of two the smaller. */
function nearest(values: readonly number[], wanted: number): number {
  const distances = values.map((value) => Math.abs(value - wanted));
  return distances.indexOf(Math.min(...distances));
}

function slotsFrom(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}
